//! The events: W(n), made from their numbers alone, so that any part can be made again and the answer is known.
//!
//! Event 0 opens the account; odd ones deposit, even ones withdraw no more than the deposit before. One event a minute,
//! with jitter. The same numbers as the peers' benchmark folds, so that the balances can be compared.

use annals::{
    bank::{AccountEvent, AccountOpened, Currency, MoneyDeposited, MoneyWithdrawn, encode},
    kernel::{EventId, Label, NewEvent, StreamName, Timestamp},
};
use uuid::Uuid;

const START_MILLIS: i64 = 1_577_836_800_000;
const STEP_MILLIS: i64 = 60_000;
const SOURCES: [&str; 8] =
    ["payroll", "cash-desk", "wire-transfer", "mobile-cheque", "refund", "interest", "standing-order", "card-top-up"];
const PLACES: [&str; 8] = [
    "ATM-001 Main St",
    "ATM-002 Station",
    "ATM-003 Airport T1",
    "ATM-004 Harbour",
    "ATM-005 University",
    "ATM-006 Mall North",
    "ATM-007 Hospital",
    "ATM-008 Old Town",
];
const ACTORS: [&str; 4] = ["customer-42", "teller-03", "teller-07", "system-batch"];

/// By how many accounts one lies behind the one before, in a turn. None has a divisor in common with 4,500, so that each
/// account has its turn.
const STRIDES: [u32; 8] = [1_237, 1_723, 2_057, 2_741, 3_011, 1_931, 2_593, 3_359];

/// Over how many accounts the events are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    One,
    Many,
}

impl Shape {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "one" => Some(Self::One),
            "many" => Some(Self::Many),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Many => "many",
        }
    }

    fn accounts(self) -> u32 {
        match self {
            Self::One => 1,
            Self::Many => 4_500,
        }
    }
}

/// A number that looks like chance: 32 bits of `number` and `salt` mixed.
pub(crate) fn mixed(number: u32, salt: u32) -> u32 {
    let mut bits = number ^ salt.wrapping_add(1).wrapping_mul(0x9e37_79b9);
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xc2b2_ae35);
    bits ^ (bits >> 16)
}

/// When event `number` happens.
pub(crate) fn time_of(number: u32) -> Timestamp {
    let jitter = i64::from(mixed(number, 7) % 60_000);
    Timestamp::from_millis(START_MILLIS + i64::from(number) * STEP_MILLIS + jitter)
}

/// By how much event `number` of its account changes the balance, in cents.
pub(crate) fn change_of(number: u32) -> i64 {
    let deposit = |number: u32| 1 + mixed(number, 5) % 100_000;
    match number {
        0 => 0,
        odd if odd % 2 == 1 => deposit(odd).into(),
        even => -i64::from(1 + mixed(even, 6) % deposit(even - 1)),
    }
}

/// The event of this number in a log of that shape. Accounts take turns, so an account's first event opens it.
pub(crate) fn event(shape: Shape, number: u32) -> Result<NewEvent, String> {
    let accounts = shape.accounts();
    let (place, turn) = (number % accounts, number / accounts);
    // In another order each time: neighbours that move together share what is copied of them, which flatters.
    let stride = STRIDES.get(mixed(turn, 10) as usize % STRIDES.len()).copied().unwrap_or(1);
    let account = if turn == 0 { place } else { (place * stride + mixed(turn, 11) % accounts) % accounts };
    // With many accounts a deposit and the withdrawal that it covers have the same turn numbers as with one.
    let own = if shape == Shape::One { number } else { turn };
    let body = encode(&happening(own)?).map_err(|error| error.to_string())?;
    let at = time_of(number);
    Ok(NewEvent {
        id: EventId::Uuid(id(number, at)),
        stream: StreamName::new("account", &format!("account-{}", account + 1)).map_err(|error| error.to_string())?,
        event_type: body.event_type,
        schema: body.schema,
        data: body.data,
        occurred_at: at,
        actor: Label::from(text(&ACTORS, mixed(number, 8))),
        reason: Label::from(""),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    })
}

/// What all accounts hold together after each of the first `count` events.
pub(crate) fn balances_after(shape: Shape, count: u32) -> Vec<i64> {
    let own = |number: u32| if shape == Shape::One { number } else { number / shape.accounts() };
    let changes = (0..count).map(|number| change_of(own(number)));
    changes
        .scan(0, |balance, change| {
            *balance += change;
            Some(*balance)
        })
        .collect()
}

fn happening(number: u32) -> Result<AccountEvent, String> {
    let currency = Currency::parse("USD").map_err(|error| error.to_string())?;
    let amount = change_of(number).abs();
    Ok(match number {
        0 => AccountEvent::from(AccountOpened {
            owner: Label::from("Ada Lovelace"),
            name: Label::from(""),
            currency,
            initial_balance: 0,
        }),
        odd if odd % 2 == 1 => AccountEvent::Deposited(MoneyDeposited {
            amount,
            currency: Some(currency),
            source: Label::from(text(&SOURCES, mixed(odd, 9))),
        }),
        even => AccountEvent::Withdrawn(MoneyWithdrawn {
            amount,
            currency,
            atm_location: Label::from(text(&PLACES, mixed(even, 9))),
        }),
    })
}

fn text(texts: &[&'static str], chance: u32) -> &'static str {
    texts.get(chance as usize % texts.len()).copied().unwrap_or_default()
}

/// A UUID of version 7 of that time, its chance made from the number.
fn id(number: u32, at: Timestamp) -> Uuid {
    let chance = u128::from(mixed(number, 1)) << 64 | u128::from(mixed(number, 2)) << 32 | u128::from(mixed(number, 3));
    let millis = u64::try_from(at.as_millis()).unwrap_or_default();
    let mut bytes = [0; 10];
    bytes.copy_from_slice(chance.to_be_bytes().get(6..).unwrap_or(&[0; 10]));
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}
