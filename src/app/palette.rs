//! The command palette: what a line of text can mean, best first. No markup, no clock of its own.

use super::{
    Moment, Travel,
    format::{self, Zone},
    route::{Pane, Screen},
};
use crate::{
    bank::Currency,
    kernel::{Codec, History, Label, Position},
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

/// A typed time or number of an event.
fn travels<C: Codec>(line: &str, place: &Place, history: &History<C>, zone: Zone) -> Vec<Item> {
    let (mut items, clock) = (Vec::new(), place.moment.clock);
    let timeline = history.timeline(clock);
    if timeline.is_empty() {
        return items;
    }
    if let Some(instant) = format::parse_moment(line, zone) {
        let rank = timeline.rank_at(instant);
        let hint = match rank {
            rank if rank.get() == 0 => "before the first event".to_owned(),
            rank if rank >= timeline.len() => "after the last event".to_owned(),
            rank => format!("event {}", format::int(rank.get())),
        };
        let title = format!("Go to {}", format::time(instant, zone));
        items.push(travel(title, hint, Travel::ToInstant(instant)));
    }
    if let Some(position) = event_number(line).filter(|position| *position <= history.head()) {
        let at = timeline.time_at(history.rank_of(clock, position));
        let hint = at.map(|at| format::time(at, zone)).unwrap_or_default();
        let title = format!("Go to event {}", format::int(position.get()));
        items.push(travel(title, hint, Travel::ToPosition(position)));
        let title = format!("Show event {} in the log", format::int(position.get()));
        let action = Action::Go(Screen::Log { event: Some(position) });
        items.push(Item { kind: Kind::Screen, title, hint: String::new(), action, is_blocked: false });
    }
    items
}

fn travel(title: String, hint: String, travel: Travel) -> Item {
    Item { kind: Kind::Travel, title, hint, action: Action::Travel(travel), is_blocked: false }
}

fn go_live(moment: &Moment) -> Item {
    let hint = if moment.is_live() { "you are there" } else { "End" };
    let item = travel("Return to live".to_owned(), hint.to_owned(), Travel::GoLive);
    Item { is_blocked: moment.is_live(), ..item }
}

/// `812004`, `812,004`, `812 004`, `#812004` or `event 812004`.
fn event_number(line: &str) -> Option<Position> {
    let line = line.trim_start_matches('#');
    let line = match line.get(..5) {
        Some(start) if start.eq_ignore_ascii_case("event") => line.get(5..)?,
        Some(_) | None => line,
    };
    let digits: String = line.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_number { digits.parse().ok()? } else { 0 };
    (number > 0).then_some(Position::new(number))
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

/// All commands and screens in the order in which they stand when nothing is typed, with further words they go by.
fn commands(place: &Place) -> Vec<(Item, &'static str)> {
    let item = |kind, title: String, action| Item { kind, title, hint: String::new(), action, is_blocked: false };
    let writes = |title: String, action| {
        let is_blocked = !place.moment.is_live();
        let hint = if is_blocked { ONLY_NOW.to_owned() } else { String::new() };
        Item { hint, is_blocked, ..item(Kind::Command, title, action) }
    };
    let screen = |title: &str, screen| item(Kind::Screen, title.to_owned(), Action::Go(screen));
    let mut all = vec![(go_live(&place.moment), "now present head")];
    if let Some(number) = &place.account {
        let pane = |pane| Screen::Account { number: number.clone(), pane };
        all.extend([
            (writes(format!("Deposit into {number}"), Action::Deposit(number.clone())), "pay in credit"),
            (writes(format!("Withdraw from {number}"), Action::Withdraw(number.clone())), "take out debit"),
            (screen(&format!("Statement of {number}"), pane(Pane::Statement)), "period print"),
            (screen("Alerts", pane(Pane::Alerts)), "fraud"),
            (screen("Totals by source", pane(Pane::Sources)), "sources report"),
        ]);
    }
    all.extend([
        (writes("Open a new account".to_owned(), Action::OpenAccount), "create"),
        (screen("Bank", Screen::Home), "accounts home"),
        (screen("Log", Screen::Log { event: None }), "events search"),
        (screen("Settings", Screen::Settings), "preferences zone"),
        (item(Kind::Command, "Export".to_owned(), Action::Export), "save download backup csv cloudevents"),
        (writes("Import a file".to_owned(), Action::Import), "open load csv cloudevents"),
    ]);
    let ledgers = place.ledgers.iter().map(|(id, name)| {
        (item(Kind::Ledger, format!("Switch to {name}"), Action::SwitchLedger(id.clone())), "ledger open")
    });
    all.extend(ledgers);
    let looks = [("Theme: light", Look::Light), ("Theme: dark", Look::Dark), ("Theme: as the system", Look::System)];
    all.extend(
        looks.map(|(title, look)| (item(Kind::Command, title.to_owned(), Action::Theme(look)), "appearance colours")),
    );
    all
}

/// How well all words are found in the texts, 0 best; `None` where one is not found.
///
/// A text that begins with the words comes before a word that does, and that before a place within a word.
fn rank(words: &[String], texts: &[&str]) -> Option<u8> {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    let whole = words.join(" ");
    let found = |word: &String| {
        let in_text = |text: &String| {
            let begins = |place: usize| text.get(..place).is_none_or(|before| !before.ends_with(char::is_alphanumeric));
            text.match_indices(word.as_str()).map(|(place, _)| if begins(place) { 2 } else { 3 }).min()
        };
        texts.iter().filter_map(in_text).min()
    };
    let worst = words.iter().map(found).try_fold(0u8, |worst, rank| Some(worst.max(rank?)))?;
    Some(match texts.contains(&whole) {
        true => 0,
        false if !whole.is_empty() && texts.iter().any(|text| text.starts_with(&whole)) => 1,
        false => worst,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bank::BankCodec,
        kernel::{Clock, Commit, EventId, NewEvent, Payload, Rank, SchemaVersion, StreamName, Timestamp},
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
