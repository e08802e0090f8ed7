use super::{super::parts::EventChip, PaneTabs, number_of};
use crate::{
    app::{
        format::{self, Zone},
        route::Route,
    },
    bank::{Currency, Statement},
    kernel::{StreamId, Timestamp},
    ui::session::Session,
};
use chrono::{Datelike as _, NaiveDate};
use leptos::prelude::*;

/// More lines than these are not drawn at once; the sums count all.
const LINES_MAX: usize = 2000;

/// The account's statement for a period: opening balance, movements, closing balance. It obeys the playhead, and
/// prints.
#[expect(clippy::too_many_lines, reason = "most of them are markup")]
#[component]
pub(super) fn StatementPane(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let zone = move || session.zone.get();
    let default = Memo::new(move |_| {
        let at = session.moment.get().at.unwrap_or_default();
        month_of(format::day(at, zone()))
    });
    let period = Memo::new(move |_| {
        let (first, last) = default.get();
        let typed = session.route.get().period;
        let day = |text: Option<String>, default: NaiveDate| match text.filter(|text| !text.is_empty()) {
            Some(text) => format::parse_date(&text).ok_or(text),
            None => Ok(default),
        };
        let (from, to) = typed.map_or((None, None), |(from, to)| (Some(from), Some(to)));
        (day(from, first), day(to, last))
    });
    let statement = Memo::new(move |_| {
        let (Ok(from), Ok(to)) = period.get() else { return None };
        let (id, moment, zone) = (chosen.get()?, session.moment.get(), zone());
        let (from, to) = bounds((from, to), zone);
        session.read(|read| {
            let account = read.account(id, moment.clock);
            let reached = read.reached(&account, &moment);
            Statement::of(&account, from, to, reached)
        })
    });
    let currency = Memo::new(move |_| {
        let moment = session.moment.get();
        chosen
            .get()
            .and_then(|id| session.read(|read| read.balances(&moment).get(id).map(|row| row.currency())).flatten())
            .unwrap_or(Currency::EUR)
    });
    let retype = move |from: Option<String>, to: Option<String>| {
        let route = session.route.get_untracked();
        let shown = |side: &Result<NaiveDate, String>| side.as_ref().map_or_else(Clone::clone, ToString::to_string);
        let (old_from, old_to) = period.get_untracked();
        let period = Some((from.unwrap_or_else(|| shown(&old_from)), to.unwrap_or_else(|| shown(&old_to))));
        session.replace(Route { period, ..route });
    };
    let field = move |label: &'static str, is_from: bool| {
        let side = move || if is_from { period.get().0 } else { period.get().1 };
        view! {
            <label class="fld inline">
                <span>{label}</span>
                <input class="in" size="10" pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}" aria-invalid=move || side().err().map(|_| "true")
                    prop:value=move || side().map_or_else(|text| text, |day| day.to_string())
                    on:change=move |event| { let text = event_target_value(&event); if is_from { retype(Some(text), None) } else { retype(None, Some(text)) } } />
            </label>
        }
    };
    let title = move || {
        let (from, to) = period.get();
        let number = chosen.get().map(|id| number_of(session, id)).unwrap_or_default();
        let day = |side: Result<NaiveDate, String>| side.map_or_else(|text| text, |day| day.to_string());
        (format!("Statement of {number}, "), day(from), day(to))
    };
    let name = move || {
        let (what, from, to) = title();
        format!("{what}{from} to {to}")
    };
    // A day is never parted at its hyphens.
    let heading = move || {
        let (what, from, to) = title();
        view! { {what} <span class="nw">{from}</span> " to " <span class="nw">{to}</span> }
    };
    view! {
        <div class="pane-h">
            <PaneTabs session chosen />
            <span class="end">
                {field("From", true)}
                {field("To", false)}
                <button class="btn s" on:click=move |_| window().print().unwrap_or_default()>"Print"</button>
            </span>
        </div>
        <div class="scroll st" tabindex="0" role="region" aria-label=name>
            <h2 class="st-title">{heading}</h2>
            {move || match statement.get() {
                Some(statement) => view! { <Lines session statement currency=currency.get() /> }.into_any(),
                None => view! { <p class="none">"Write both days as 2024-01-31."</p> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Lines(session: Session, statement: Statement, currency: Currency) -> impl IntoView {
    let zone = session.zone.get_untracked();
    let moment = session.moment.get_untracked();
    let money = move |minor: i128| format::money(minor, currency);
    let total = statement.movements.len();
    let as_known = moment.at.filter(|_| !moment.is_live());
    let movements = if total == 1 { "movement" } else { "movements" };
    let count = format::int(u32::try_from(total).unwrap_or(u32::MAX));
    let counted = format!("{count} {movements}: in {}, out {}", money(statement.credits), money(statement.debits));
    let line = move |entry: &crate::bank::Movement| {
        let position = entry.position;
        let kind = session.read_untracked(|read| read.posting(position).map(|posting| posting.kind.type_name()));
        let kind = kind.flatten().unwrap_or_default().to_owned();
        // It stands in the event, which may have to be fetched.
        let why = move || {
            let event = session.read_untracked(|read| read.history().event(position)).flatten();
            event.map(|event| event.event.reason.to_string())
        };
        view! {
            <tr role="row">
                <td role="cell" class="nw c-t">{format::time(entry.at, zone)}</td>
                <td role="cell" class="c-k"><EventChip event_type=kind /></td>
                <td role="cell" class="c-w">{why}</td>
                <td role="cell" class="num c-a" class:pos={entry.change > 0}>{format::signed(entry.change, currency)}</td>
                <td role="cell" class="num c-b" class:neg={entry.balance < 0}>{format::money(entry.balance, currency)}</td>
            </tr>
        }
    };
    view! {
        <table class="mini st-table" data-testid="statement" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader">"Time"</th>
                    <th role="columnheader">"Event"</th>
                    <th role="columnheader">"Why"</th>
                    <th role="columnheader">{format!("Amount, {currency}")}</th>
                    <th role="columnheader">"Balance"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <tr role="row" class="sum">
                    <td role="cell" colspan="4">"Opening balance"</td>
                    <td role="cell" class="num" data-testid="opening">{money(i128::from(statement.opening))}</td>
                </tr>
                {statement.movements.iter().take(LINES_MAX).map(line).collect_view()}
            </tbody>
            <tfoot role="rowgroup">
                <tr role="row" class="flows">
                    <td role="cell" colspan="4">{counted}</td>
                    <td role="cell"></td>
                </tr>
                <tr role="row" class="sum">
                    <td role="cell" colspan="4">"Closing balance"</td>
                    <td role="cell" class="num" data-testid="closing"><span class="fold">{money(i128::from(statement.closing))}</span></td>
                </tr>
            </tfoot>
        </table>
        {(total > LINES_MAX).then(|| view! { <p class="sub">{format!("{} further movements are counted in the sums and not listed. Choose a shorter period.", total - LINES_MAX)}</p> })}
        {as_known.map(|at| view! { <p class="sub">{format!("As known at {}; what came later is not in it.", format::time(at, zone))}</p> })}
    }
}

fn month_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    let next = first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt());
    (first, next.unwrap_or(day))
}

fn bounds((from, to): (NaiveDate, NaiveDate), zone: Zone) -> (Timestamp, Timestamp) {
    (zone.midnight(from), to.succ_opt().map_or(Timestamp::MAX, |next| zone.midnight(next)))
}
