//! A session with books of its own, and a board to mount its screens on.

use super::{
    board::{Board, until},
    find::{Find, Found},
};
use crate::{
    app::{BankCommand, Env, Intent},
    bank::{AccountCommand, Currency, Money},
    kernel::{EventId, Label, Timestamp},
    store::{LedgerId, ZoneChoice},
    ui::{
        backend::{self, PageEnv},
        session::{Phase, Session},
    },
};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// A session in a ledger that nobody has used. Times are shown in UTC, and nobody has said yet who writes.
pub(super) struct Stage {
    board: Board,
    /// The session.
    pub(super) session: Session,
}

impl Stage {
    /// With an empty ledger.
    pub(super) async fn empty() -> Self {
        window().local_storage().expect("storage").expect("storage").clear().expect("it is cleared");
        let id = fresh_id();
        let history = window().history().expect("a history");
        history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#/{id}"))).expect("an address");
        let board = Board::new();
        let session = board.with(|| {
            let session = Session::start();
            session.preferences.update(|preferences| preferences.zone = ZoneChoice::Utc);
            session
        });
        until("the ledger is open", || (session.phase.get_untracked() == Phase::Ready).then_some(())).await;
        Self { board, session }
    }

    /// With the books of two accounts in seven events, a day apart:
    ///
    /// | Event | Recorded | What | ACC-0001 | ACC-0002 |
    /// |---|---|---|---|---|
    /// | 1 | 1 January 2024, 09:00 | Ada opens ACC-0001 | 100.00 | |
    /// | 2 | 2 January | a deposit of 50.00 | 150.00 | |
    /// | 3 | 3 January | 30.00 are withdrawn | 120.00 | |
    /// | 4 | 4 January | Bob opens ACC-0002 | | 20.00 |
    /// | 5, 6 | 5 January | 25.00 from the one to the other | 95.00 | 45.00 |
    /// | 7 | 6 January; happened on 1 January, 12:00 | a deposit of 5.00 | 100.00 | |
    pub(super) async fn with_books() -> Self {
        let stage = Self::empty().await;
        stage.append("2024-01-01T09:00:00Z", None, open("ACC-0001", "Ada", 10_000)).await;
        stage.append("2024-01-02T09:00:00Z", None, deposit("ACC-0001", 5_000)).await;
        stage.append("2024-01-03T09:00:00Z", None, withdraw("ACC-0001", 3_000)).await;
        stage.append("2024-01-04T09:00:00Z", None, open("ACC-0002", "Bob", 2_000)).await;
        let transfer = BankCommand::Transfer { from: "ACC-0001".into(), to: "ACC-0002".into(), amount: euro(2_500) };
        stage.append("2024-01-05T09:00:00Z", None, transfer).await;
        stage.append("2024-01-06T09:00:00Z", Some("2024-01-01T12:00:00Z"), deposit("ACC-0001", 500)).await;
        assert_eq!(stage.session.head.get_untracked().get(), 7);
        stage
    }

    /// Appends what a command says, at a time of the test's choice; `occurred_at` where it happened earlier.
    pub(super) async fn append(&self, at: &str, occurred_at: Option<&str>, command: BankCommand) {
        let ledger = self.session.ledger().expect("it is open");
        let occurred_at = occurred_at.map(instant);
        let intent = Intent { actor: "Teller".into(), reason: "as agreed".into(), occurred_at, command };
        ledger.dispatch(&intent, &At(instant(at))).await.expect("the books take it");
        self.session.grown(&ledger);
    }

    /// Appends what a command says as another tab would that tells nobody, at a time of the test's choice.
    pub(super) async fn append_elsewhere(&self, at: &str, command: BankCommand) {
        let elsewhere = backend::open_beside(&self.id()).await.expect("it opens");
        let intent = Intent { actor: "Teller".into(), reason: "as agreed".into(), occurred_at: None, command };
        elsewhere.dispatch(&intent, &At(instant(at))).await.expect("the books take it");
    }

    /// Which ledger is open.
    pub(super) fn id(&self) -> LedgerId {
        self.session.current.get_untracked().expect("one is open").id
    }

    /// Mounts a component of the session.
    pub(super) fn show<V: IntoView + 'static>(&mut self, component: impl FnOnce(Session) -> V + 'static) {
        let session = self.session;
        self.board.show(move || component(session));
    }

    /// How many events are in the log.
    pub(super) fn head(&self) -> u32 {
        self.session.head.get_untracked().get()
    }

    /// The event that the screen stands after.
    pub(super) fn position(&self) -> u32 {
        self.session.moment.get_untracked().position.get()
    }
}

impl Find for Stage {
    fn root(&self) -> Found {
        self.board.root()
    }
}

/// The page, at a time of the test's choice.
struct At(Timestamp);

impl Env for At {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn new_id(&self) -> EventId {
        PageEnv.new_id()
    }

    fn elapsed_micros(&self) -> u64 {
        PageEnv.elapsed_micros()
    }

    async fn breathe(&self) {
        PageEnv.breathe().await;
    }
}

/// Puts money in.
pub(super) fn deposit(number: &str, minor: i64) -> BankCommand {
    on(number, AccountCommand::Deposit { amount: euro(minor), source: "salary".into() })
}

fn open(number: &str, owner: &str, minor: i64) -> BankCommand {
    on(number, AccountCommand::Open { owner: owner.into(), name: Label::default(), initial_balance: euro(minor) })
}

/// Takes money out, in Oslo.
pub(super) fn withdraw(number: &str, minor: i64) -> BankCommand {
    withdraw_in("Oslo", number, minor)
}

/// Takes money out in a town.
pub(super) fn withdraw_in(town: &str, number: &str, minor: i64) -> BankCommand {
    on(number, AccountCommand::Withdraw { amount: euro(minor), atm_location: town.into() })
}

fn on(number: &str, command: AccountCommand) -> BankCommand {
    BankCommand::Account { number: number.into(), command }
}

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

/// The id of a ledger that nobody has used.
pub(super) fn fresh_id() -> LedgerId {
    let number = js_sys::Math::random().to_bits() & 0xffff_ffff;
    LedgerId::parse(&format!("stage-{number:x}-{}", js_sys::Date::now())).expect("an id")
}
