use super::{super::parts::BigMoney, chart::BalanceChart, number_of};
use crate::{
    app::{Travel, format},
    bank::{AccountRow, Money},
    kernel::{Clock, StreamId, Version},
    ui::session::Session,
};
use leptos::prelude::*;

/// The account's name, its balance at the moment, and the facts beside it.
#[component]
pub(super) fn AccountHead(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let row = Memo::new(move |_| {
        let (id, moment) = (chosen.get()?, session.moment.get());
        session.accounts(|accounts| accounts.balances(&moment).get(id)).flatten()
    });
    // Who it is stays on the screen before it opened: its name is in its first event.
    let named = Memo::new(move |_| {
        let id = chosen.get()?;
        session
            .accounts(|accounts| {
                let live = crate::app::Moment {
                    rank: crate::kernel::Rank::new(u32::MAX),
                    clock: Clock::Recorded,
                    ..Default::default()
                };
                accounts.balances(&live).get(id)
            })
            .flatten()
    });
    let title = move || named.get().map_or_else(|| "No such account".to_owned(), |row| row.title().to_string());
    let who = move || {
        let number = chosen.get().map(|id| number_of(session, id)).unwrap_or_default();
        named.get().map_or(number.clone(), |row| format!("{number}, owner {}", row.owner()))
    };
    let when = move || {
        let moment = session.moment.get();
        match moment.at.filter(|_| !moment.is_live()) {
            Some(at) => format!("Balance as of {}", format::time(at, session.zone.get())),
            None => "Balance now".to_owned(),
        }
    };
    let is_overdrawn = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.balance < 0)));
    let sum = Signal::derive(move || row.get().map(|row| Money::new(row.balance, row.currency())));
    view! {
        <section class="acct" aria-label="Account">
            <div class="acct-h">
                <div>
                    <h1>{title}</h1>
                    <p class="who">{who}</p>
                    <div class="bal">
                        <div class="lbl">
                            {when}
                            {move || is_overdrawn.get().then(|| view! { ", " <b class="neg">"overdrawn"</b> })}
                        </div>
                        <BigMoney sum missing="not open yet" />
                    </div>
                </div>
                <Facts session chosen row />
            </div>
            <BalanceChart session account=chosen />
        </section>
    }
}

/// Version, dates and limits at the moment; before the account opened, when it will have.
#[component]
fn Facts(session: Session, chosen: Signal<Option<StreamId>>, row: Memo<Option<AccountRow>>) -> impl IntoView {
    let is_open = Memo::new(move |_| row.with(Option::is_some));
    view! {
        <dl class="facts">
            <Show when=move || is_open.get() fallback=move || view! { <NotYet session chosen /> }>
                <OpenFacts session chosen row />
            </Show>
        </dl>
    }
}

/// Each value is written again in place: while the playhead is dragged, they change sixty times a second.
#[component]
fn OpenFacts(session: Session, chosen: Signal<Option<StreamId>>, row: Memo<Option<AccountRow>>) -> impl IntoView {
    let all = Memo::new(move |_| {
        let version = |id| session.accounts(|accounts| accounts.version(id)).flatten();
        chosen.get().and_then(version).unwrap_or(Version::ZERO)
    });
    let version = move |row: &AccountRow| match (row.version, all.get()) {
        (version, all) if version == all => version.to_string(),
        (version, all) => format!("{version} of {all}"),
    };
    let zone = session.zone;
    let is_closed = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(AccountRow::is_closed)));
    view! {
        <Fact name="Version" row value=version />
        <Fact name="Opened" row value=move |row| format::minute(row.opened_at(), zone.get()) />
        <Fact name="Last event" row value=move |row| format::minute(row.last_at, zone.get()) />
        <Fact name="Overdraft limit" row value=|row| format::money(row.overdraft_limit(), row.currency()) />
        <Fact name="Available" row value=|row| format::money(row.available(), row.currency()) />
        <Show when=move || is_closed.get()>
            <Fact name="State" row value=|_| "closed".to_owned() />
        </Show>
    }
}

#[component]
fn Fact<V>(name: &'static str, row: Memo<Option<AccountRow>>, value: V) -> impl IntoView
where
    V: Fn(&AccountRow) -> String + Send + Sync + 'static,
{
    let value = move || row.with(|row| row.as_ref().map(&value));
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

/// When the account will have opened, and the way there.
#[component]
fn NotYet(session: Session, chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let first = Memo::new(move |_| {
        let first = |id| {
            session.read(|read| {
                read.history().stream(id).and_then(|entry| entry.positions(Clock::Occurred).first().copied())
            })
        };
        chosen.get().and_then(first).flatten()
    });
    move || {
        first.get().map(|position| {
            let opens = session.read(|read| read.history().timeline(Clock::Occurred).time_of(position)).flatten();
            view! {
                <div>
                    <dt>"Opens"</dt>
                    <dd>{opens.map(|at| format::time(at, session.zone.get()))}</dd>
                </div>
                <div>
                    <dt></dt>
                    <dd>
                        <button class="btn s" on:click=move |_| session.travel(Travel::ToPosition(position))>
                            "Travel to version 1"
                        </button>
                    </dd>
                </div>
            }
        })
    }
}
