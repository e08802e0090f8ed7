//! A bank's real file: all of it goes in, and every day of every account can be travelled to.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "stories run natively, where the clock may be read")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    time::Instant,
};

use stories::{
    Browser, Page, Profile, Result, Server,
    anyhow::{Context as _, ensure},
    real_data,
};

/// Every account of the file with its movements, in the order of the file.
type Bank = BTreeMap<String, Vec<Movement>>;

/// One row of the file; money in minor units.
#[derive(Debug)]
struct Movement {
    day: String,
    change: i64,
    /// The balance after it, as the bank states it. It rounds interest, so it may be a little off.
    stated: i64,
}

/// An account on a day, and what it holds at its end.
#[derive(Debug)]
struct AccountDay {
    account: String,
    day: String,
    folded: i64,
    stated: i64,
}

/// How many accounts the list counts at the moment shown.
const ACCOUNTS_SHOWN: &str = "return parseInt(document.querySelector('.accounts .count').textContent.replace(',', ''))";

/// How far the bank's own balances may be from the sum of its movements, in minor units.
const STATED_OFF_MAX: i64 = 100;

fn minor(text: &str) -> Result<i64> {
    let (_, decimals) = text.split_once('.').with_context(|| format!("{text:?} has no decimals"))?;
    ensure!(decimals.len() == 2, "{text:?} has not two decimals");
    Ok(text.replace('.', "").parse()?)
}

fn read_bank(file: &Path) -> Result<Bank> {
    let mut bank = Bank::new();
    for line in fs::read_to_string(file)?.lines().skip(1) {
        let [_, _, account, day, kind, _, amount, balance, ..] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line:?} has too few cells");
        };
        let sign = if kind == "PRIJEM" { 1 } else { -1 };
        let movement = Movement { day: day.to_owned(), change: sign * minor(amount)?, stated: minor(balance)? };
        bank.entry(account.to_owned()).or_default().push(movement);
    }
    Ok(bank)
}

fn account_day(bank: &Bank, account: &str, day: &str) -> AccountDay {
    let until: Vec<&Movement> = bank[account].iter().filter(|movement| movement.day.as_str() <= day).collect();
    AccountDay {
        account: account.to_owned(),
        day: day.to_owned(),
        folded: until.iter().map(|movement| movement.change).sum(),
        stated: until.last().map_or(0, |movement| movement.stated),
    }
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Accounts on any day from their first to the last of the file.
fn random_account_days(bank: &Bank, count: usize) -> Vec<AccountDay> {
    let mut dice = Dice(1993);
    let accounts: Vec<&String> = bank.keys().collect();
    let days: BTreeSet<&str> = bank.values().flatten().map(|movement| movement.day.as_str()).collect();
    let days: Vec<&str> = days.into_iter().collect();
    let mut random = || {
        let account = accounts[dice.below(accounts.len())];
        let open = days.partition_point(|day| *day < bank[account][0].day.as_str());
        account_day(bank, account, days[open + dice.below(days.len() - open)])
    };
    (0..count).map(|_| random()).collect()
}

/// The days on which an account moved for the last time, each with such an account.
fn last_days(bank: &Bank) -> BTreeMap<&str, &str> {
    let last = |movements: &'_ [Movement]| movements.iter().map(|movement| movement.day.clone()).max();
    let days = bank.iter().filter_map(|(account, movements)| {
        let last = last(movements);
        movements
            .iter()
            .find(|movement| Some(&movement.day) == last.as_ref())
            .map(|movement| (movement.day.as_str(), account.as_str()))
    });
    days.collect()
}

/// What every account that has moved by a day holds at its end, by its stream.
fn all_folded(bank: &Bank, day: &str) -> BTreeMap<String, String> {
    let open = bank.iter().filter(|(_, movements)| movements.iter().any(|movement| movement.day.as_str() <= day));
    open.map(|(account, _)| (format!("account/{account}"), account_day(bank, account, day).folded.to_string()))
        .collect()
}

/// What the list of accounts shows of all of them, scrolled from end to end.
async fn all_shown(page: &Page) -> Result<BTreeMap<String, String>> {
    let script = "
        const found = {};
        const box = document.querySelector('[data-testid=account-row]').closest('.scroll');
        const frame = () => new Promise(requestAnimationFrame);
        for (let top = 0; ; top += 0.9 * box.clientHeight) {
            box.scrollTop = top;
            await frame();
            await frame();
            for (const { dataset } of box.querySelectorAll('[data-testid=account-row]')) found[dataset.stream] = dataset.minor;
            if (top + box.clientHeight >= box.scrollHeight) return found;
        }";
    page.run(script).await
}

/// What the page shows of an account on a day.
async fn assert_shown(page: &Page, ledger: &str, wanted: &AccountDay) -> Result<()> {
    let AccountDay { account, day, folded, stated } = wanted;
    assert!((folded - stated).abs() <= STATED_OFF_MAX, "{wanted:?}");
    let hash = format!("{ledger}/bank/{account}?at={day}&clock=occurred");
    page.run_with::<()>("location.hash = arguments[0]", vec![hash.clone().into()]).await?;
    let script = "return document.querySelector('.who')?.textContent.startsWith(`${arguments[0]},`)
        && document.querySelector('[data-testid=balance]').dataset.minor === arguments[1]";
    let arguments = [account.as_str().into(), folded.to_string().into()];
    page.wait_for_with(&format!("{folded} at {hash}"), script, &arguments).await?;
    assert_eq!(
        page.run::<String>("return document.querySelector('[data-testid=balance]').dataset.currency").await?,
        "CZK"
    );
    Ok(())
}

/// Jumps to the middle of a list, and gives the attribute of the rows that are seen there.
async fn rows_in_the_middle(page: &Page, rows: &str, attribute: &str) -> Result<Vec<u32>> {
    let script = "
        const box = document.querySelector(arguments[0])?.closest('.scroll');
        if (!box || box.clientHeight === 0) return false;
        const middle = Math.round((box.scrollHeight - box.clientHeight) / 2);
        if (Math.abs(box.scrollTop - middle) > 1) { box.scrollTop = middle; return false; }
        const { top, bottom } = box.getBoundingClientRect();
        const seen = [...document.querySelectorAll(arguments[0])].filter((row) => {
            const place = row.getBoundingClientRect();
            return place.height > 0 && place.bottom > top && place.top < bottom;
        });
        const covered = seen.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0);
        return covered >= bottom - top - 1 && seen.map((row) => Number(row.dataset[arguments[1]]));";
    let what = format!("rows of {rows} in the middle");
    Ok(serde_json::from_value(page.wait_for_with(&what, script, &[rows.into(), attribute.into()]).await?)?)
}

#[tokio::test]
async fn a_banks_file_goes_in_whole_and_every_account_is_right_on_any_day() -> Result<()> {
    let Some(file) = real_data("bank-berka/trans_1993-01-01_1994-03-30.csv") else {
        println!("The bank's file is not here, so its story is not told: ANNALS_DATA names the folder it is in.");
        return Ok(());
    };
    let bank = read_bank(&file)?;
    let rows: usize = bank.values().map(Vec::len).sum();
    assert_eq!((bank.len(), rows), (1229, 46_997));
    let server = Server::start()?;
    let profile = Profile::new()?;
    let browser = Browser::open_with(&profile, &["--window-size=1700,1800"]).await?;
    let page = browser.page().await?;
    page.visit(&server.address()).await?;
    page.wait_for_tense("empty").await?;

    let since = Instant::now();
    page.upload("[data-testid=open-file]", &[file]).await?;
    page.wait_for_text("Import 48,226 events").await?;
    println!("{} ms from the file to what is in it", since.elapsed().as_millis());
    let since = Instant::now();
    page.click_named("Import 48,226 events").await?;
    page.wait_for_head(48_226).await?;
    println!("{} ms from confirming to 48,226 events at the head", since.elapsed().as_millis());
    page.wait_for_tense("live").await?;
    page.wait_for("all accounts", "return document.querySelector('.accounts .count')?.textContent === '1,229'").await?;
    // A file's events are all recorded at one instant, so the page shows them on the clock of what happened.
    page.drag("#tb-track", &[0.9, 0.6, 0.3, 0.5]).await?;
    page.wait_for_tense("past").await?;
    let half = page.run::<u32>(ACCOUNTS_SHOWN).await?;
    page.drag("#tb-track", &[0.5, 0.8, 0.4, 0.2]).await?;
    let early = page.run::<u32>(ACCOUNTS_SHOWN).await?;
    assert!(0 < early && early < half && half < 1_229, "{early} accounts, then {half}");
    assert_eq!(page.head().await?, 48_226);

    let address = page.address().await?;
    let ledger = address.split_once('#').and_then(|(_, path)| path.split('/').nth(1)).context("no ledger")?;

    let since = Instant::now();
    let mut checked = 0;
    for (day, account) in last_days(&bank) {
        assert_shown(&page, ledger, &account_day(&bank, account, day)).await?;
        let (shown, folded) = (all_shown(&page).await?, all_folded(&bank, day));
        assert_eq!(shown, folded, "all accounts on {day}");
        checked += shown.len();
    }
    for (account, movements) in &bank {
        let last = movements.iter().map(|movement| movement.day.as_str()).max().unwrap_or_default();
        let AccountDay { folded, stated, .. } = account_day(&bank, account, last);
        assert!((folded - stated).abs() <= STATED_OFF_MAX, "{account}: {folded}, the bank says {stated}");
    }
    println!("{checked} account-days of last days in {} ms, all to the heller", since.elapsed().as_millis());

    let since = Instant::now();
    let days = random_account_days(&bank, 200);
    for wanted in &days {
        assert_shown(&page, ledger, wanted).await?;
    }
    println!("{} account-days at random in {} ms, all to the heller", days.len(), since.elapsed().as_millis());

    let (busiest, movements) = bank.iter().max_by_key(|(_, movements)| movements.len()).context("no account")?;
    let count = u32::try_from(movements.len())? + 1;
    page.run_with::<()>("location.hash = arguments[0]", vec![format!("{ledger}/bank/{busiest}").into()]).await?;
    page.wait_for_text(&format!("Chain intact to version {count}")).await?;
    let seen = rows_in_the_middle(&page, "[data-testid=timeline-row]", "version").await?;
    assert!(seen.contains(&(count / 2)) || seen.contains(&(count / 2 + 1)), "{seen:?} of {count}");

    page.run_with::<()>("location.hash = arguments[0]", vec![format!("{ledger}/log").into()]).await?;
    let seen = rows_in_the_middle(&page, "[data-testid=log-row]", "position").await?;
    assert!(seen.contains(&24_113), "{seen:?}");
    assert_eq!(browser.complaints().await?, []);
    browser.close().await
}
