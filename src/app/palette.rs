//! The command palette: what a line of text can mean, best first. No markup, no clock of its own.

mod commands;
mod rank;
mod travels;

use self::{
    commands::commands,
    rank::rank,
    travels::{go_live, travels},
};
use super::{
    Moment, Travel,
    format::{self, Zone},
    route::{Pane, Screen},
};
use crate::{
    bank::Currency,
    kernel::{Codec, History, Label},
};

/// The most results that are shown.
pub const RESULTS_MAX: usize = 12;
/// Why a command is blocked.
pub const ONLY_NOW: &str = "only in the present";

/// What kind of thing a result is: the word before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Moves the playhead.
    Travel,
    /// An account.
    Account,
    /// Does something.
    Command,
    /// A screen.
    Screen,
    /// Another ledger.
    Ledger,
}

impl Kind {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Travel => "Travel",
            Self::Account => "Account",
            Self::Command => "Command",
            Self::Screen => "Screen",
            Self::Ledger => "Ledger",
        }
    }
}

/// What a result does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Moves the playhead.
    Travel(Travel),
    /// Shows a screen; the moment stays.
    Go(Screen),
    /// Shows the account's form for money that comes in.
    Deposit(String),
    /// Shows the account's form for money that goes out.
    Withdraw(String),
    /// Shows the form for a new account.
    OpenAccount,
    /// Writes the ledger to a file.
    Export,
    /// Chooses a file to read.
    Import,
    /// Opens a ledger, by its id.
    SwitchLedger(String),
    /// Light, dark, or as the system has it.
    Theme(Look),
}

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As the system has it.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What kind of thing it is.
    pub kind: Kind,
    /// What it says.
    pub title: String,
    /// What stands at its end: a balance, a number, a reason.
    pub hint: String,
    /// What it does.
    pub action: Action,
    /// Whether it cannot be done at this moment; the hint says why.
    pub is_blocked: bool,
}

/// An account to choose, as it is at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChoice {
    /// Its number.
    pub number: String,
    /// What people call it.
    pub title: Label,
    /// Who owns it.
    pub owner: Label,
    /// What it holds.
    pub balance: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// Where the palette is opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The moment.
    pub moment: Moment,
    /// The accounts there are at the moment.
    pub accounts: Vec<AccountChoice>,
    /// The number of the account on the screen.
    pub account: Option<String>,
    /// The other ledgers: id and name.
    pub ledgers: Vec<(String, String)>,
}

/// What a line can mean, best first, at most [`RESULTS_MAX`].
pub fn results<C: Codec>(line: &str, place: &Place, history: &History<C>, zone: Zone) -> Vec<Item> {
    let line = line.trim();
    let travels = travels(line, place, history, zone);
    let words: Vec<String> = line.split_whitespace().map(str::to_lowercase).collect();
    let mut ranked: Vec<(u8, Item)> = commands(place)
        .into_iter()
        .filter_map(|(item, also)| Some((rank(&words, &[item.kind.word(), &item.title, also])?, item)))
        .collect();
    ranked.extend(place.accounts.iter().filter_map(|account| {
        let rank = rank(&words, &[&account.number, &account.title, &account.owner])?;
        Some((if words.is_empty() { u8::MAX } else { rank }, account_item(account)))
    }));
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut items = travels;
    items.extend(ranked.into_iter().map(|(_, item)| item));
    if items.first().is_some_and(|item| matches!(item.action, Action::Travel(_))) && !place.moment.is_live() {
        // Whoever types a time may also want the way back.
        let back = go_live(&place.moment);
        if !items.contains(&back) {
            items.insert(1, back);
        }
    }
    items.truncate(RESULTS_MAX);
    items
}

fn account_item(account: &AccountChoice) -> Item {
    let screen = Screen::Account { number: account.number.clone(), pane: Pane::Timeline };
    Item {
        kind: Kind::Account,
        title: format!("{} {}", account.number, account.title),
        hint: format!("{} {}", account.currency, format::money(account.balance, account.currency)),
        action: Action::Go(screen),
        is_blocked: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bank::BankCodec,
        kernel::{Clock, Commit, EventId, NewEvent, Payload, Position, Rank, SchemaVersion, StreamName, Timestamp},
    };

    fn at(hour: u32) -> Timestamp {
        Timestamp::parse(&format!("2024-01-05T{hour:02}:00:00Z")).unwrap()
    }

    /// Twenty events, one an hour from midnight on.
    fn history() -> History<BankCodec> {
        let mut history = History::new(BankCodec::new().unwrap());
        for hour in 0..20 {
            let event = NewEvent {
                id: EventId::parse(&hour.to_string()),
                stream: StreamName::parse("note/1").unwrap(),
                event_type: "Noted".into(),
                schema: SchemaVersion::FIRST,
                data: Payload::parse("{}").unwrap(),
                occurred_at: at(hour),
                actor: "".into(),
                reason: "".into(),
                correlation_id: None,
                causation_id: None,
                attributes: None,
            };
            let commit = Commit { events: vec![event], ..Commit::default() };
            for block in history.seal(commit, at(hour)).unwrap().0 {
                history.extend(block).unwrap();
            }
        }
        history
    }

    fn account(number: &str, title: &str, owner: &str) -> AccountChoice {
        let (title, owner) = (title.into(), owner.into());
        AccountChoice { number: number.to_owned(), title, owner, balance: 1_250, currency: Currency::EUR }
    }

    fn place(rank: u32) -> Place {
        Place {
            moment: Moment {
                clock: Clock::Recorded,
                rank: Rank::new(rank),
                head: Rank::new(20),
                position: Position::new(rank),
                at: None,
            },
            accounts: vec![
                account("ACC-0020", "Alvheim Bakery", "Ida Alvheim"),
                account("ACC-0417", "Solheim Marine Survey", "Ingrid Solheim"),
                account("ACC-0418", "Payroll of Solheim", "Ingrid Solheim"),
            ],
            account: Some("ACC-0417".to_owned()),
            ledgers: vec![("demo".to_owned(), "Demo bank".to_owned())],
        }
    }

    fn titles(line: &str, place: &Place) -> Vec<String> {
        results(line, place, &history(), Zone::UTC).into_iter().map(|item| item.title).collect()
    }

    #[test]
    fn a_typed_time_names_the_event_it_leads_to() {
        let items = results("2024-01-05 03:30", &place(20), &history(), Zone::UTC);
        let first = items.first().unwrap();
        assert_eq!((first.title.as_str(), first.hint.as_str()), ("Go to 2024-01-05 03:30:00", "event 4"));
        assert!(matches!(first.action, Action::Travel(Travel::ToInstant(_))));
        let hint = |line: &str| results(line, &place(20), &history(), Zone::UTC).first().unwrap().hint.clone();
        assert_eq!(
            (hint("2023-01-01").as_str(), hint("2025-01-01").as_str()),
            ("before the first event", "after the last event")
        );
    }

    #[test]
    fn a_number_is_an_event_and_part_of_an_account() {
        for line in ["17", "#17", "event 17", "Event 1,7"] {
            assert_eq!(titles(line, &place(20))[0], "Go to event 17", "{line}");
        }
        assert_eq!(titles("20", &place(20)), ["Go to event 20", "Show event 20 in the log", "ACC-0020 Alvheim Bakery"]);
        assert!(titles("21", &place(20)).is_empty(), "there is no such event");
        assert!(titles("0", &place(20)).iter().all(|title| !title.contains("event")));
    }

    #[test]
    fn an_account_is_found_by_number_name_and_owner_the_beginning_first() {
        assert_eq!(titles("solheim", &place(20)), ["ACC-0417 Solheim Marine Survey", "ACC-0418 Payroll of Solheim"]);
        assert_eq!(titles("ida", &place(20)), ["ACC-0020 Alvheim Bakery"]);
        assert_eq!(titles("ingrid payroll", &place(20)), ["ACC-0418 Payroll of Solheim"]);
        let first = results("acc-0418", &place(20), &history(), Zone::UTC).remove(0);
        assert_eq!(first.hint, "EUR 12.50");
        assert!(matches!(first.action, Action::Go(Screen::Account { number, .. }) if number == "ACC-0418"));
    }

    #[test]
    fn commands_that_write_are_blocked_in_the_past() {
        let blocked = |rank: u32, line: &str| {
            let items = results(line, &place(rank), &history(), Zone::UTC);
            items.into_iter().map(|item| (item.is_blocked, item.hint)).next().unwrap()
        };
        for line in ["deposit", "withdraw", "new account", "import"] {
            assert_eq!(blocked(7, line), (true, ONLY_NOW.to_owned()), "{line}");
            assert_eq!(blocked(20, line), (false, String::new()), "{line}");
        }
        assert!(!blocked(7, "export").0 && !blocked(7, "return").0 && blocked(20, "return").0);
    }

    #[test]
    fn a_typed_time_in_the_past_offers_the_way_back() {
        assert_eq!(titles("2024-01-05 03:30", &place(7)), ["Go to 2024-01-05 03:30:00", "Return to live"]);
        assert_eq!(titles("return", &place(7)), ["Return to live"]);
    }

    #[test]
    fn nothing_typed_shows_commands_before_accounts_and_nonsense_shows_nothing() {
        assert_eq!(titles("", &place(20))[..2], ["Return to live", "Deposit into ACC-0417"]);
        assert_eq!(titles("", &place(20)).len(), RESULTS_MAX);
        assert!(titles("zzz", &place(20)).is_empty());
        assert_eq!(titles("demo", &place(20)), ["Switch to Demo bank"]);
        assert_eq!(titles("dark", &place(20)), ["Theme: dark"]);
    }
}
