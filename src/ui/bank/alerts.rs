use super::{PaneTabs, chosen_account, number_of};
use crate::{
    app::{
        Travel, format,
        route::{Pane, Screen},
    },
    bank::{Alert, AlertRule},
    kernel::Clock,
    ui::session::Session,
};
use leptos::prelude::*;

/// How many alerts are listed; the newest come first.
const LISTED_MAX: usize = 500;

/// What the rules found in the log up to the moment, of all accounts.
#[component]
pub(super) fn AlertsPane(session: Session) -> impl IntoView {
    let chosen = Memo::new(move |_| chosen_account(session));
    let count = Memo::new(move |_| {
        let moment = session.moment.get();
        session.read(|read| read.alert_count(&moment)).unwrap_or_default()
    });
    let alerts = Memo::new(move |_| {
        let moment = session.moment.get();
        session.read(|read| read.alerts(&moment, LISTED_MAX)).unwrap_or_default()
    });
    view! {
        <div class="pane-h">
            <PaneTabs session chosen />
            <span class="count">{move || match count.get() {
                0 => "no rule has fired up to here".to_owned(),
                1 => "1 alert up to here".to_owned(),
                count if count > LISTED_MAX => {
                    let (count, listed) = (format::int(u32::try_from(count).unwrap_or(u32::MAX)), LISTED_MAX);
                    format!("{count} alerts up to here; the newest {listed} of them, newest first")
                }
                count => format!("{count} alerts up to here, newest first"),
            }}</span>
        </div>
        <div class="scroll" tabindex="0" role="region" aria-label="Alerts, newest first">
            <ul class="alerts">{move || alerts.get().into_iter().map(|alert| view! { <AlertRow session alert /> }).collect_view()}</ul>
            <p class="none">
                "The rules read the whole log again whenever they change: five withdrawals within 15 minutes, two towns within 30 minutes, a round sum after 120 days without a withdrawal, a balance beyond the agreed overdraft."
            </p>
        </div>
    }
}

#[component]
fn AlertRow(session: Session, alert: Alert) -> impl IntoView {
    let number = number_of(session, alert.stream);
    let money = |minor: i64| format::money(minor, alert.currency);
    let (occurred_at, change) = session
        .read_untracked(|read| {
            let at = read.history().timeline(Clock::Occurred).time_of(alert.position)?;
            Some((at, read.posting(alert.position)?.change))
        })
        .flatten()
        .unwrap_or_default();
    let sentence = match &alert.rule {
        AlertRule::ManyWithdrawals { count } => format!("{count} withdrawals within 15 minutes"),
        AlertRule::FarApart { before, now, minutes } => match minutes {
            0 => format!("withdrawals in {before} and in {now} within a minute"),
            1 => format!("withdrawals in {before} and in {now}, 1 minute apart"),
            _ => format!("withdrawals in {before} and in {now}, {minutes} minutes apart"),
        },
        AlertRule::RoundAfterSleep { days } => {
            format!("a round sum of {} after {days} days without a withdrawal", money(change.saturating_neg()))
        }
        AlertRule::BeyondLimit { balance } => {
            format!("{} {} is beyond the agreed overdraft", alert.currency, money(*balance))
        }
    };
    let (position, at) = (alert.position, format::time(occurred_at, session.zone.get_untracked()));
    let href = {
        let number = number.clone();
        move || session.href(Screen::Account { number: number.clone(), pane: Pane::Timeline })
    };
    view! {
        <li data-testid="alert-row" data-position=position.get() data-stream=format!("account/{number}")>
            <span class="nw sub">{at}</span>
            <a href=href>{number.clone()}</a>
            <span>{sentence}</span>
            <button class="btn s" on:click=move |_| session.travel(Travel::ToPosition(position))>"Travel here"</button>
        </li>
    }
}
