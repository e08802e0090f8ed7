//! How alerts are kept outside of the memory, as what they differ in from earlier ones.
//!
//! First the list of what is remembered of each stream: 0 no account, 1 one, with its currency and the version of its
//! opening, by how much balance and overdraft limit differ, when something last went out and, going back from that, how
//! many withdrawals were recent and when; then 0, or 1 with the last place and when. Then the alerts that were added: by
//! position, stream, and a number for the rule with what it says. Their currency is the account's. Then the events that
//! wait.

use super::{Alert, AlertRule, Alerts, Watch};
use crate::{
    bank::{Currency, early::Early},
    kernel::{Label, Position, StateReader, StateWriter, Storable, StreamId, Timestamp, Version},
};
use std::collections::VecDeque;

impl Storable for Alerts {
    fn write(&self, since: &Self, out: &mut StateWriter) {
        out.changes(&self.accounts, &since.accounts, |out, watch, before| match watch {
            Some(watch) => {
                out.number(1);
                write_watch(watch, before.and_then(Option::as_ref), out);
            }
            None => out.number(0),
        });
        out.added(&self.raised, &since.raised, write_alert);
        self.early.write(out);
    }

    fn read(since: &Self, from: &mut StateReader<'_>) -> Option<Self> {
        let accounts = from.changes(&since.accounts, |from, before| match from.number()? {
            0 => Some(None),
            1 => read_watch(before.and_then(Option::as_ref), from).map(Some),
            _ => None,
        })?;
        let raised = from.added(&since.raised, |from| {
            let (position, stream) = (Position::new(from.small()?), StreamId::new(from.small()?));
            let currency = accounts.get(stream.index()?)?.as_ref()?.currency;
            Some(Alert { position, stream, currency, rule: read_rule(from)? })
        })?;
        Some(Self { raised, accounts, early: Early::read(from)? })
    }
}

/// What a difference is from, where an account was not watched before: balance, overdraft limit, newest payment.
fn starting_point(before: Option<&Watch>) -> (i64, i64, Timestamp) {
    before.map_or_else(Default::default, |before| (before.balance, before.overdraft_limit, before.last_out))
}

fn write_watch(watch: &Watch, before: Option<&Watch>, out: &mut StateWriter) {
    let (balance, overdraft_limit, last_out) = starting_point(before);
    out.text(watch.currency.code());
    out.number(watch.opening.get().into());
    out.signed_since(watch.balance, balance);
    out.signed_since(watch.overdraft_limit, overdraft_limit);
    out.time_since(watch.last_out, last_out);
    out.number(watch.withdrawals.len() as u64);
    let mut later = watch.last_out;
    for time in watch.withdrawals.iter().rev() {
        out.time_since(*time, later);
        later = *time;
    }
    match &watch.last_place {
        Some((town, time)) => {
            out.number(1);
            out.text(town);
            out.time_since(*time, watch.last_out);
        }
        None => out.number(0),
    }
}

fn read_watch(before: Option<&Watch>, from: &mut StateReader<'_>) -> Option<Watch> {
    let (balance, overdraft_limit, last_out) = starting_point(before);
    let (currency, opening) = (Currency::parse(from.text()?).ok()?, Version::new(from.small()?));
    let (balance, overdraft_limit) = (from.signed_since(balance)?, from.signed_since(overdraft_limit)?);
    let last_out = from.time_since(last_out)?;
    let mut withdrawals: VecDeque<Timestamp> = VecDeque::new();
    for _ in 0..from.count()? {
        let later = withdrawals.front().copied();
        let time = from.time_since(later.unwrap_or(last_out))?;
        if later.is_some_and(|later| time > later) {
            return None;
        }
        withdrawals.push_front(time);
    }
    let last_place = match from.number()? {
        0 => None,
        1 => Some((Label::new(from.text()?), from.time_since(last_out)?)),
        _ => return None,
    };
    Some(Watch { currency, opening, balance, overdraft_limit, withdrawals, last_out, last_place })
}

fn write_alert(out: &mut StateWriter, alert: &Alert) {
    out.number(alert.position.get().into());
    out.number(alert.stream.get().into());
    match &alert.rule {
        AlertRule::ManyWithdrawals { count } => {
            out.number(0);
            out.number(*count as u64);
        }
        AlertRule::FarApart { before, now, minutes } => {
            out.number(1);
            out.text(before);
            out.text(now);
            out.number((*minutes).into());
        }
        AlertRule::RoundAfterSleep { days } => {
            out.number(2);
            out.signed(*days);
        }
        AlertRule::BeyondLimit { balance } => {
            out.number(3);
            out.signed(*balance);
        }
    }
}

fn read_rule(from: &mut StateReader<'_>) -> Option<AlertRule> {
    Some(match from.number()? {
        0 => AlertRule::ManyWithdrawals { count: usize::try_from(from.number()?).ok()? },
        1 => {
            let (before, now) = (Label::new(from.text()?), Label::new(from.text()?));
            AlertRule::FarApart { before, now, minutes: from.small()? }
        }
        2 => AlertRule::RoundAfterSleep { days: from.signed()? },
        3 => AlertRule::BeyondLimit { balance: from.signed()? },
        _ => return None,
    })
}
