//! The bank's screen: accounts, one account's balance and chart, commands, and what happened.

mod account;
mod accounts;
mod alerts;
mod command;
mod detail;
mod open_account;
mod past_notice;
mod sources;
mod statement;
mod timeline;

mod chart;

use super::{session::Session, start::OpeningMeter};
use crate::{
    app::route::{Pane, Screen},
    kernel::StreamId,
};
use leptos::prelude::*;

/// Accounts, one account's balance and chart, commands, and what happened.
#[component]
pub(crate) fn BankScreen(session: Session) -> impl IntoView {
    let chosen = Memo::new(move |_| chosen_account(session));
    let pane = Memo::new(move |_| match session.route.get().screen {
        Screen::Account { pane, .. } => pane,
        Screen::Home | Screen::Log { .. } | Screen::Settings | Screen::Start => Pane::Timeline,
    });
    let is_reading = Memo::new(move |_| session.is_reading());
    view! {
        <section id="bank" class="screen" aria-label="Bank">
            <accounts::AccountList session chosen />
            <div class="bankmain">
                <account::AccountHead session chosen />
                <command::CommandPane session chosen />
                <section class="pane tl" aria-label=move || pane.get().title() aria-busy=move || is_reading.get().then_some("true")>
                    {move || match (is_reading.get(), pane.get()) {
                        (true, _) => view! { <Reading session chosen /> }.into_any(),
                        (false, Pane::Timeline) => view! { <timeline::Timeline session chosen /> }.into_any(),
                        (false, Pane::Statement) => view! { <statement::StatementPane session chosen /> }.into_any(),
                        (false, Pane::Alerts) => view! { <alerts::AlertsPane session /> }.into_any(),
                        (false, Pane::Sources) => view! { <sources::SourcesPane session /> }.into_any(),
                    }}
                </section>
            </div>
        </section>
    }
}

/// How far the history has been read that the lower pane will show.
#[component]
fn Reading(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    view! {
        <div class="pane-h">
            <PaneTabs session chosen />
        </div>
        <div class="reading">
            <OpeningMeter session />
        </div>
    }
}

/// The account that the address names, or else the first of them by number.
fn chosen_account(session: Session) -> Option<StreamId> {
    session.accounts(|accounts| session.route.with(|route| accounts.chosen(&route.screen))).flatten()
}

/// The number of an account: the id of its stream, which it keeps.
fn number_of(session: Session, id: StreamId) -> String {
    let number = session.accounts_untracked(|accounts| accounts.name(id).map(|name| name.id().to_owned()));
    number.flatten().unwrap_or_default()
}

/// The tabs above the lower pane: what is shown beneath the chart.
#[component]
fn PaneTabs(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let tab = move |pane: Pane| {
        let number = Memo::new(move |_| chosen.get().map(|id| number_of(session, id)).unwrap_or_default());
        let href = move || session.href(Screen::Account { number: number.get(), pane });
        let current = move || match session.route.get().screen {
            Screen::Account { pane: shown, .. } => shown == pane,
            Screen::Home | Screen::Log { .. } | Screen::Settings | Screen::Start => pane == Pane::Timeline,
        };
        view! {
            <a href=href aria-current=move || current().then_some("page")>
                {pane.title()}
            </a>
        }
    };
    view! { <nav class="tabs" aria-label="Account views">{Pane::ALL.map(tab).collect_view()}</nav> }
}
