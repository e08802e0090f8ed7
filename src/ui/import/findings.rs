use super::job::{Found, Job, State};
use crate::{
    app::{
        files::{Difference, Flag, FlagReason, Listed, RowError},
        format,
    },
    kernel::Label,
};
use leptos::prelude::*;
use std::sync::Arc;

/// How many findings of a kind are shown; the rest is counted.
const SHOWN_MAX: usize = 100;

/// What was found in the file, before anything is appended.
#[derive(Clone, Copy)]
struct Fact(&'static str, &'static str);

/// The report.
#[component]
pub fn Findings(job: Job) -> impl IntoView {
    move || {
        job.state.with(|state| match state {
            State::Staged(found) => Some(view! { <Report job found=Arc::clone(found) /> }),
            State::Looking | State::Staging(_) | State::Appending(_) | State::Unusable(_) => None,
        })
    }
}

#[component]
fn Report(job: Job, found: Arc<Found>) -> impl IntoView {
    let report = &found.report;
    let zone = job.session.zone.get_untracked();
    let span = report.span.map_or_else(
        || "none".to_owned(),
        |(first, last)| format!("{} to {}", format::minute(first, zone), format::minute(last, zone)),
    );
    let foreign: Vec<String> =
        report.foreign_types.iter().map(|(name, count)| format!("{name} ({})", format::int(*count))).collect();
    let accounts = match report.accounts_opened.count() {
        0 => "none".to_owned(),
        count => format!("{} ({})", format::int(count), some_of(&report.accounts_opened)),
    };
    let row = |Fact(name, testid): Fact, value: String| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd data-testid=testid>{value}</dd>
            </div>
        }
    };
    view! {
        <section class="imp-r" aria-label="What is in the file" data-testid="import-report">
            <dl>
                {row(Fact("Events to append", "events"), format::int(found.events))}
                {row(Fact("Rows read", "rows-good"), format::int(report.rows_good))}
                {row(Fact("Rows with a mistake, left out", "rows-bad"), format::int(report.rows_bad.count()))}
                {row(Fact("Duplicates, skipped", "duplicates"), format::int(report.duplicates))}
                {row(Fact("Accounts opened", "accounts-opened"), accounts)}
                {row(Fact("Happened", "span"), span)}
            </dl>
            {(!foreign.is_empty())
                .then(|| {
                    view! {
                        <p data-testid="foreign-types">
                            "Types that are not of the bank are kept as they are and shown in the log; no balance counts them: "
                            {foreign.join(", ")} "."
                        </p>
                    }
                })}
            <List title="Rows with a mistake" testid="bad-rows" open=true list=report.rows_bad.clone() item=row_error />
            <List title="Taken as facts, although they break a rule" testid="flagged" open=false list=report.flagged.clone() item=flag />
            <List
                title="Stated balances that differ from what the events give"
                testid="differences"
                open=false
                list=report.differences.clone()
                item=difference
            />
        </section>
    }
}

fn some_of(accounts: &Listed<Label>) -> String {
    let first: Vec<&str> = accounts.first().iter().take(4).map(Label::as_str).collect();
    let more = if accounts.count() > 4 { ", …" } else { "" };
    format!("{}{more}", first.join(", "))
}

/// Findings of a kind: the first of them, and how many more there are.
#[component]
fn List<T: 'static>(
    title: &'static str,
    testid: &'static str,
    open: bool,
    list: Listed<T>,
    item: fn(&T) -> (u32, String),
) -> impl IntoView {
    let count = list.count();
    let shown: Vec<(u32, String)> = list.first().iter().take(SHOWN_MAX).map(item).collect();
    let more = count.saturating_sub(u32::try_from(shown.len()).unwrap_or(u32::MAX));
    (count > 0).then(|| {
        view! {
            <details open=open data-testid=testid>
                <summary>{title} ": " {format::int(count)}</summary>
                <ol tabindex="0">
                    {shown
                        .into_iter()
                        .map(|(row, text)| {
                            view! {
                                <li>
                                    <span class="num">"row " {format::int(row)}</span>
                                    <span>{text}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
                {(more > 0).then(|| view! { <p class="dim">"and " {format::int(more)} " more"</p> })}
            </details>
        }
    })
}

fn row_error(error: &RowError) -> (u32, String) {
    let column = if error.column.is_empty() { String::new() } else { format!("{}: ", error.column) };
    let text = if error.text.is_empty() { String::new() } else { format!(": “{}”", error.text) };
    (error.row, format!("{column}{}{text}", error.reason))
}

fn flag(flag: &Flag) -> (u32, String) {
    let why = match flag.reason {
        FlagReason::BeyondLimit { balance, limit } => {
            format!(
                "holds {} then, and may go {} below zero",
                format::with_currency(balance),
                format::with_currency(limit)
            )
        }
        FlagReason::Closed => "is closed".to_owned(),
        FlagReason::NotOpened => "has not been opened".to_owned(),
        FlagReason::OpenedAgain => "is opened a second time".to_owned(),
        FlagReason::BeforeOpening => {
            "was opened later: on the clock of what happened, the row counts from the opening on".to_owned()
        }
        FlagReason::OtherCurrency { kept, given } => {
            format!("is kept in {kept}, the row is in {given}; its amount counts as it stands, without conversion")
        }
    };
    (flag.row, format!("{} {why}", flag.account))
}

fn difference(difference: &Difference) -> (u32, String) {
    let (stated, folded) = (format::with_currency(difference.stated), format::with_currency(difference.folded));
    (difference.row, format!("{}: the file says {stated}, the events give {folded}", difference.account))
}
