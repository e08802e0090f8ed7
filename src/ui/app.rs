//! The shell: top bar, sections, what must be told, the screen, the time bar.

use super::{
    bank::BankScreen,
    import::{ImportDialog, restore_from_file},
    log::LogScreen,
    loss::Loss,
    palette::{Palette, PaletteHandle},
    parts::{Icon, close_dialog, open_dialog},
    session::{Notice, Phase, Session, Tense},
    settings::SettingsScreen,
    start::{StartScreen, WorkPane},
    timebar::TimeBar,
    wish::Wishes,
};
use crate::{
    app::{
        advice::Advice,
        format,
        route::{Pane, Route, Screen},
    },
    store::LedgerInfo,
};
use leptos::{html, prelude::*};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::start();
    let palette = PaletteHandle::new();
    provide_context(palette);
    provide_context(Wishes::new());
    view! {
        <a class="skip" href="#main" on:click=|event| { event.prevent_default(); focus_main(); }>
            "Skip to content"
        </a>
        <div class="app" data-testid="head" data-position=move || session.head.get().get()>
            <TopBar session palette />
            <Rail session />
            <main id="main" tabindex="-1">
                <Notices session />
                <Stage session />
            </main>
            <TimeBar session />
        </div>
        <Palette session />
        <ImportDialog session />
    }
}

fn focus_main() {
    use wasm_bindgen::JsCast as _;
    if let Some(main) =
        document().get_element_by_id("main").and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok())
    {
        main.focus().unwrap_or_default();
    }
}

/// The screen, what stands in its place while the page works, and above it why the ledger does not open.
#[component]
fn Stage(session: Session) -> impl IntoView {
    #[derive(Clone, PartialEq)]
    enum Kind {
        Busy,
        Ready,
        Failed(Advice),
    }
    let kind = Memo::new(move |_| match session.phase.get() {
        Phase::Opening(_) | Phase::Working(..) => Kind::Busy,
        Phase::Ready => Kind::Ready,
        // The accounts are there already; whatever else there is needs the history.
        Phase::Reading(_) => match session.route.with(|route| route.screen.clone()) {
            Screen::Home | Screen::Account { .. } => Kind::Ready,
            Screen::Log { .. } | Screen::Settings | Screen::Start => Kind::Busy,
        },
        Phase::Failed(advice) => Kind::Failed(advice),
    });
    move || match kind.get() {
        Kind::Busy => view! { <WorkPane session /> }.into_any(),
        Kind::Ready => view! { <CurrentScreen session /> }.into_any(),
        Kind::Failed(advice) => view! {
            <section class="screen msg" aria-label="Failed">
                <div class="notice bad" role="alert">
                    <p>
                        <b>{advice.title}</b>
                    </p>
                    <p>{advice.text}</p>
                </div>
            </section>
            <CurrentScreen session />
        }
        .into_any(),
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
fn TopBar(session: Session, palette: PaletteHandle) -> impl IntoView {
    let menu = NodeRef::<html::Dialog>::new();
    view! {
        <header class="top">
            <a class="brand" href=move || session.href(Screen::Home)>
                <svg viewBox="0 0 16 16" fill="none" aria-hidden="true">
                    <path d="M1 3.5h14M1 8h14M1 12.5h14" stroke="var(--ink-3)" stroke-width="1.5"></path>
                    <path d="M10.5 0v16" stroke="var(--tense)" stroke-width="2.2"></path>
                </svg>
                "Annals"
            </a>
            <button class="btn menu" aria-haspopup="dialog" on:click=move |_| open_dialog(menu)>
                <Icon name="menu" />
                <span>{move || session.route.get().screen.title()}</span>
            </button>
            <Crumbs session />
            <div class="statebox">
                <StateBadge session />
            </div>
            <button class="cmdk" id="cmdk" aria-haspopup="dialog" aria-keyshortcuts="Control+K" aria-label="Search or command" on:click=move |_| palette.open()
            >
                <Icon name="search" />
                <span class="el">"Search or command"</span>
                <kbd aria-hidden="true">"Ctrl K"</kbd>
            </button>
            <dialog node_ref=menu class="pal" aria-label="Sections" on:click=move |_| close_dialog(menu)>
                <ul id="menu-list">{sections(session).into_iter().map(|link| view! { <li>{link}</li> }).collect_view()}</ul>
            </dialog>
        </header>
    }
}

/// Where one is: the ledger, which can be switched here, the section, the account or event.
#[component]
fn Crumbs(session: Session) -> impl IntoView {
    let last = move || match session.route.get().screen {
        Screen::Account { number, .. } => Some(number),
        Screen::Log { event: Some(position) } => Some(format!("Event {}", format::int(position.get()))),
        Screen::Home | Screen::Log { event: None } | Screen::Settings | Screen::Start => None,
    };
    let switch = move |event| {
        let id = event_target_value(&event);
        session.go_to(Route { ledger: id, ..Route::default() });
    };
    let current = move || session.current.get().map(|info| info.id.to_string()).unwrap_or_default();
    let options = move || {
        let mut ledgers = session.ledgers.get();
        if let Some(open) = session.current.get().filter(|open| ledgers.iter().all(|info| info.id != open.id)) {
            ledgers.push(open);
        }
        let option = |info: LedgerInfo| {
            let id = info.id.to_string();
            let chosen = {
                let id = id.clone();
                move || current() == id
            };
            view! { <option value=id prop:selected=chosen>{info.name}</option> }
        };
        ledgers.into_iter().map(option).collect_view()
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                <li class="ledger">
                    <select class="in" aria-label="Ledger" prop:value=current on:change=switch>
                        {options}
                    </select>
                </li>
                <li>
                    {move || {
                        let screen = session.route.get().screen;
                        let title = screen.title();
                        let up = match screen {
                            Screen::Log { .. } => Screen::Log { event: None },
                            Screen::Home | Screen::Account { .. } => Screen::Home,
                            Screen::Settings => Screen::Settings,
                            Screen::Start => Screen::Start,
                        };
                        view! { <a href=session.href(up)>{title}</a> }
                    }}
                </li>
                {move || last().map(|last| view! { <li aria-current="page">{last}</li> })}
            </ol>
        </nav>
    }
}

/// The tense in words: LIVE, AS OF, EMPTY.
#[component]
fn StateBadge(session: Session) -> impl IntoView {
    // Within a tense the figures are written again in place.
    let event = move || format::int(session.moment.get().rank.get());
    let head = move || format::int(session.moment.get().head.get());
    let at = move || session.moment.get().at.map(|at| format::time(at, session.zone.get()));
    view! {
        <div class="state" role="group" aria-label="Point in time">
            {move || match session.tense.get() {
                Tense::Empty => {
                    let words = move || Loss::of(session).map_or_else(|| "no events yet".to_owned(), Loss::words);
                    view! { <b>"EMPTY"</b> <span>{words}</span> }.into_any()
                }
                Tense::Live => view! {
                    <span class="dot"></span>
                    <b>"LIVE"</b>
                    <span>"event " {event}</span>
                }
                .into_any(),
                Tense::Past => view! {
                    <b>"AS OF"</b>
                    <time>{at}</time>
                    <span class="sep">"·"</span>
                    <span>"event " {event} " of " {head}</span>
                }
                .into_any(),
            }}
        </div>
    }
}

/// The links to the sections.
fn sections(session: Session) -> Vec<AnyView> {
    let link = move |title: &'static str, screen: fn() -> Screen, is_here: fn(&Screen) -> bool| {
        view! {
            <a href=move || session.href(screen()) aria-current=move || session.route.with(|route| is_here(&route.screen)).then_some("page")>
                {title}
            </a>
        }
        .into_any()
    };
    vec![
        link("Bank", || Screen::Home, |screen| matches!(screen, Screen::Home | Screen::Account { .. })),
        link("Log", || Screen::Log { event: None }, |screen| matches!(screen, Screen::Log { .. })),
        link("Settings", || Screen::Settings, |screen| matches!(screen, Screen::Settings)),
        link("New ledger", || Screen::Start, |screen| matches!(screen, Screen::Start)),
    ]
}

#[component]
fn Rail(session: Session) -> impl IntoView {
    let alerts = Memo::new(move |_| {
        let moment = session.moment.get();
        session.read(|read| read.alert_count(&moment)).unwrap_or(0)
    });
    let first = move || {
        session.read(|read| read.history().streams().next().map(|(_, entry)| entry.name.id().to_owned())).flatten()
    };
    let alerts_href = move || {
        let number = match session.route.get().screen {
            Screen::Account { number, .. } => Some(number),
            Screen::Home | Screen::Log { .. } | Screen::Settings | Screen::Start => first(),
        };
        number.map(|number| session.href(Screen::Account { number, pane: Pane::Alerts }))
    };
    let alerts_text = move || match alerts.get() {
        1 => "1 alert".to_owned(),
        count => format!("{count} alerts"),
    };
    let chain = move || match Loss::of(session) {
        Some(loss @ (Loss::Lost(_) | Loss::Unreadable)) => loss.words(),
        Some(Loss::Closed) | None => {
            let is_damaged = session.ledger().is_some_and(|ledger| ledger.damage().is_some());
            let words = match (session.is_reading(), is_damaged) {
                (true, _) => "being read",
                (false, true) => "chain broken",
                (false, false) => "chain intact",
            };
            words.to_owned()
        }
    };
    view! {
        <nav class="rail" aria-label="Sections" id="rail">
            {sections(session).into_iter().collect_view()}
            <div class="gap"></div>
            {move || (alerts.get() > 0).then(|| view! { <a class="alerts-link" href=alerts_href>{alerts_text}</a> })}
            <div class="foot">
                <b>{move || format::int(session.head.get().get())}</b>
                "events"
                <br />
                {chain}
            </div>
        </nav>
    }
}

/// What must be told; each stays until it is put away.
#[component]
fn Notices(session: Session) -> impl IntoView {
    let one = move |notice: Notice| {
        let class = if notice.bad { "notice bad" } else { "notice" };
        let away = notice.clone();
        view! {
            <div class=class role=if notice.bad { "alert" } else { "status" }>
                <p><b>{notice.advice.title.clone()}</b> " " {notice.advice.text.clone()}</p>
                <div class="acts">
                    {notice.restore.then(|| view! { <button class="btn s" on:click=move |_| restore_from_file()>"Restore from a file"</button> })}
                    <button class="btn s" on:click=move |_| session.notices.update(|notices| notices.retain(|other| *other != away))>"Put away"</button>
                </div>
            </div>
        }
    };
    view! {
        <div class="notices">
            {move || session.notices.get().into_iter().map(one).collect_view()}
        </div>
    }
}
