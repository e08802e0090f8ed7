//! The wire format: stored names, schemas and upcasts. The only file that knows them.

use super::{
    Account, AccountClosed, AccountEvent, AccountOpened, EventKind, FeeCharged, InterestCalculated, MoneyDeposited,
    MoneyWithdrawn, OverdraftLimitSet, TransferReceived, TransferSent,
};
use crate::kernel::{
    Aggregate as _, ChainError, Codec, Content, Decoded, Label, Payload, PayloadError, PayloadView, SchemaVersion,
    UpcastChain, UpcastStep,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// `MoneyDeposited` schema 1 was `{amount}`. Schema 2 names the currency, unknown here and so the account's, and the
/// source.
const STEPS: [UpcastStep; 1] =
    [UpcastStep { event_type: "MoneyDeposited", from: SchemaVersion(1), lift: deposited_1_to_2 }];

fn deposited_1_to_2(mut data: Map<String, Value>) -> Result<Map<String, Value>, String> {
    if !data.contains_key("amount") {
        return Err("it has no amount".to_owned());
    }
    data.insert("currency".to_owned(), Value::Null);
    data.insert("source".to_owned(), json!("unknown"));
    Ok(data)
}

/// Reads the streams of accounts.
#[derive(Clone, Debug)]
pub struct BankCodec {
    upcasts: UpcastChain,
}

impl BankCodec {
    /// With all upcasts.
    ///
    /// # Errors
    /// [`ChainError`] when a step is missing; a test builds it, so this does not happen in a release.
    pub fn new() -> Result<Self, ChainError> {
        UpcastChain::new(STEPS).map(|upcasts| Self { upcasts })
    }

    /// The chains of upcasts, for showing an old payload as it is read.
    pub fn upcasts(&self) -> &UpcastChain {
        &self.upcasts
    }

    fn read<T: DeserializeOwned>(&self, event: &Content<'_>) -> Result<T, String> {
        if event.schema == self.upcasts.newest(event.event_type) {
            return event.data.read();
        }
        let data = event.data.read::<Map<String, Value>>()?;
        let lifted = self.upcasts.lift(event.event_type, event.schema, data).map_err(|error| error.to_string())?;
        PayloadView::read_parsed(&Value::Object(lifted))
    }
}

impl Codec for BankCodec {
    type Event = AccountEvent;

    fn reads(&self, stream: &str) -> bool {
        stream.strip_prefix(Account::CATEGORY).is_some_and(|rest| rest.starts_with('/'))
    }

    fn decode(&self, event: &Content<'_>) -> Decoded<AccountEvent> {
        let read = match event.event_type {
            "AccountOpened" => self.read::<AccountOpened>(event).map(AccountEvent::from),
            "MoneyDeposited" => self.read::<MoneyDeposited>(event).map(AccountEvent::Deposited),
            "MoneyWithdrawn" => self.read::<MoneyWithdrawn>(event).map(AccountEvent::Withdrawn),
            "TransferSent" => self.read::<TransferSent>(event).map(AccountEvent::TransferSent),
            "TransferReceived" => self.read::<TransferReceived>(event).map(AccountEvent::TransferReceived),
            "InterestCalculated" => self.read::<InterestCalculated>(event).map(AccountEvent::from),
            "FeeCharged" => self.read::<FeeCharged>(event).map(AccountEvent::Fee),
            "OverdraftLimitSet" => self.read::<OverdraftLimitSet>(event).map(AccountEvent::OverdraftLimitSet),
            "AccountClosed" => self.read::<AccountClosed>(event).map(AccountEvent::Closed),
            _ => return Decoded::Foreign,
        };
        match read {
            Ok(known) => Decoded::Known(known),
            Err(why) => Decoded::Unreadable(why),
        }
    }

    fn fingerprint(&self) -> String {
        format!("bank 1 {}", self.upcasts.fingerprint())
    }
}

/// An event as it is written: its stored name, the schema and the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBody {
    /// The stored name.
    pub event_type: Label,
    /// The schema that is written today.
    pub schema: SchemaVersion,
    /// The payload.
    pub data: Payload,
}

impl EventKind {
    /// All kinds, in the order of their names.
    pub const ALL: [Self; 9] = [
        Self::Closed,
        Self::Opened,
        Self::Fee,
        Self::Interest,
        Self::Deposited,
        Self::Withdrawn,
        Self::OverdraftLimitSet,
        Self::TransferReceived,
        Self::TransferSent,
    ];

    /// The name that its events are stored under.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Opened => "AccountOpened",
            Self::Deposited => "MoneyDeposited",
            Self::Withdrawn => "MoneyWithdrawn",
            Self::TransferSent => "TransferSent",
            Self::TransferReceived => "TransferReceived",
            Self::Interest => "InterestCalculated",
            Self::Fee => "FeeCharged",
            Self::OverdraftLimitSet => "OverdraftLimitSet",
            Self::Closed => "AccountClosed",
        }
    }
}

impl AccountEvent {
    /// The name it is stored under.
    pub fn type_name(&self) -> &'static str {
        self.kind().type_name()
    }
}

/// Writes an event in today's schema.
///
/// # Errors
/// [`PayloadError`] when a text in it is too long.
pub fn encode(event: &AccountEvent) -> Result<EventBody, PayloadError> {
    let (schema, data) = match event {
        AccountEvent::Opened(body) => (1, Payload::of(&**body)),
        AccountEvent::Deposited(body) => (2, Payload::of(body)),
        AccountEvent::Withdrawn(body) => (1, Payload::of(body)),
        AccountEvent::TransferSent(body) => (1, Payload::of(body)),
        AccountEvent::TransferReceived(body) => (1, Payload::of(body)),
        AccountEvent::Interest(body) => (1, Payload::of(&**body)),
        AccountEvent::Fee(body) => (1, Payload::of(body)),
        AccountEvent::OverdraftLimitSet(body) => (1, Payload::of(body)),
        AccountEvent::Closed(body) => (1, Payload::of(body)),
    };
    Ok(EventBody { event_type: event.type_name().into(), schema: SchemaVersion(schema), data: data? })
}
