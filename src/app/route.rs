//! Addresses: every moment has a link that opens there.
//!
//! `#/demo/bank/ACC-0417/statement?at=812004&clock=occurred&from=2024-01-01&to=2024-01-31`

use super::{Playhead, Stand};
use crate::kernel::{Clock, Position};

/// Which screen is shown of which ledger, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The ledger's id; empty: the one that was open last.
    pub ledger: String,
    /// The screen.
    pub screen: Screen,
    /// The moment; `None`: live.
    pub at: Option<At>,
    /// The clock.
    pub clock: Clock,
    /// The period of a statement, as it was typed.
    pub period: Option<(String, String)>,
    /// The filter of the log, as it was typed.
    pub query: String,
}

/// A moment in an address: an event, or whatever a person wrote as a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// Just after this event.
    Position(Position),
    /// A time, as text.
    Time(String),
}

/// A screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The bank, with an account or the first there is.
    #[default]
    Home,
    /// An account.
    Account {
        /// Its number.
        number: String,
        /// Which of its panes.
        pane: Pane,
    },
    /// All events; one may be chosen.
    Log {
        /// The chosen event.
        event: Option<Position>,
    },
    /// Settings.
    Settings,
    /// How the first event arrives: shown for an empty ledger, and when a further one is begun.
    Start,
}

/// What is shown beneath an account's chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// Who, what, when, why.
    #[default]
    Timeline,
    /// The statement for a period.
    Statement,
    /// Fraud alerts, of all accounts.
    Alerts,
    /// Totals by source, of all accounts.
    Sources,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Timeline, Self::Statement, Self::Alerts, Self::Sources];

    /// Its name in addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Statement => "statement",
            Self::Alerts => "alerts",
            Self::Sources => "sources",
        }
    }

    /// Its name on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Timeline => "Audit timeline",
            Self::Statement => "Statement",
            Self::Alerts => "Alerts",
            Self::Sources => "Totals by source",
        }
    }
}

impl Screen {
    /// The name of the screen.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Home | Self::Account { .. } => "Bank",
            Self::Log { .. } => "Log",
            Self::Settings => "Settings",
            Self::Start => "New ledger",
        }
    }
}

impl Route {
    /// Reads the part of an address from `#` on. What cannot be read is left out, never an error.
    pub fn parse(hash: &str) -> Self {
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        let hash = hash.strip_prefix('/').unwrap_or(hash);
        let (path, query) = hash.split_once('?').unwrap_or((hash, ""));
        let mut parts = path.split('/').map(decode);
        let ledger = parts.next().unwrap_or_default();
        let screen = match (parts.next().as_deref(), parts.next(), parts.next()) {
            (Some("bank"), Some(number), pane) if !number.is_empty() => {
                let pane =
                    Pane::ALL.into_iter().find(|known| Some(known.slug()) == pane.as_deref()).unwrap_or_default();
                Screen::Account { number, pane }
            }
            (Some("log"), event, _) => {
                Screen::Log { event: event.and_then(|text| text.parse().ok()).map(Position::new) }
            }
            (Some("settings"), ..) => Screen::Settings,
            (Some("start"), ..) => Screen::Start,
            _ => Screen::Home,
        };
        let mut route = Self { ledger, screen, ..Self::default() };
        let (mut from, mut to) = (String::new(), String::new());
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decode(value);
            match key {
                "at" => {
                    route.at = match value.parse() {
                        Ok(number) => Some(At::Position(Position::new(number))),
                        Err(_) => Some(At::Time(value)).filter(|at| *at != At::Time(String::new())),
                    };
                }
                "clock" if value == "occurred" => route.clock = Clock::Occurred,
                "from" => from = value,
                "to" => to = value,
                "q" => route.query = value,
                _ => {}
            }
        }
        route.period = Some((from, to)).filter(|(from, to)| !from.is_empty() || !to.is_empty());
        route
    }

    /// The address, from `#` on.
    pub fn to_hash(&self) -> String {
        let mut path = format!("#/{}", encode(&self.ledger));
        match &self.screen {
            Screen::Home => path.push_str("/bank"),
            Screen::Account { number, pane } => {
                path.push_str(&format!("/bank/{}", encode(number)));
                if *pane != Pane::Timeline {
                    path.push_str(&format!("/{}", pane.slug()));
                }
            }
            Screen::Log { event } => {
                path.push_str("/log");
                if let Some(position) = event {
                    path.push_str(&format!("/{position}"));
                }
            }
            Screen::Settings => path.push_str("/settings"),
            Screen::Start => path.push_str("/start"),
        }
        let mut query = Vec::new();
        match &self.at {
            Some(At::Position(position)) => query.push(format!("at={position}")),
            Some(At::Time(text)) => query.push(format!("at={}", encode(text))),
            None => {}
        }
        if self.clock == Clock::Occurred {
            query.push("clock=occurred".to_owned());
        }
        if let Some((from, to)) = &self.period {
            query.push(format!("from={}&to={}", encode(from), encode(to)));
        }
        if !self.query.is_empty() {
            query.push(format!("q={}", encode(&self.query)));
        }
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    /// The same screen at another moment.
    #[must_use]
    pub fn at_playhead(&self, playhead: Playhead) -> Self {
        let at = match playhead.stand {
            Stand::Live => None,
            Stand::At(position) => Some(At::Position(position)),
        };
        Self { at, clock: playhead.clock, ..self.clone() }
    }

    /// The same moment on another screen.
    #[must_use]
    pub fn on(&self, screen: Screen) -> Self {
        Self { screen, period: None, query: String::new(), ..self.clone() }
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986 and `:`, which is allowed in a fragment.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// Undoes percent-encoding; what is not well encoded stands for itself.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = (first == b'%').then(|| text_of(after.get(..2)?)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was() {
        for hash in [
            "#/demo/bank",
            "#/demo/bank/ACC-0417",
            "#/demo/bank/ACC-0417?at=812004",
            "#/demo/bank/ACC-0417/statement?at=812004&clock=occurred&from=2024-01-01&to=2024-01-31",
            "#/my%20books/log/17?q=type:FeeCharged%20caf%C3%A9",
            "#/demo/settings",
            "#/demo/start",
            "#/demo/bank/ACC-0417?at=2024-01-05T14:03:12Z",
            "#/demo/bank/a%2Fb%3F%26",
        ] {
            assert_eq!(Route::parse(hash).to_hash(), hash);
        }
    }

    #[test]
    fn a_broken_address_opens_something() {
        for hash in ["", "#", "#/", "#/%", "#/demo/nothing/at/all?at=&clock=x&=&%%%", "#?at=1", "#/demo/bank/%ff%fe"] {
            let route = Route::parse(hash);
            assert_eq!(Route::parse(&route.to_hash()), route, "{hash}");
        }
        assert_eq!(Route::parse("#/demo/bank?at=5").at, Some(At::Position(Position::new(5))));
        assert_eq!(Route::parse("#/demo/bank?at=").at, None);
    }
}
