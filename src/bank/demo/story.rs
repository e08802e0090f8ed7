//! The demo's story: what the cast does on set days, and the three things an auditor should find.

use super::{
    BEYOND_LIMIT_ACCOUNT, CORRECTED_ACCOUNT, FRAUD_ACCOUNT, STORY_ACCOUNT,
    books::{Books, Link, Note},
    calendar::millis_of,
};
use crate::{
    bank::{AccountCommand, AccountEvent, Money, MoneyWithdrawn},
    kernel::Label,
};

/// What is done in a scene; amounts are in cents, for the whole cast keeps euros.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Deposit(i64, &'static str),
    Withdraw(i64, &'static str),
    Send(&'static str, i64),
    Limit(i64),
    Fee(i64),
    /// A deposit that happened at another time than it was written down.
    BackDated(i64, &'static str, &'static str),
    /// A fact that leaves the account with this balance, whatever its limit.
    LeaveAt(i64, &'static str),
}

/// One scene.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene {
    pub(super) at: &'static str,
    pub(super) account: &'static str,
    pub(super) deed: Deed,
    actor: &'static str,
    reason: &'static str,
}

impl Scene {
    /// How many events it makes.
    pub(super) fn events(&self) -> u32 {
        match self.deed {
            Deed::Send(..) => 2,
            Deed::Deposit(..)
            | Deed::Withdraw(..)
            | Deed::Limit(_)
            | Deed::Fee(_)
            | Deed::BackDated(..)
            | Deed::LeaveAt(..) => 1,
        }
    }

    pub(super) fn play(&self, books: &mut Books) {
        let (Some(who), Some(at)) = (books.find(self.account), millis_of(self.at)) else { return };
        let Some(currency) = books.holder(who).map(|holder| holder.currency) else { return };
        let money = |minor| Money::new(minor, currency);
        let mut note = Note::new(at, &Label::new(self.actor), self.reason);
        let command = match self.deed {
            Deed::Deposit(cents, source) => AccountCommand::Deposit { amount: money(cents), source: source.into() },
            Deed::Withdraw(cents, place) => {
                AccountCommand::Withdraw { amount: money(cents), atm_location: place.into() }
            }
            Deed::Limit(cents) => AccountCommand::SetOverdraftLimit { limit: money(cents) },
            Deed::Fee(cents) => AccountCommand::ChargeFee { amount: money(cents), reason: self.reason.into() },
            Deed::BackDated(cents, source, happened) => {
                note.happened = millis_of(happened);
                AccountCommand::Deposit { amount: money(cents), source: source.into() }
            }
            Deed::Send(to, cents) => {
                if let Some(to) = books.find(to) {
                    books.transfer(who, to, cents, &note);
                }
                return;
            }
            Deed::LeaveAt(balance, place) => {
                let amount = books.holder(who).map_or(0, |holder| holder.balance().saturating_sub(balance));
                let fact = AccountEvent::Withdrawn(MoneyWithdrawn { amount, currency, atm_location: place.into() });
                if amount > 0 {
                    books.record(who, fact, &note);
                }
                books.dismiss(who);
                return;
            }
        };
        books.submit(who, &command, &note, Link::Own);
    }
}

const fn scene(
    at: &'static str,
    account: &'static str,
    deed: Deed,
    actor: &'static str,
    reason: &'static str,
) -> Scene {
    Scene { at, account, deed, actor, reason }
}

const TELLER: &str = "teller:m.lind";
const INGRID: &str = "cust:i.solheim";
const TROMSOE: &str = "Tromsø, Storgata 73";
const BERGEN: &str = "Bergen, Torget 3";
const MAALOEY: &str = "Måløy, Sentrum kai";

/// All scenes; the days put them in order.
#[rustfmt::skip]
pub(super) const SCENES: [Scene; 35] = [
    scene("2023-01-09T10:20:03Z", STORY_ACCOUNT, Deed::Deposit(1_500_000, "cash"), INGRID, "Founding capital"),
    scene("2023-01-09T10:31:50Z", STORY_ACCOUNT, Deed::Limit(500_000), TELLER, "Overdraft limit set to 5,000.00"),
    scene("2023-03-01T11:52:16Z", BEYOND_LIMIT_ACCOUNT, Deed::Limit(30_000), TELLER, "Overdraft limit set to 300.00"),
    scene("2023-05-16T10:47:29Z", "ACC-0088", Deed::Send(STORY_ACCOUNT, 1_240_000), "api:payments", "Invoice 2077, class renewal survey, MS Havørn"),
    scene("2023-06-20T12:31:54Z", "ACC-0672", Deed::Send(STORY_ACCOUNT, 1_390_000), "api:payments", "Invoice 2109, damage report, MS Lomvi"),
    scene("2023-07-03T12:10:22Z", FRAUD_ACCOUNT, Deed::Deposit(24_000, "cash"), "teller:o.husby", "Collection box, June"),
    scene("2023-07-14T11:31:05Z", FRAUD_ACCOUNT, Deed::Withdraw(8640, MAALOEY), "card:4911", "Paint for the railing"),
    scene("2023-07-28T10:04:49Z", FRAUD_ACCOUNT, Deed::Deposit(115_000, "grant"), "api:payments", "County grant, coastal heritage"),
    scene("2023-08-09T11:26:37Z", STORY_ACCOUNT, Deed::Send("ACC-0231", 1_890_000), INGRID, "Engine overhaul, work boat, order 118, paid in full"),
    scene("2023-08-11T13:17:30Z", FRAUD_ACCOUNT, Deed::Withdraw(13_275, MAALOEY), "card:4911", "Lamp glass"),
    scene("2023-08-24T09:14:20Z", STORY_ACCOUNT, Deed::Deposit(1_300_000, "loan"), INGRID, "Shareholder loan, until the invoices of July are paid"),
    scene("2023-08-25T12:40:11Z", FRAUD_ACCOUNT, Deed::Deposit(240_000, "card terminal"), "cust:t.nygård", "Visitors, August"),
    scene("2023-09-08T10:22:58Z", FRAUD_ACCOUNT, Deed::Withdraw(5890, MAALOEY), "card:4911", "Lamp oil"),
    scene("2023-09-13T09:58:11Z", "ACC-0672", Deed::Send(STORY_ACCOUNT, 1_420_000), "api:payments", "Invoice 2188, damage report, FV Bølgen, paid 23 days late"),
    scene("2023-09-22T14:02:33Z", FRAUD_ACCOUNT, Deed::Deposit(61_000, "cash"), "teller:o.husby", "Collection box, September"),
    scene("2023-10-06T12:15:40Z", FRAUD_ACCOUNT, Deed::Withdraw(7420, MAALOEY), "card:4911", "Shutters closed for the winter"),
    scene("2023-11-02T09:15:40Z", STORY_ACCOUNT, Deed::Limit(800_000), TELLER, "Overdraft limit raised to 8,000.00"),
    scene("2023-12-05T09:12:40Z", CORRECTED_ACCOUNT, Deed::BackDated(128_450, "card terminal", "2023-11-14T15:20:36Z"), TELLER, "Correction: card terminal total of 14 November, left out at the time"),
    scene("2024-01-05T08:41:30Z", STORY_ACCOUNT, Deed::Withdraw(14_860, "Florø, Fugleskjærskaia"), "card:4417", "Fuel, work boat"),
    scene("2024-01-05T14:03:12Z", "ACC-0088", Deed::Send(STORY_ACCOUNT, 412_000), "api:payments", "Invoice 2291, hull thickness survey, MV Ternen"),
    scene("2024-01-05T15:22:08Z", STORY_ACCOUNT, Deed::Withdraw(6245, "Florø, Fugleskjærskaia"), "card:4417", "Mooring fee, Florø"),
    scene("2024-02-17T02:13:08Z", FRAUD_ACCOUNT, Deed::Withdraw(500_000, TROMSOE), "card:4911", "Cash"),
    scene("2024-02-17T02:15:41Z", FRAUD_ACCOUNT, Deed::Withdraw(40_000, TROMSOE), "card:4911", "Cash"),
    scene("2024-02-17T02:19:20Z", FRAUD_ACCOUNT, Deed::Withdraw(45_000, BERGEN), "card:4911", "Cash"),
    scene("2024-02-17T02:21:05Z", FRAUD_ACCOUNT, Deed::Withdraw(38_000, BERGEN), "card:4911", "Cash"),
    scene("2024-02-17T02:22:50Z", FRAUD_ACCOUNT, Deed::Withdraw(36_000, TROMSOE), "card:4911", "Cash"),
    scene("2024-02-17T02:24:31Z", FRAUD_ACCOUNT, Deed::Withdraw(34_000, BERGEN), "card:4911", "Cash"),
    scene("2024-02-19T08:52:14Z", FRAUD_ACCOUNT, Deed::Fee(1500), TELLER, "Card blocked and replaced, case 88"),
    scene("2024-03-14T23:40:05Z", BEYOND_LIMIT_ACCOUNT, Deed::LeaveAt(-41_230, "Florø, Strandgata 14"), "batch:card-settlement", "Card payments of 14 March, taken off-line and settled in the evening"),
    scene("2023-06-01T09:30:00Z", "ACC-0302", Deed::Limit(400_000), "teller:s.rasch", "Overdraft limit set to 4,000.00"),
    scene("2023-02-20T13:05:12Z", "ACC-0519", Deed::Limit(1_000_000), "teller:o.husby", "Overdraft limit set to 10,000.00"),
    scene("2023-04-24T10:11:12Z", "ACC-0731", Deed::Deposit(350_000, "grant"), "api:payments", "County grant, bird counting"),
    scene("2023-10-10T09:02:55Z", "ACC-1327", Deed::Limit(600_000), "teller:a.nieminen", "Overdraft limit set to 6,000.00"),
    scene("2024-02-08T12:00:31Z", "ACC-1688", Deed::Deposit(2_400_000, "loan"), TELLER, "Loan paid out, ice plant"),
    scene("2024-01-17T09:44:18Z", "ACC-1602", Deed::Deposit(180_000, "loan"), TELLER, "Loan paid out, press"),
];
