use super::{super::number_of, kind::Kind};
use crate::{
    app::{
        BankCommand,
        format::{self, Zone},
    },
    bank::{AccountCommand, Currency, DayCount, InterestError, InterestQuote, Money, RateBps, interest},
    kernel::{Clock, Label, StreamId, Timestamp},
    ui::{backend, session::Session, start::money_problem},
};
use leptos::prelude::*;

/// What the fields of the form hold.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) kind: RwSignal<Kind>,
    pub(super) amount: RwSignal<String>,
    pub(super) extra: RwSignal<String>,
    pub(super) who: RwSignal<String>,
    pub(super) why: RwSignal<String>,
    pub(super) when: RwSignal<String>,
    /// Whether the field for that is shown.
    pub(super) is_dated: RwSignal<bool>,
    pub(super) rate: RwSignal<String>,
    pub(super) from: RwSignal<String>,
    pub(super) to: RwSignal<String>,
    pub(super) day_count: RwSignal<DayCount>,
}

impl Fields {
    /// Every event says who and why; what of that is still to be written.
    pub(super) fn unsaid(self) -> Option<&'static str> {
        let is_empty = |field: RwSignal<String>| field.with(|text| text.trim().is_empty());
        match (is_empty(self.who), is_empty(self.why)) {
            (true, _) => Some("Say who appends it."),
            (false, true) => Some("Say why."),
            (false, false) => None,
        }
    }

    /// Empty, but for who writes.
    pub(super) fn new(actor: String) -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            kind: RwSignal::new(Kind::Deposit),
            amount: empty(),
            extra: empty(),
            who: RwSignal::new(actor),
            why: empty(),
            when: empty(),
            is_dated: RwSignal::new(false),
            rate: RwSignal::new("1.50".to_owned()),
            from: empty(),
            to: empty(),
            day_count: RwSignal::new(DayCount::default()),
        }
    }

    /// What is typed for one command is not for the next.
    pub(super) fn clear(self) {
        for field in [self.amount, self.extra, self.why, self.when] {
            field.set(String::new());
        }
        self.is_dated.set(false);
    }

    /// The sum that the button names.
    pub(super) fn stated(self, currency: Currency) -> Option<Money> {
        self.kind.get().has_amount().then(|| Money::parse(&self.amount.get(), currency).ok()).flatten()
    }

    /// When it happened, where that is said; what is no time, or is still to come, is an error.
    pub(super) fn occurred_at(self, zone: Zone) -> Result<Option<Timestamp>, &'static str> {
        match self.when.get().trim() {
            "" => Ok(None),
            text => match format::parse_moment(text, zone) {
                Some(at) if at > backend::now() => Err("It cannot have happened later than now."),
                Some(at) => Ok(Some(at)),
                None => Err("Write 2024-01-05 or 2024-01-05 14:03."),
            },
        }
    }

    /// Reads the fields; the error says what is missing.
    pub(super) fn command(self, session: Session, id: StreamId, currency: Currency) -> Result<BankCommand, String> {
        let number = Label::new(&number_of(session, id));
        let extra = Label::new(self.extra.get().trim());
        let amount = || match self.amount.get().trim() {
            "" => Err("Write an amount.".to_owned()),
            text => Money::parse(text, currency).map_err(|error| money_problem(&error)),
        };
        let needed = |what: &str| if extra.is_empty() { Err(what.to_owned()) } else { Ok(extra.clone()) };
        let command = match self.kind.get() {
            Kind::Deposit => AccountCommand::Deposit { amount: amount()?, source: needed("Say where it comes from.")? },
            Kind::Withdraw => AccountCommand::Withdraw {
                amount: amount()?,
                atm_location: needed("Say where it is taken: town, place.")?,
            },
            Kind::Fee => AccountCommand::ChargeFee { amount: amount()?, reason: needed("Say what the fee is for.")? },
            Kind::Overdraft => AccountCommand::SetOverdraftLimit { limit: amount()? },
            Kind::Close => AccountCommand::Close,
            Kind::Transfer => {
                return Ok(BankCommand::Transfer {
                    from: number,
                    amount: amount()?,
                    to: needed("Choose the account it goes to.")?,
                });
            }
            Kind::Interest => AccountCommand::PostInterest { quote: self.quote(session, id, currency)? },
        };
        Ok(BankCommand::Account { number, command })
    }

    fn quote(self, session: Session, id: StreamId, currency: Currency) -> Result<InterestQuote, String> {
        let zone = session.zone.get();
        let day = |text: String| format::parse_date(&text).ok_or_else(|| "Write both days as 2024-01-31.".to_owned());
        let period = (day(self.from.get())?, day(self.to.get())?);
        let rate = Money::parse(&self.rate.get(), Currency::EUR).map_err(|_| "Write the rate as 1.50.".to_owned())?;
        let rate = i32::try_from(rate.minor).map(RateBps).map_err(|_| "The rate is too high.".to_owned())?;
        let account = session.read(|read| read.account(id, Clock::Occurred));
        let closing = account.map(|account| account.closing_balances(|at| format::day(at, zone))).unwrap_or_default();
        interest(&closing, period, rate, self.day_count.get(), currency).map_err(|error| match error {
            InterestError::NoDays { from, to } => {
                format!("There is no day from {from} to {to}: the last one is not counted.")
            }
            InterestError::Overflow => "The interest would be too large a number. Use a lower rate.".to_owned(),
        })
    }
}
