//! The shell: top bar, sections, the screen, the time bar.

use super::{
    bank::BankScreen,
    import::ImportDialog,
    log::LogScreen,
    palette::Palette,
    parts::Icon,
    session::{Phase, Session, Tense},
    settings::SettingsScreen,
    start::StartScreen,
    timebar::TimeBar,
};
use crate::app::{format, route::Screen};
use leptos::prelude::*;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::start();
    provide_context(session);
    view! {
        <a class="skip" href="#main">
            "Skip to content"
        </a>
        <div class="app">
            <TopBar session />
            <Rail session />
            <main id="main" tabindex="-1">
                <Notices session />
                {move || match session.phase.get() {
                    Phase::Failed(advice) => view! { <section class="screen msg"><h1>{advice.title}</h1><p>{advice.text}</p></section> }.into_any(),
                    Phase::Opening(_) => view! { <section class="screen msg"><p>"Opening the ledger."</p></section> }.into_any(),
                    Phase::Working(title, _) => view! { <section class="screen msg"><p>{title}</p></section> }.into_any(),
                    Phase::Ready => view! { <CurrentScreen session /> }.into_any(),
                }}
            </main>
            <TimeBar session />
        </div>
        <Palette session />
        <ImportDialog session />
    }
}

/// The screen that the address names; an empty ledger has only its first run and the settings.
#[component]
fn CurrentScreen(session: Session) -> impl IntoView {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Bank,
        Log,
        Settings,
        Start,
    }
    // Only a change of screen builds a new one; within a screen the parts follow the signals.
    let kind = Memo::new(move |_| match session.route.get().screen {
        Screen::Settings => Kind::Settings,
        Screen::Start => Kind::Start,
        _ if session.tense.get() == Tense::Empty => Kind::Start,
        Screen::Home | Screen::Account { .. } => Kind::Bank,
        Screen::Log { .. } => Kind::Log,
    });
    move || match kind.get() {
        Kind::Bank => view! { <BankScreen session /> }.into_any(),
        Kind::Log => view! { <LogScreen session /> }.into_any(),
        Kind::Settings => view! { <SettingsScreen session /> }.into_any(),
        Kind::Start => view! { <StartScreen session /> }.into_any(),
    }
}

#[component]
fn TopBar(session: Session) -> impl IntoView {
    view! {
        <header class="top">
            <a class="brand" href=move || session.href(Screen::Home)>
                <Icon name="menu" />
                "Annals"
            </a>
            <div class="statebox">
                <StateBadge session />
            </div>
        </header>
    }
}

/// The tense in words: LIVE, AS OF, EMPTY.
#[component]
fn StateBadge(session: Session) -> impl IntoView {
    view! {
        <div class="state" role="group" aria-label="Point in time">
            {move || {
                let moment = session.moment.get();
                let event = format::int(moment.rank.get());
                match session.tense.get() {
                    Tense::Empty => view! { <b>"EMPTY"</b> <span>"no events yet"</span> }.into_any(),
                    Tense::Live => {
                        view! {
                            <span class="dot"></span>
                            <b>"LIVE"</b>
                            <span>"event " {event}</span>
                        }
                            .into_any()
                    }
                    Tense::Past => {
                        let at = moment.at.map(|at| format::time(at, session.zone.get()));
                        view! {
                            <b>"AS OF"</b>
                            <time>{at}</time>
                            <span class="sep">"·"</span>
                            <span>"event " {event} " of " {format::int(moment.head.get())}</span>
                        }
                            .into_any()
                    }
                }
            }}
        </div>
    }
}

#[component]
fn Rail(session: Session) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Sections">
            <a href=move || session.href(Screen::Home)>"Bank"</a>
            <a href=move || session.href(Screen::Log { event: None })>"Log"</a>
            <a href=move || session.href(Screen::Settings)>"Settings"</a>
        </nav>
    }
}

#[component]
fn Notices(session: Session) -> impl IntoView {
    view! { {move || session.notices.get().into_iter().map(|notice| view! { <p>{notice.advice.title}</p> }).collect_view()} }
}
