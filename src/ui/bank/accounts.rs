//! The accounts that are open at the moment shown.

mod no_match;
mod totals;

use self::{no_match::NoMatch, totals::Totals};
use super::{
    super::parts::{Icon, Page, Reveal, RowView, VirtualList, open_dialog, row_height},
    number_of,
    open_account::OpenAccountDialog,
};
use crate::{
    app::{
        format,
        route::{Pane, Screen},
    },
    bank::{AccountRow, Currency},
    kernel::StreamId,
    ui::{
        session::Session,
        wish::{Wish, Wishes},
    },
};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use std::sync::Arc;
use wasm_bindgen::JsCast as _;

/// All accounts that are open at the moment, with their balances and the sum.
#[expect(clippy::too_many_lines, reason = "most of them are markup")]
#[component]
pub(super) fn AccountList(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let filter = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let dialog = NodeRef::<html::Dialog>::new();
    // All accounts by number: changes only when the head moves.
    let sorted = Memo::new(move |_| {
        let ids = session.accounts(|accounts| accounts.by_number().into_iter().map(|(_, id)| id).collect::<Vec<_>>());
        Arc::new(ids.unwrap_or_default())
    });
    let visible = Memo::new(move |_| {
        let (moment, wanted, sorted) = (session.moment.get(), filter.get().to_lowercase(), sorted.get());
        let ids = session.accounts(|accounts| {
            let names: Vec<String> = if wanted.is_empty() {
                Vec::new()
            } else {
                sorted
                    .iter()
                    .map(|id| accounts.name(*id).map(|name| name.id().to_lowercase()).unwrap_or_default())
                    .collect()
            };
            let balances = accounts.balances(&moment);
            let matches = |index: usize, row: &AccountRow| {
                wanted.is_empty()
                    || names.get(index).is_some_and(|name| name.contains(&wanted))
                    || is_named(row, &wanted)
            };
            sorted
                .iter()
                .copied()
                .enumerate()
                .filter(|(index, id)| balances.get(*id).is_some_and(|row| matches(*index, &row)))
                .map(|(_, id)| id)
                .collect::<Vec<_>>()
        });
        Arc::new(ids.unwrap_or_default())
    });
    let counted = move || {
        let moment = session.moment.get();
        let count = session.accounts(|accounts| accounts.balances(&moment).count()).unwrap_or_default();
        let past = if moment.is_live() { "" } else { " at this time" };
        format!("{}{past}", format::int(count))
    };
    let reveal = Memo::new(move |_| {
        let chosen = chosen.get()?;
        let row = visible.with_untracked(|ids| ids.iter().position(|id| *id == chosen))?;
        Some(Reveal { row, turn: 0 })
    });
    Wishes::fulfil(move |wish| {
        (wish == Wish::OpenAccount).then(|| {
            open_dialog(dialog);
            ""
        })
    });
    let steer = move |event: KeyboardEvent| {
        let on_list = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if on_list.is_none_or(|element| element.closest(".acc").ok().flatten().is_none()) || event.ctrl_key() {
            return;
        }
        let ids = visible.get_untracked();
        let here = ids.iter().position(|id| chosen.get_untracked() == Some(*id));
        let last = ids.len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowDown" => here.map_or(0, |here| here.saturating_add(1).min(last)),
            "ArrowUp" => here.map_or(0, |here| here.saturating_sub(1)),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        if let Some(id) = ids.get(next) {
            let pane = pane_of(&session.route.get_untracked().screen);
            session.go_instead(Screen::Account { number: number_of(session, *id), pane });
        }
    };
    let row: RowView<Option<StreamId>> = Arc::new(move |id| view! { <AccountItem session id chosen /> }.into_any());
    view! {
        <aside class="pane accounts" aria-label="Accounts" id="accounts" data-open=move || shown.get().then_some("") on:keydown=steer>
            <div class="pane-h">
                <h2>"Accounts"</h2>
                <span class="count">{counted}</span>
                <span class="end">
                    <button class="btn s new" aria-haspopup="dialog" aria-label="New account" prop:disabled=move || session.commands_wait() on:click=move |_| open_dialog(dialog)>
                        <Icon name="plus" />
                        <span>"New"</span>
                    </button>
                    <button class="btn s toggle" aria-expanded=move || shown.get().to_string() aria-controls="accounts" on:click=move |_| shown.update(|shown| *shown = !*shown)>
                        {move || if shown.get() { "Hide list" } else { "Show list" }}
                    </button>
                </span>
            </div>
            <div class="filter">
                <input class="in" type="search" placeholder="Name, number or owner" aria-label="Filter accounts" prop:value=move || filter.get() on:input=move |event| filter.set(event_target_value(&event)) />
            </div>
            <Show when=move || visible.with(|ids| !ids.is_empty()) fallback=move || view! { <NoMatch session filter sorted /> }>
                <VirtualList
                    count=Signal::derive(move || visible.with(|ids| ids.len()))
                    row_height=row_height(rems)
                    key=Arc::new(move |index| visible.with(|ids| ids.get(index).copied()))
                    row=Arc::clone(&row)
                    reveal
                    class="acc scroll"
                    label=Signal::derive(|| "Accounts by number. Arrow keys choose one.".to_owned())
                    role="list"
                />
            </Show>
            <Totals session chosen />
            <OpenAccountDialog session dialog />
        </aside>
    }
}

/// Two lines, which a finger meets as well; more where the letters are larger.
fn rems(page: Page) -> f64 {
    if page.is_wide { 2.9375 } else { 2.8125 }
}

/// Whether the account or its owner is called so, in part; `wanted` is in small letters.
fn is_named(row: &AccountRow, wanted: &str) -> bool {
    row.name().to_lowercase().contains(wanted) || row.owner().to_lowercase().contains(wanted)
}

/// What is shown beneath the account, which another one keeps.
fn pane_of(screen: &Screen) -> Pane {
    match screen {
        Screen::Account { pane, .. } => *pane,
        Screen::Home | Screen::Log { .. } | Screen::Settings | Screen::Start => Pane::Timeline,
    }
}

/// One account. It is no stop of its own for the keyboard: among thousands, the list is one, and arrow keys choose.
#[component]
fn AccountItem(session: Session, id: Memo<Option<StreamId>>, chosen: Signal<Option<StreamId>>) -> impl IntoView {
    // The line stays in the page while the playhead moves: only what has changed of it is written again.
    let row = Memo::new(move |before: Option<&(String, i64, Currency)>| {
        let (moment, id) = (session.moment.get(), id.get());
        let row = session.accounts(|accounts| {
            accounts.balances(&moment).get(id?).map(|row| (row.title().to_string(), row.balance, row.currency()))
        });
        // Not open any more, it leaves the list in this very turn.
        row.flatten().or_else(|| before.cloned()).unwrap_or((String::new(), 0, Currency::EUR))
    });
    let title = Memo::new(move |_| row.with(|(title, ..)| title.clone()));
    let sum = Memo::new(move |_| row.with(|(_, balance, currency)| (*balance, *currency)));
    let is_negative = move || sum.get().0 < 0;
    let note = Memo::new(move |_| match sum.get() {
        (..0, _) => "overdrawn".to_owned(),
        (_, Currency::EUR) => String::new(),
        (_, currency) => currency.to_string(),
    });
    let number = Memo::new(move |_| id.get().map(|id| number_of(session, id)).unwrap_or_default());
    let href = move || {
        let pane = pane_of(&session.route.get().screen);
        session.href(Screen::Account { number: number.get(), pane })
    };
    view! {
        <div role="listitem">
            <a href=href tabindex="-1" aria-current=move || (chosen.get() == id.get()).then_some("true") data-testid="account-row" data-stream=move || format!("account/{}", number.get()) data-minor=move || sum.get().0.to_string() data-currency=move || sum.get().1.to_string()>
                <span class="el nm">{move || title.get()}</span>
                <span class="num" class:neg=is_negative>{move || format::money(sum.get().0, sum.get().1)}</span>
                <small>{move || number.get()}</small>
                <small class="num">{move || note.get()}</small>
            </a>
        </div>
    }
}
