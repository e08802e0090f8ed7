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
        session.read(|read| read.balances(&moment).get(id).cloned()).flatten()
    });
    // Who it is stays on the screen before it opened: its name is in its first event.
    let named = Memo::new(move |_| {
        let id = chosen.get()?;
        session
            .read(|read| {
                let live = crate::app::Moment {
                    rank: crate::kernel::Rank::new(u32::MAX),
                    clock: Clock::Recorded,
                    ..Default::default()
                };
                read.balances(&live).get(id).cloned()
            })
            .flatten()
    });
    let title = move || named.get().map_or_else(|| "No such account".to_owned(), |row| row.title().to_string());
    let who = move || {
        let number = chosen.get().map(|id| number_of(session, id)).unwrap_or_default();
        named.get().map_or(number.clone(), |row| format!("{number}, owner {}", row.owner))
    };
    let label = move || {
        let moment = session.moment.get();
        let when = match moment.at.filter(|_| !moment.is_live()) {
            Some(at) => format!("Balance as of {}", format::time(at, session.zone.get())),
            None => "Balance now".to_owned(),
        };
        let overdrawn = row.get().is_some_and(|row| row.balance < 0);
        view! {
            {when}
            {overdrawn.then(|| view! { ", " <b class="neg">"overdrawn"</b> })}
        }
    };
    let sum = Signal::derive(move || row.get().map(|row| Money::new(row.balance, row.currency)));
    view! {
        <section class="acct" aria-label="Account">
            <div class="acct-h">
                <div>
                    <h1>{title}</h1>
                    <p class="who">{who}</p>
                    <div class="bal">
                        <div class="lbl">{label}</div>
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
    let facts = move || {
        let zone = session.zone.get();
        let (all, first) = chosen
            .get()
            .and_then(|id| {
                session
                    .read(|read| {
                        read.history()
                            .stream(id)
                            .map(|entry| (entry.version(), entry.positions(Clock::Occurred).first().copied()))
                    })
                    .flatten()
            })
            .unwrap_or((Version::ZERO, None));
        match row.get() {
            Some(row) => {
                let version = if row.version == all { row.version.to_string() } else { format!("{} of {all}", row.version) };
                let closed = row.closed.then(|| ("State", "closed".to_owned()));
                [
                    ("Version", version),
                    ("Opened", format::minute(row.opened_at, zone)),
                    ("Last event", format::minute(row.last_at, zone)),
                    ("Overdraft limit", format::money(row.overdraft_limit, row.currency)),
                    ("Available", format::money(row.available(), row.currency)),
                ]
                .into_iter()
                .chain(closed)
                .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any())
                .collect_view()
            }
            None => first
                .map(|position| {
                    let opens = session.read(|read| read.history().fact(position).map(|fact| fact.occurred_at)).flatten();
                    view! {
                        <div>
                            <dt>"Opens"</dt>
                            <dd>{opens.map(|at| format::time(at, zone))}</dd>
                        </div>
                        <div>
                            <dt></dt>
                            <dd><button class="btn s" on:click=move |_| session.travel(Travel::ToPosition(position))>"Travel to version 1"</button></dd>
                        </div>
                    }
                    .into_any()
                })
                .into_iter()
                .collect_view(),
        }
    };
    view! { <dl class="facts">{facts}</dl> }
}
