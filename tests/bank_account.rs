//! The account's rules: every command in every situation, and every refusal.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "bank_support/build.rs"]
mod build;

use annals::{
    bank::{
        Account, AccountCommand as C, AccountEvent, AccountOpened, AccountState, Currency, DayCount,
        InterestCalculated, InterestError, InterestQuote, Money, MoneyError, OpenAccount, RateBps, Refusal,
        TransferRefusal, interest, transfer,
    },
    kernel::{Label, fold, scenario::given},
};
use build::{
    closed, currency, deposited, deposited_from, eur, fee, interest_posted, limit_set, opened, received, sent,
    withdrawn, withdrawn_in,
};

fn open(money: Money) -> C {
    C::Open { owner: "Liv Sunde".into(), name: Label::default(), initial_balance: money }
}
fn deposit(amount: Money) -> C {
    C::Deposit { amount, source: "cash".into() }
}
fn withdraw(amount: Money) -> C {
    C::Withdraw { amount, atm_location: "Bergen, Torget 3".into() }
}
fn send(amount: Money) -> C {
    C::SendTransfer { amount, to: "ACC-0002".into() }
}
fn receive(amount: Money) -> C {
    C::ReceiveTransfer { amount, from: "ACC-0002".into() }
}
fn post(money: Money) -> C {
    C::PostInterest { quote: quote(money) }
}
fn quote(money: Money) -> InterestQuote {
    let Money { minor, currency } = money;
    InterestQuote { minor, currency, days: 31, rate: RateBps(150), day_count: DayCount::Actual360 }
}
fn charge(amount: Money) -> C {
    C::ChargeFee { amount, reason: "card".into() }
}
fn agree(limit: Money) -> C {
    C::SetOverdraftLimit { limit }
}

/// All commands but the first that move `amount`: those that bring it, and those that take it.
type Movement = fn(Money) -> C;
const CREDITS: [Movement; 3] = [deposit, receive, post];
const DEBITS: [Movement; 3] = [withdraw, send, charge];

#[test]
fn an_account_opens_once_with_zero_or_more_in_any_currency() {
    for (code, minor) in [("EUR", 0), ("EUR", 1), ("JPY", 500), ("KWD", 1_234), ("EUR", i64::MAX)] {
        let money = Money::new(minor, currency(code));
        given::<Account>([]).when(open(money)).then([opened(money)]);
    }
    for minor in [-1, i64::MIN] {
        given::<Account>([]).when(open(eur(minor))).then_refused(&Refusal::BelowZero { given: eur(minor) });
    }
    given::<Account>([opened(eur(0))]).when(open(eur(0))).then_refused(&Refusal::AlreadyOpened);
    given::<Account>([opened(eur(0)), closed()]).when(open(eur(5))).then_refused(&Refusal::AlreadyOpened);
}

#[test]
fn opening_keeps_who_and_what_it_is_called() {
    let (owner, name): (Label, Label) = ("Ingrid Solheim".into(), "Solheim Marine Survey".into());
    given::<Account>([])
        .when(C::Open { owner: owner.clone(), name: name.clone(), initial_balance: eur(7) })
        .then([AccountEvent::from(AccountOpened { owner, name, currency: Currency::EUR, initial_balance: 7 })]);
}

#[test]
fn each_movement_becomes_its_event_in_the_accounts_currency() {
    for code in ["JPY", "EUR", "KWD"] {
        let money = |minor| Money::new(minor, currency(code));
        let with = || given::<Account>([opened(money(100))]);
        with().when(deposit(money(1))).then([deposited(money(1))]);
        with().when(withdraw(money(100))).then([withdrawn(money(100))]);
        with().when(send(money(100))).then([sent(money(100), "ACC-0002")]);
        with().when(receive(money(1))).then([received(money(1), "ACC-0002")]);
        with().when(charge(money(100))).then([fee(money(100), "card")]);
        with().when(agree(money(1))).then([limit_set(money(1))]);
        with().when(post(money(1))).then([AccountEvent::from(InterestCalculated {
            amount: 1,
            currency: currency(code),
            rate: RateBps(150),
            days: Some(31),
            day_count: Some(DayCount::Actual360),
        })]);
    }
    let command = C::Deposit { amount: eur(5), source: "card terminal".into() };
    given::<Account>([opened(eur(0))]).when(command).then([deposited_from(eur(5), "card terminal")]);
    let command = C::Withdraw { amount: eur(5), atm_location: "Florø, Strandgata 14".into() };
    given::<Account>([opened(eur(5))]).when(command).then([withdrawn_in(eur(5), "Florø, Strandgata 14")]);
}

#[test]
fn only_amounts_above_zero_move() {
    for movement in CREDITS.into_iter().chain(DEBITS) {
        for minor in [0, -1, i64::MIN] {
            let refusal = Refusal::AmountNotPositive { given: eur(minor) };
            given::<Account>([opened(eur(100))]).when(movement(eur(minor))).then_refused(&refusal);
        }
    }
}

#[test]
fn only_the_accounts_currency_moves_whatever_the_amount() {
    let refusal = Refusal::WrongCurrency { account: Currency::EUR, given: currency("NOK") };
    for movement in CREDITS.into_iter().chain(DEBITS).chain([agree as Movement]) {
        for minor in [1, 0, -1, 1000] {
            let command = movement(Money::new(minor, currency("NOK")));
            given::<Account>([opened(eur(100))]).when(command).then_refused(&refusal);
        }
    }
}

#[test]
fn nothing_happens_to_an_account_that_is_not_open() {
    let all = CREDITS.into_iter().chain(DEBITS).chain([agree as Movement]).map(|movement| movement(eur(1)));
    for command in all {
        given::<Account>([]).when(command.clone()).then_refused(&Refusal::NotOpened);
        given::<Account>([opened(eur(0)), closed()]).when(command).then_refused(&Refusal::Closed);
    }
    given::<Account>([]).when(C::Close).then_refused(&Refusal::NotOpened);
}

#[test]
fn an_account_gives_what_it_holds_and_no_more() {
    for debit in DEBITS {
        let refusal = Refusal::InsufficientFunds { balance: eur(100), overdraft_limit: eur(0), wanted: eur(101) };
        given::<Account>([opened(eur(100))]).when(debit(eur(101))).then_refused(&refusal);
        let refusal = Refusal::InsufficientFunds { balance: eur(0), overdraft_limit: eur(0), wanted: eur(1) };
        given::<Account>([opened(eur(100)), withdrawn(eur(100))]).when(debit(eur(1))).then_refused(&refusal);
    }
}

#[test]
fn an_overdraft_is_used_to_the_last_cent_and_no_further() {
    for (debit, event) in
        DEBITS.into_iter().zip([withdrawn(eur(150)), sent(eur(150), "ACC-0002"), fee(eur(150), "card")])
    {
        let with = || given::<Account>([opened(eur(100)), limit_set(eur(50))]);
        with().when(debit(eur(150))).then([event]);
        let refusal = Refusal::InsufficientFunds { balance: eur(100), overdraft_limit: eur(50), wanted: eur(151) };
        with().when(debit(eur(151))).then_refused(&refusal);
    }
    let refusal = Refusal::InsufficientFunds { balance: eur(-50), overdraft_limit: eur(50), wanted: eur(1) };
    given::<Account>([opened(eur(0)), limit_set(eur(50)), withdrawn(eur(50))])
        .when(withdraw(eur(1)))
        .then_refused(&refusal);
}

#[test]
fn an_account_beyond_its_limit_takes_money_and_gives_none() {
    let beyond = || given::<Account>([opened(eur(10)), fee(eur(60), "off-line")]);
    let refusal = Refusal::InsufficientFunds { balance: eur(-50), overdraft_limit: eur(0), wanted: eur(1) };
    beyond().when(withdraw(eur(1))).then_refused(&refusal);
    beyond().when(deposit(eur(1))).then([deposited(eur(1))]);
    beyond().when(agree(eur(50))).then([limit_set(eur(50))]);
}

#[test]
fn a_limit_is_agreed_lowered_and_taken_back_but_never_below_zero() {
    let with = || given::<Account>([opened(eur(0)), limit_set(eur(50)), withdrawn(eur(40))]);
    with().when(agree(eur(50))).then_nothing();
    with().when(agree(eur(60))).then([limit_set(eur(60))]);
    with().when(agree(eur(0))).then([limit_set(eur(0))]);
    for minor in [-1, i64::MIN] {
        with().when(agree(eur(minor))).then_refused(&Refusal::BelowZero { given: eur(minor) });
    }
    given::<Account>([opened(eur(0))]).when(agree(eur(0))).then_nothing();
}

#[test]
fn a_balance_stays_within_64_bits() {
    for credit in CREDITS {
        given::<Account>([opened(eur(i64::MAX))]).when(credit(eur(1))).then_refused(&Refusal::Overflow);
        given::<Account>([opened(eur(1))]).when(credit(eur(i64::MAX))).then_refused(&Refusal::Overflow);
        let full = || given::<Account>([opened(eur(i64::MAX - 51)), limit_set(eur(50))]);
        full().when(credit(eur(2))).then_refused(&Refusal::Overflow);
    }
    given::<Account>([opened(eur(i64::MAX - 51)), limit_set(eur(50))]).when(deposit(eur(1))).then([deposited(eur(1))]);
    given::<Account>([opened(eur(0))]).when(deposit(eur(i64::MAX))).then([deposited(eur(i64::MAX))]);
    given::<Account>([opened(eur(i64::MAX))]).when(withdraw(eur(i64::MAX))).then([withdrawn(eur(i64::MAX))]);
    given::<Account>([opened(eur(1))]).when(agree(eur(i64::MAX))).then_refused(&Refusal::Overflow);
    given::<Account>([opened(eur(1))]).when(agree(eur(i64::MAX - 1))).then([limit_set(eur(i64::MAX - 1))]);
    let deep = || given::<Account>([opened(eur(0)), limit_set(eur(i64::MAX))]);
    deep().when(withdraw(eur(i64::MAX))).then([withdrawn(eur(i64::MAX))]);
    let wanted = eur(i64::MAX);
    let refusal = Refusal::InsufficientFunds { balance: eur(-1), overdraft_limit: eur(i64::MAX), wanted };
    given::<Account>([opened(eur(0)), limit_set(eur(i64::MAX)), withdrawn(eur(1))])
        .when(withdraw(wanted))
        .then_refused(&refusal);
}

#[test]
fn a_fold_cannot_fail_whatever_the_facts() {
    let balance = |history: &[AccountEvent]| match fold::<Account>(history) {
        AccountState::Open(account) => account.balance,
        AccountState::Unopened | AccountState::Closed => panic!("not open"),
    };
    assert_eq!(balance(&[opened(eur(i64::MAX)), deposited(eur(1))]), i64::MAX);
    assert_eq!(balance(&[opened(eur(i64::MIN)), withdrawn(eur(1))]), i64::MIN);
    assert_eq!(balance(&[opened(eur(0)), withdrawn(eur(i64::MIN))]), i64::MAX);
    assert_eq!(fold::<Account>(&[deposited(eur(1))]), AccountState::Unopened);
    assert_eq!(fold::<Account>(&[opened(eur(0)), closed(), deposited(eur(1))]), AccountState::Closed);
    let twice = fold::<Account>(&[opened(eur(5)), limit_set(eur(3)), interest_posted(eur(2), 100)]);
    assert_eq!(twice, AccountState::Open(OpenAccount { currency: Currency::EUR, balance: 7, overdraft_limit: 3 }));
}

#[test]
fn only_an_account_at_zero_closes_and_only_once() {
    given::<Account>([opened(eur(0))]).when(C::Close).then([closed()]);
    given::<Account>([opened(eur(5)), withdrawn(eur(5)), limit_set(eur(9))]).when(C::Close).then([closed()]);
    given::<Account>([opened(eur(0)), closed()]).when(C::Close).then_nothing();
    given::<Account>([opened(eur(1))]).when(C::Close).then_refused(&Refusal::NotAtZero { balance: eur(1) });
    given::<Account>([opened(eur(0)), limit_set(eur(5)), withdrawn(eur(5))])
        .when(C::Close)
        .then_refused(&Refusal::NotAtZero { balance: eur(-5) });
}

fn state(history: &[AccountEvent]) -> AccountState {
    fold::<Account>(history)
}

#[test]
fn a_transfer_is_two_events_that_name_each_other() {
    let (a, b): (Label, Label) = ("ACC-0001".into(), "ACC-0002".into());
    let (from, to) = (state(&[opened(eur(10)), limit_set(eur(5))]), state(&[opened(eur(0))]));
    let both = transfer((&a, &from), (&b, &to), eur(15));
    assert_eq!(both, Ok((vec![sent(eur(15), "ACC-0002")], vec![received(eur(15), "ACC-0001")])));
}

#[test]
fn a_transfer_is_refused_by_the_side_that_cannot() {
    let (a, b): (Label, Label) = ("ACC-0001".into(), "ACC-0002".into());
    let rich = state(&[opened(eur(100))]);
    let sender = |refusal| Err(TransferRefusal::Sender { account: a.clone(), refusal });
    let receiver = |refusal| Err(TransferRefusal::Receiver { account: b.clone(), refusal });
    let foreign = state(&[opened(Money::new(5, currency("NOK")))]);
    let wrong =
        |account: &str, given: &str| Refusal::WrongCurrency { account: currency(account), given: currency(given) };
    let gone = state(&[opened(eur(0)), closed()]);
    assert_eq!(transfer((&a, &rich), (&a, &rich), eur(1)), Err(TransferRefusal::SameAccount));
    assert_eq!(transfer((&a, &rich), (&b, &foreign), eur(1)), receiver(wrong("NOK", "EUR")));
    assert_eq!(transfer((&a, &foreign), (&b, &rich), eur(1)), sender(wrong("NOK", "EUR")));
    assert_eq!(transfer((&a, &rich), (&b, &gone), eur(1)), receiver(Refusal::Closed));
    assert_eq!(transfer((&a, &gone), (&b, &rich), eur(1)), sender(Refusal::Closed));
    assert_eq!(transfer((&a, &rich), (&b, &state(&[])), eur(1)), receiver(Refusal::NotOpened));
    assert_eq!(transfer((&a, &rich), (&b, &rich), eur(0)), sender(Refusal::AmountNotPositive { given: eur(0) }));
    let refusal = Refusal::InsufficientFunds { balance: eur(100), overdraft_limit: eur(0), wanted: eur(101) };
    assert_eq!(transfer((&a, &rich), (&b, &rich), eur(101)), sender(refusal));
    assert_eq!(transfer((&a, &rich), (&b, &state(&[opened(eur(i64::MAX))])), eur(1)), receiver(Refusal::Overflow));
}

#[test]
fn interest_counts_the_days_that_passed() {
    let of = |from: &str, to: &str, day_count| {
        let period = (from.parse().unwrap(), to.parse().unwrap());
        interest(&[(period.0, 36_500_000)], period, RateBps(100), day_count, Currency::EUR).unwrap()
    };
    for (from, to, days) in
        [("2024-02-01", "2024-03-01", 29), ("2023-02-01", "2023-03-01", 28), ("2024-01-01", "2025-01-01", 366)]
    {
        let quote = of(from, to, DayCount::Actual365);
        assert_eq!((quote.days, quote.minor), (days, days * 1000), "{from}");
        assert_eq!((quote.rate, quote.day_count, quote.currency), (RateBps(100), DayCount::Actual365, Currency::EUR));
    }
    // 365,000.00 at 1 % over 360 days of a 360-day year.
    assert_eq!(of("2023-01-01", "2023-12-27", DayCount::Actual360).minor, 365_000);
}

#[test]
fn interest_is_rounded_once_half_to_even_and_days_below_zero_earn_nothing() {
    let minor = |closing: &[(&str, i64)], bps| {
        let closing: Vec<_> = closing.iter().map(|(day, balance)| (day.parse().unwrap(), *balance)).collect();
        let period = ("2023-01-01".parse().unwrap(), "2023-01-03".parse().unwrap());
        interest(&closing, period, RateBps(bps), DayCount::Actual365, currency("JPY")).unwrap().minor
    };
    assert_eq!(minor(&[("2023-01-01", 250)], 10_000), 1, "twice 0.68 is 1.37; each day rounded would give 2");
    assert_eq!(minor(&[("2023-01-01", 365)], 2500), 0, "0.5 goes to 0");
    assert_eq!(minor(&[("2023-01-01", 365)], 7500), 2, "1.5 goes to 2");
    assert_eq!(minor(&[("2023-01-01", 365)], 12_500), 2, "2.5 goes to 2");
    assert_eq!(minor(&[("2023-01-01", -36_500), ("2023-01-02", 36_500)], 10_000), 100);
    assert_eq!(minor(&[("2022-12-30", 36_500), ("2023-01-09", 0)], 10_000), 200, "what was before still stands");
    assert_eq!(minor(&[("2023-01-02", 36_500)], 10_000), 200, "the first stands for the days before it");
    assert_eq!(minor(&[], 10_000), 0);
}

#[test]
fn interest_over_no_days_or_beyond_64_bits_is_refused() {
    let (from, to) = ("2023-03-02".parse().unwrap(), "2023-03-01".parse().unwrap());
    let of = |period, balance, bps| {
        interest(&[(from, balance)], period, RateBps(bps), DayCount::Actual365, Currency::EUR).map(|quote| quote.minor)
    };
    assert_eq!(of((from, to), 1, 1), Err(InterestError::NoDays { from, to }));
    assert_eq!(of((from, from), 1, 1), Err(InterestError::NoDays { from, to: from }));
    let year = (from, "2024-03-02".parse().unwrap());
    assert_eq!(of(year, i64::MAX, 10_000), Err(InterestError::Overflow));
    assert_eq!(of((from, "2024-03-01".parse().unwrap()), i64::MAX, 10_000), Ok(i64::MAX));
}

#[test]
fn nothing_earned_is_nothing_to_post() {
    given::<Account>([opened(eur(0))]).when(post(eur(0))).then_refused(&Refusal::AmountNotPositive { given: eur(0) });
}

#[test]
fn money_is_written_with_its_currencys_decimals() {
    for (minor, code, text) in [
        (i64::MAX, "EUR", "EUR 92233720368547758.07"),
        (i64::MIN, "EUR", "EUR -92233720368547758.08"),
        (i64::MIN, "JPY", "JPY -9223372036854775808"),
        (-1, "KWD", "KWD -0.001"),
        (12_345, "CLF", "CLF 1.2345"),
    ] {
        let money = Money::new(minor, currency(code));
        assert_eq!(money.to_string(), text);
        assert_eq!(Money::parse(&text[4..], money.currency), Ok(money));
    }
    for (text, code, exponent) in [("1.5", "JPY", 0), ("0.001", "EUR", 2), ("0.0001", "KWD", 3)] {
        let (currency, text) = (currency(code), text.to_owned());
        assert_eq!(Money::parse(&text, currency), Err(MoneyError::TooPrecise { text, currency, exponent }));
    }
}
