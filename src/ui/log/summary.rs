//! An event in one line.

use crate::{
    app::format,
    bank::{AccountEvent, BankCodec, Currency},
    kernel::{Clock, History, Position, StreamId},
};

/// How much of a foreign event's data is shown.
const RAW_MAX: usize = 160;

/// What an event says, in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// The line.
    pub(super) text: String,
    /// Whether it is data as it came.
    pub(super) is_raw: bool,
}

/// The line of the event at a position.
pub(super) fn summary(history: &History<BankCodec>, position: Position) -> Summary {
    if let Some(fact) = history.fact(position) {
        let text = sentence(&fact.event, || account_currency(history, fact.stream));
        return Summary { text, is_raw: false };
    }
    let unreadable = history.unreadable();
    let why = unreadable.binary_search_by_key(&position, |(position, _)| *position).ok();
    if let Some((_, why)) = why.and_then(|place| unreadable.get(place)) {
        return Summary { text: format!("cannot be read: {why}"), is_raw: false };
    }
    let data = history.event(position).map(|event| event.event.data);
    let text = data.map(|data| data.as_str().chars().take(RAW_MAX).collect()).unwrap_or_default();
    Summary { text, is_raw: true }
}

fn sentence(event: &AccountEvent, account: impl Fn() -> Currency) -> String {
    let money = |currency: Currency| format!("{} {currency}", format::signed(event.change(), currency));
    match event {
        AccountEvent::Opened(opened) if opened.initial_balance == 0 => format!("{}, {}", opened.owner, opened.currency),
        AccountEvent::Opened(opened) => format!("{}, {}", opened.owner, money(opened.currency)),
        AccountEvent::Deposited(event) => {
            format!("{}, {}", money(event.currency.unwrap_or_else(account)), event.source)
        }
        AccountEvent::Withdrawn(event) => format!("{}, {}", money(event.currency), event.atm_location),
        AccountEvent::TransferSent(event) => format!("{} to {}", money(event.currency), event.to),
        AccountEvent::TransferReceived(event) => format!("{} from {}", money(event.currency), event.from),
        AccountEvent::Interest(event) => {
            let days = event.days.map(|days| format!(" for {days} days")).unwrap_or_default();
            format!("{} at {} %{days}", money(event.currency), percent(event.rate.0))
        }
        AccountEvent::Fee(event) => format!("{}, {}", money(event.currency), event.reason),
        AccountEvent::OverdraftLimitSet(set) => {
            format!("limit {} {}", format::money(set.limit, set.currency), set.currency)
        }
        AccountEvent::Closed(_) => "closed".to_owned(),
    }
}

/// `1.50` for 150 hundredths.
fn percent(hundredths: i32) -> String {
    let sign = if hundredths < 0 { format::MINUS.to_string() } else { String::new() };
    let hundredths = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The currency that an account was opened in: old deposits do not say theirs.
fn account_currency(history: &History<BankCodec>, stream: StreamId) -> Currency {
    let first = history.stream(stream).and_then(|stream| stream.positions(Clock::Recorded).first());
    match first.and_then(|first| history.fact(*first)).map(|fact| fact.event) {
        Some(AccountEvent::Opened(opened)) => opened.currency,
        Some(_) | None => Currency::EUR,
    }
}
