//! Nouns for the bank's tests: money, times, events, histories.
#![allow(dead_code, reason = "each test takes what it needs")]

use annals::{
    app::Env,
    bank::{
        AccountClosed, AccountEvent, AccountOpened, BankCodec, Currency, FeeCharged, InterestCalculated, Money,
        MoneyDeposited, MoneyWithdrawn, OverdraftLimitSet, RateBps, TransferReceived, TransferSent, encode,
    },
    kernel::{Block, EventId, History, Label, NewEvent, Payload, SchemaVersion, StreamId, StreamName, Timestamp},
};

/// A world in which no time passes.
pub(crate) struct Still;

impl Env for Still {
    fn now(&self) -> Timestamp {
        at("2024-06-01 12:00")
    }
    fn new_id(&self) -> EventId {
        EventId::parse("never asked")
    }
    fn elapsed_micros(&self) -> u64 {
        0
    }
    async fn breathe(&self) {}
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// `2023-05-01 10:00` or `2023-05-01 10:00:30`, UTC.
pub(crate) fn at(text: &str) -> Timestamp {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    Timestamp::parse(&format!("{}{seconds}Z", text.replace(' ', "T"))).unwrap()
}

pub(crate) fn opened(money: Money) -> AccountEvent {
    AccountEvent::from(AccountOpened {
        owner: "Liv Sunde".into(),
        name: Label::default(),
        currency: money.currency,
        initial_balance: money.minor,
    })
}

pub(crate) fn deposited(money: Money) -> AccountEvent {
    deposited_from(money, "cash")
}

pub(crate) fn deposited_from(money: Money, source: &str) -> AccountEvent {
    let Money { minor: amount, currency } = money;
    AccountEvent::Deposited(MoneyDeposited { amount, currency: Some(currency), source: source.into() })
}

pub(crate) fn withdrawn(money: Money) -> AccountEvent {
    withdrawn_in(money, "Bergen, Torget 3")
}

pub(crate) fn withdrawn_in(money: Money, place: &str) -> AccountEvent {
    let Money { minor: amount, currency } = money;
    AccountEvent::Withdrawn(MoneyWithdrawn { amount, currency, atm_location: place.into() })
}

pub(crate) fn sent(money: Money, to: &str) -> AccountEvent {
    let Money { minor: amount, currency } = money;
    AccountEvent::TransferSent(TransferSent { amount, currency, to: to.into() })
}

pub(crate) fn received(money: Money, from: &str) -> AccountEvent {
    let Money { minor: amount, currency } = money;
    AccountEvent::TransferReceived(TransferReceived { amount, currency, from: from.into() })
}

pub(crate) fn fee(money: Money, reason: &str) -> AccountEvent {
    let Money { minor: amount, currency } = money;
    AccountEvent::Fee(FeeCharged { amount, currency, reason: reason.into() })
}

pub(crate) fn limit_set(money: Money) -> AccountEvent {
    let Money { minor: limit, currency } = money;
    AccountEvent::OverdraftLimitSet(OverdraftLimitSet { limit, currency })
}

pub(crate) fn interest_posted(money: Money, rate: i32) -> AccountEvent {
    let Money { minor: amount, currency } = money;
    AccountEvent::from(InterestCalculated { amount, currency, rate: RateBps(rate), days: None, day_count: None })
}

pub(crate) fn closed() -> AccountEvent {
    AccountEvent::Closed(AccountClosed {})
}

/// An event of `account/<number>` as it is written today.
pub(crate) fn written(number: &str, event: &AccountEvent, occurred_at: Timestamp) -> NewEvent {
    let body = encode(event).unwrap();
    raw(&format!("account/{number}"), &body.event_type, body.schema.0, body.data.as_str(), occurred_at)
}

/// An event whose payload is any JSON text.
pub(crate) fn raw(stream: &str, event_type: &str, schema: u16, data: &str, occurred_at: Timestamp) -> NewEvent {
    NewEvent {
        id: EventId::parse("test"),
        stream: StreamName::parse(stream).unwrap(),
        event_type: event_type.into(),
        schema: SchemaVersion(schema),
        data: Payload::parse(data).unwrap(),
        occurred_at,
        actor: "test".into(),
        reason: Label::default(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    }
}

/// Seals events as they come, each recorded when it happened or, where that is later, when the one before was.
pub(crate) fn history_of(events: impl IntoIterator<Item = NewEvent>) -> History<BankCodec> {
    let mut latest = Timestamp::MIN;
    recorded_history(events.into_iter().map(|event| {
        latest = latest.max(event.occurred_at);
        (event, latest)
    }))
}

/// Seals events as recorded at given times, through stored bytes.
pub(crate) fn recorded_history(events: impl IntoIterator<Item = (NewEvent, Timestamp)>) -> History<BankCodec> {
    let mut history = History::new(BankCodec::new().unwrap());
    let mut blocks = Vec::new();
    let mut sealer = history.sealer();
    for (event, recorded_at) in events {
        blocks.extend(sealer.push(&history, event, recorded_at).unwrap());
    }
    blocks.extend(sealer.finish().0);
    for block in blocks {
        history.extend(Block::from_bytes(block.bytes()).unwrap()).unwrap();
    }
    history
}

pub(crate) fn stream_id(history: &History<BankCodec>, number: &str) -> StreamId {
    history.stream_id(&StreamName::new("account", number).unwrap()).unwrap()
}
