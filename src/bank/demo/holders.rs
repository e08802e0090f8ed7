//! The demo's account holders: the cast of its story and the many around it.

use super::{
    DemoSize,
    calendar::{DAY_MILLIS, Day, END_MILLIS, HOUR_MILLIS, START_MILLIS, day_of, millis_of},
    names::{COMPANY_PLACES, COMPANY_TRADES, FIRST_NAMES, LAST_NAMES, MARKETS, Market},
    random::SplitMix64,
};
use crate::{
    bank::{Account, AccountState, Currency},
    kernel::{Aggregate as _, Label, StreamName},
};
use chrono::NaiveDate;

/// How an account is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Wages in; cash, errands and rent out.
    Person,
    /// Invoices and tills in; suppliers and salaries out.
    Company,
    /// A company that rents out.
    Landlord,
    /// Solheim Marine Survey.
    Surveyor,
    /// Takes in salaries and pays them out.
    Payroll,
    /// Does what the story says and nothing else.
    Scripted,
}

/// An account and whoever uses it.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) number: Label,
    pub(super) stream: StreamName,
    pub(super) owner: Label,
    pub(super) name: Label,
    /// `cust:i.solheim`
    pub(super) customer: Label,
    /// `card:4417`
    pub(super) card: Label,
    /// `standing-order:31`
    pub(super) order: Label,
    pub(super) role: Role,
    pub(super) currency: Currency,
    pub(super) market: Market,
    pub(super) opened: i64,
    /// The balance that its holder likes to keep, in euro cents.
    pub(super) comfort: i64,
    /// How often it is used, against others.
    pub(super) weight: u32,
    /// The town it is used in.
    pub(super) home: u32,
    /// A number of its own, for choices that stay.
    pub(super) habit: u32,
    /// Who pays its wages, by place among the holders.
    pub(super) employer: Option<usize>,
    /// To whom it pays rent.
    pub(super) landlord: Option<usize>,
    pub(super) state: AccountState,
    /// The balance at the end of each day on which it changed, since the last interest.
    pub(super) closings: Vec<(NaiveDate, i64)>,
    /// When it last gave out cash or goods, the newest last.
    pub(super) taken: [i64; 4],
    /// The town of that.
    pub(super) last_town: u32,
    /// When money last left it by its holder's will.
    pub(super) last_out: i64,
}

struct Part {
    number: u32,
    name: &'static str,
    owner: &'static str,
    role: Role,
    opened: &'static str,
    comfort: i64,
    weight: u32,
}

/// The cast, those who are needed most first. All keep euros.
const CAST: [Part; CAST_COUNT as usize] = [
    part(417, "Solheim Marine Survey", "Ingrid Solheim", Role::Surveyor, "2023-01-09T10:12:44Z", 3_000_000, 5),
    part(911, "Vågsøy Lighthouse Trust", "Torvald Nygård", Role::Scripted, "2023-06-30T09:20:10Z", 517_000, 0),
    part(590, "Eide Bicycle Repair", "Mikkel Eide", Role::Company, "2023-03-01T11:40:27Z", 150_000, 4),
    part(88, "Hamnvik Shipping", "Henrik Hamnvik", Role::Company, "2023-01-03T09:05:31Z", 21_860_000, 16),
    part(61, "Florø Quay Properties", "Maren Kinn", Role::Landlord, "2023-01-03T08:31:02Z", 4_120_000, 5),
    part(418, "Solheim Payroll", "Ingrid Solheim", Role::Payroll, "2023-01-09T10:41:18Z", 38_000, 0),
    part(231, "Brattholm Yard", "Sverre Brattholm", Role::Company, "2023-01-05T13:17:45Z", 9_415_000, 12),
    part(672, "Polarbris Rederi", "Ragnhild Polarbris", Role::Company, "2023-03-09T10:02:09Z", 15_830_000, 12),
    part(1190, "Nordfjord Havn KF", "Halvor Ytredal", Role::Company, "2023-08-15T09:48:56Z", 18_044_000, 12),
    part(1544, "Stad Fiskeri", "Olav Stad", Role::Company, "2023-11-27T12:25:33Z", 7_251_000, 12),
    part(302, "Alvheim Bakery", "Elin Alvheim", Role::Company, "2023-01-20T08:55:14Z", 684_000, 14),
    part(455, "Tveit and Daughters Joinery", "Kari Tveit", Role::Company, "2023-02-02T10:33:50Z", 1_290_000, 6),
    part(519, "Kalvåg Kelp Cooperative", "Liv Sunde", Role::Company, "2023-02-14T13:11:07Z", 3_377_000, 9),
    part(731, "Runde Bird Station", "Sigrid Ness", Role::Company, "2023-04-17T09:26:41Z", 902_000, 3),
    part(846, "Måløy Ropeworks", "Aksel Førde", Role::Company, "2023-05-22T11:08:19Z", 2_218_000, 7),
    part(1327, "Ytterdal Dairy", "Astrid Osland", Role::Company, "2023-10-03T09:37:28Z", 1_466_000, 10),
    part(1602, "Lofnes Printworks", "Jonas Lunde", Role::Company, "2024-01-16T10:19:53Z", 348_000, 6),
    part(1688, "Bremanger Ice", "Eirik Moen", Role::Company, "2024-02-06T12:51:36Z", 655_000, 8),
];

/// How many accounts the story needs.
pub(super) const CAST_COUNT: u32 = 18;

const fn part(
    number: u32,
    name: &'static str,
    owner: &'static str,
    role: Role,
    opened: &'static str,
    comfort: i64,
    weight: u32,
) -> Part {
    Part { number, name, owner, role, opened, comfort, weight }
}

/// All holders, in the order in which their accounts open.
pub(super) fn holders(size: DemoSize, random: &mut SplitMix64) -> Vec<Holder> {
    let cast = CAST.iter().take(usize::try_from(size.accounts).unwrap_or(0));
    let mut holders: Vec<Holder> = cast.filter_map(|part| of_cast(part, random)).collect();
    let others = size.accounts.saturating_sub(CAST_COUNT);
    let step = (1750 / others.max(1)).max(1);
    let mut number = 0;
    for index in 0..others {
        number += 1 + random.below(2 * step - 1);
        while CAST.iter().any(|part| part.number == number) {
            number += 1;
        }
        holders.extend(other(number, (index, others), random));
    }
    holders.sort_by_key(|holder| holder.opened);
    if let Some(first) = holders.first_mut() {
        first.opened = START_MILLIS;
    }
    employ_and_house(&mut holders);
    holders
}

/// Gives people work and everybody a roof, each with somebody of the same currency.
fn employ_and_house(holders: &mut [Holder]) {
    let of = |wanted: fn(&Holder) -> bool, currency: Currency| -> Vec<usize> {
        let fits = |(_, holder): &(usize, &Holder)| wanted(holder) && holder.currency == currency;
        holders.iter().enumerate().filter(fits).map(|(place, _)| place).collect()
    };
    let choose = |from: &[usize], habit: u32| {
        from.get(usize::try_from(habit).unwrap_or(0).checked_rem(from.len()).unwrap_or(0)).copied()
    };
    let payroll = holders.iter().position(|holder| holder.role == Role::Payroll);
    let quay = holders.iter().position(|holder| &*holder.number == "ACC-0061");
    let mut surveyors = 3;
    let mut ties: Vec<(Option<usize>, Option<usize>)> = Vec::with_capacity(holders.len());
    let markets: Vec<_> = MARKETS
        .iter()
        .filter_map(|market| Currency::parse(market.code).ok())
        .map(|currency| {
            let landlords = of(|holder| holder.role == Role::Landlord, currency);
            (currency, of(|holder| holder.role == Role::Company, currency), landlords)
        })
        .collect();
    for holder in holders.iter() {
        let market = markets.iter().find(|(currency, ..)| *currency == holder.currency);
        let (companies, landlords) = market.map_or((&[][..], &[][..]), |(_, a, b)| (a, b));
        let percent = holder.habit % 100;
        ties.push(match holder.role {
            Role::Person if payroll.is_some() && surveyors > 0 && holder.currency == Currency::EUR => {
                surveyors -= 1;
                (payroll, choose(landlords, holder.habit))
            }
            Role::Person => (
                choose(companies, holder.habit / 100).filter(|_| percent < 60),
                choose(landlords, holder.habit / 7).filter(|_| percent < 62),
            ),
            Role::Company => (None, choose(landlords, holder.habit / 7).filter(|_| percent < 55)),
            Role::Surveyor => (None, quay),
            Role::Landlord | Role::Payroll | Role::Scripted => (None, None),
        });
    }
    for (holder, (employer, landlord)) in holders.iter_mut().zip(ties) {
        (holder.employer, holder.landlord) = (employer, landlord);
    }
}

fn of_cast(part: &Part, random: &mut SplitMix64) -> Option<Holder> {
    let mut holder = holder(part.number, part.owner, MARKETS.first()?, random)?;
    // The card of the mock: 4417 for the account 0417.
    holder.card = format!("card:{}", 4000 + part.number).into();
    holder.order = format!("standing-order:{}", if part.number == 417 { 31 } else { part.number }).into();
    holder.name = part.name.into();
    holder.role = part.role;
    holder.opened = millis_of(part.opened)?;
    (holder.comfort, holder.weight, holder.home) = (part.comfort, part.weight, 0);
    Some(holder)
}

fn other(number: u32, (index, count): (u32, u32), random: &mut SplitMix64) -> Option<Holder> {
    let mut left = random.below(100);
    let market = MARKETS.iter().find(|market| {
        let here = left < market.share;
        left = left.saturating_sub(market.share);
        here
    });
    // A small ledger shows each currency too: the first eight others go round.
    let market = if index < 8 { MARKETS.get(usize::try_from(index / 2 + 1).ok()?) } else { market }?;
    let owner = person(index);
    let mut holder = holder(number, &owner, market, random)?;
    let is_company = if index < 8 { index % 2 == 0 } else { random.chance(42) };
    if is_company {
        holder.name = company(index).into();
        let is_landlord = index < 8 || random.chance(9);
        holder.role = if is_landlord { Role::Landlord } else { Role::Company };
        (holder.comfort, holder.weight) =
            (random.skewed(600_000, 12_000_000), u32::try_from(random.skewed(3, 17)).ok()?);
    } else {
        (holder.comfort, holder.weight) = (random.skewed(80_000, 2_400_000), u32::try_from(random.skewed(1, 9)).ok()?);
    }
    holder.opened = if index == 0 { START_MILLIS } else { opening(index, count, random) };
    Some(holder)
}

/// Half of the accounts open in the first two months, the last after seven.
fn opening(index: u32, count: u32, random: &mut SplitMix64) -> i64 {
    let (index, count) = (i64::from(index), i64::from(count.max(1)));
    let mut day = Day::new(u32::try_from(215 * index * index / (count * count)).unwrap_or(0));
    while !day.is_working_day() {
        day = Day::new(day.number + 1);
    }
    (day.midnight + 8 * HOUR_MILLIS + random.between(60_000, 8 * HOUR_MILLIS))
        .clamp(START_MILLIS, END_MILLIS - DAY_MILLIS)
}

fn holder(number: u32, owner: &str, market: &Market, random: &mut SplitMix64) -> Option<Holder> {
    let text = format!("ACC-{number:04}");
    let initial = owner.chars().next().unwrap_or('x');
    let family = owner.rsplit(' ').next().unwrap_or(owner);
    let (town, towns) = market.towns;
    Some(Holder {
        stream: StreamName::new(Account::CATEGORY, &text).ok()?,
        number: text.into(),
        owner: owner.into(),
        name: Label::default(),
        customer: format!("cust:{initial}.{family}").to_lowercase().into(),
        card: format!("card:{:04}", 1000 + (number.wrapping_mul(7) + random.below(7)) % 9000).into(),
        order: format!("standing-order:{}", number + 2000).into(),
        role: Role::Person,
        currency: Currency::parse(market.code).ok()?,
        market: *market,
        opened: START_MILLIS,
        comfort: 0,
        weight: 1,
        home: town + random.below(towns),
        habit: random.below(u32::MAX),
        employer: None,
        landlord: None,
        state: Account::initial(),
        closings: Vec::new(),
        taken: [0; 4],
        last_town: 0,
        last_out: 0,
    })
}

fn person(index: u32) -> String {
    let (first, last) = (count_of(&FIRST_NAMES), count_of(&LAST_NAMES));
    // 1,009 shares no factor with 48 times 60, so that 2,880 people go by before a name comes back.
    let place = index.wrapping_mul(1009) % (first * last);
    format!("{} {}", word(&FIRST_NAMES, place % first), word(&LAST_NAMES, place / first))
}

fn company(index: u32) -> String {
    let (places, trades) = (count_of(&COMPANY_PLACES), count_of(&COMPANY_TRADES));
    let place = index.wrapping_mul(887) % (places * trades);
    format!("{} {}", word(&COMPANY_PLACES, place % places), word(&COMPANY_TRADES, place / places))
}

fn count_of(words: &[&str]) -> u32 {
    u32::try_from(words.len()).unwrap_or(1)
}

fn word<'a>(words: &[&'a str], place: u32) -> &'a str {
    usize::try_from(place).ok().and_then(|place| words.get(place)).copied().unwrap_or("Nord")
}

impl Holder {
    /// The balance; 0 where the account is not open.
    pub(super) fn balance(&self) -> i64 {
        match &self.state {
            AccountState::Open(account) => account.balance,
            AccountState::Unopened | AccountState::Closed => 0,
        }
    }

    /// What can be taken out.
    pub(super) fn available(&self) -> i64 {
        match &self.state {
            AccountState::Open(account) => account.available(),
            AccountState::Unopened | AccountState::Closed => 0,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, AccountState::Open(_))
    }

    /// Euro cents in the account's minor units; never nothing.
    pub(super) fn minor(&self, euro_cents: i64) -> i64 {
        (euro_cents.saturating_mul(self.market.euro) / 100).max(1)
    }

    pub(super) fn opened_day(&self) -> u32 {
        day_of(self.opened)
    }
}
