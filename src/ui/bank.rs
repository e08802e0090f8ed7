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

use super::session::Session;
use crate::{
    app::{
        ReadSide,
        route::{Pane, Screen},
    },
    bank::Account,
    kernel::{Aggregate as _, StreamId, StreamName},
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
    view! {
        <section id="bank" class="screen" aria-label="Bank">
            <accounts::AccountList session chosen />
            <div class="bankmain">
                <account::AccountHead session chosen />
                <command::CommandPane session chosen />
                <section class="pane tl" aria-label=move || pane.get().title()>
                    {move || match pane.get() {
                        Pane::Timeline => view! { <timeline::Timeline session chosen /> }.into_any(),
                        Pane::Statement => view! { <statement::StatementPane session chosen /> }.into_any(),
                        Pane::Alerts => view! { <alerts::AlertsPane session /> }.into_any(),
                        Pane::Sources => view! { <sources::SourcesPane session /> }.into_any(),
                    }}
                </section>
            </div>
        </section>
    }
}

/// The account that the address names, or else the first of them by number.
fn chosen_account(session: Session) -> Option<StreamId> {
    let screen = session.route.get().screen;
    session
        .read(|read| match screen {
            Screen::Account { number, .. } => {
                StreamName::new(Account::CATEGORY, &number).ok().and_then(|name| read.history().stream_id(&name))
            }
            Screen::Home | Screen::Log { .. } | Screen::Settings | Screen::Start => {
                let accounts = read.history().streams().filter(|(_, entry)| entry.name.category() == Account::CATEGORY);
                accounts.min_by(|(_, a), (_, b)| a.name.cmp(&b.name)).map(|(id, _)| id)
            }
        })
        .flatten()
}

/// The number of an account: the id of its stream, which it keeps.
fn number_of(session: Session, id: StreamId) -> String {
    let name = |read: &mut ReadSide| read.history().stream(id).map(|entry| entry.name.id().to_owned());
    session.read_untracked(name).flatten().unwrap_or_default()
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
