//! In which order day, month and year stand in a column of dates.

use crate::app::files::csv_import::{
    DateOrder,
    dates::{self, Stated},
};
use crate::bank::Currency;
use chrono::{Datelike as _, NaiveDate};

/// The orders, those of most files first.
const ORDERS: [DateOrder; 3] = [DateOrder::YearMonthDay, DateOrder::DayMonthYear, DateOrder::MonthDayYear];

/// Days that banks write of. Without this eight digits could be a day of the year 1211.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2199;

/// Where one order puts all days within two years, one that strews them over ten takes days for years: the days of
/// January 2024 written `05.01.24` to `31.01.24` would be of 2005 to 2031.
const NARROW_DAYS: i64 = 2 * 366;
const WIDE_DAYS: i64 = 3653;

/// The order in which most of the cells can be read; where that leaves a choice, the usual one. And what the person
/// should look at.
pub(super) fn order_of(cells: &[&str], currency: Currency) -> (DateOrder, Vec<String>) {
    let read = |order| cells.iter().filter(|cell| day(cell, order).is_some()).count();
    let most = ORDERS.into_iter().map(read).max().unwrap_or_default();
    let mut fitting: Vec<DateOrder> = ORDERS.into_iter().filter(|order| read(*order) == most).collect();
    if fitting.iter().any(|order| span(cells, *order) <= NARROW_DAYS) {
        fitting.retain(|order| span(cells, *order) < WIDE_DAYS);
    }
    let (order, is_in_time) = usual(cells, &fitting, currency);
    let mut doubts = Vec::new();
    if let Some(unread) = cells.iter().find(|cell| day(cell, order).is_none()) {
        doubts.push(format!("Not all dates can be read in one order; “{unread}” cannot."));
    }
    if let Some(text) = ambiguity(cells, order, &fitting) {
        let why = if is_in_time { ", since the rows follow each other in time then" } else { "" };
        doubts.push(format!("{text}: the first is taken{why}. Choose another format if that is wrong."));
    }
    (order, doubts)
}

fn day(cell: &str, order: DateOrder) -> Option<NaiveDate> {
    let day = match dates::date_time(cell, order).ok()? {
        Stated::Local(local) => local.date(),
        Stated::Instant(instant) => instant.to_utc().date_naive(),
    };
    YEARS.contains(&day.year()).then_some(day)
}

/// How many days lie between the first day and the last.
fn span(cells: &[&str], order: DateOrder) -> i64 {
    let days = || cells.iter().filter_map(|cell| day(cell, order));
    days().max().zip(days().min()).map_or(0, |(last, first)| (last - first).num_days())
}

/// Of the orders that fit equally well the one that is usual for dates that look so, and whether only the order of the
/// rows speaks for it.
fn usual(cells: &[&str], fitting: &[DateOrder], currency: Currency) -> (DateOrder, bool) {
    let is_most = |look: fn(&str) -> bool| cells.iter().filter(|cell| look(cell)).count() * 2 > cells.len();
    let in_time: Vec<DateOrder> = fitting.iter().copied().filter(|order| is_in_time(cells, *order)).collect();
    let month_first = currency.code() == "USD";
    let convention = if is_most(has_dots) {
        [DateOrder::DayMonthYear, DateOrder::YearMonthDay, DateOrder::MonthDayYear]
    } else if is_most(begins_with_a_year) {
        ORDERS
    } else if let ([only], true) = (in_time.as_slice(), fitting.len() > 1) {
        return (*only, true);
    } else if month_first {
        [DateOrder::MonthDayYear, DateOrder::DayMonthYear, DateOrder::YearMonthDay]
    } else {
        [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay]
    };
    let order = convention.into_iter().find(|order| fitting.contains(order));
    (order.unwrap_or(DateOrder::YearMonthDay), false)
}

/// `05.01.24`: day first wherever dates are written with dots.
fn has_dots(cell: &str) -> bool {
    cell.split([' ', 'T']).next().is_some_and(|day| day.contains('.'))
}

/// `2024-01-05`, `240105`, `20240105`.
fn begins_with_a_year(cell: &str) -> bool {
    cell.bytes().take_while(u8::is_ascii_digit).count() > 2
}

/// Whether the dates only rise, or only fall, and not all are the same.
fn is_in_time(cells: &[&str], order: DateOrder) -> bool {
    let days: Vec<NaiveDate> = cells.iter().filter_map(|cell| day(cell, order)).collect();
    let differs = days.first() != days.last();
    differs && (days.is_sorted() || days.iter().rev().is_sorted())
}

/// A date of the file that is a different day in each order that fits, the taken one first.
fn ambiguity(cells: &[&str], taken: DateOrder, fitting: &[DateOrder]) -> Option<String> {
    let others = || fitting.iter().copied().filter(|order| *order != taken);
    cells.iter().find_map(|cell| {
        let first = day(cell, taken)?;
        let mut days = vec![first];
        for day in others().filter_map(|order| day(cell, order)) {
            if !days.contains(&day) {
                days.push(day);
            }
        }
        let days: Vec<String> = days.iter().map(ToString::to_string).collect();
        (days.len() > 1).then(|| format!("“{cell}” may be {}", days.join(" or ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};

    fn guessed(cells: &[&str]) -> (DateOrder, Vec<String>) {
        order_of(cells, Currency::EUR)
    }

    #[test]
    fn one_cell_that_fits_one_order_only_decides_for_all() {
        for (cells, order) in [
            (&["2024-01-05", "2024-01-31"][..], YearMonthDay),
            (&["31.12.2023", "01.02.2023"], DayMonthYear),
            (&["12/31/2023", "01/02/2023"], MonthDayYear),
            (&["01/02/2023", "31/12/2023"], DayMonthYear),
            (&["20121211"], YearMonthDay),
            (&["31.01.24", "05.02.24"], DayMonthYear),
            (&["24-01-05", "24-01-31"], YearMonthDay),
            (&["2024-01-05T14:03Z", "2024-01-05T14:03+02:00"], YearMonthDay),
        ] {
            assert_eq!(guessed(cells), (order, Vec::new()), "{cells:?}");
        }
    }

    #[test]
    fn what_fits_more_than_one_order_is_told_with_the_usual_one_taken() {
        for (cells, order, told) in [
            (&["05.01.24"][..], DayMonthYear, "“05.01.24” may be 2024-01-05 or 2005-01-24 or 2024-05-01: the first is"),
            (&["01/02/2023"], DayMonthYear, "“01/02/2023” may be 2023-02-01 or 2023-01-02: the first is taken. Choose"),
            (&["03.03.2024", "05.01.2024"], DayMonthYear, "“05.01.2024” may be 2024-01-05 or 2024-05-01: the first"),
            (&["050112"], YearMonthDay, "“050112” may be 2005-01-12 or 2012-01-05 or 2012-05-01: the first"),
        ] {
            let (guessed, doubts) = guessed(cells);
            assert_eq!(guessed, order, "{cells:?}");
            assert!(doubts.len() == 1 && doubts[0].starts_with(told), "{cells:?}: {doubts:?}");
        }
        assert_eq!(guessed(&["03/03/2024"]), (DayMonthYear, Vec::new()), "the same day either way");
    }

    #[test]
    fn the_order_of_the_rows_and_the_currency_speak_for_an_order() {
        let (order, doubts) = guessed(&["11/02/2023", "11/12/2023", "12/01/2023"]);
        assert_eq!(order, MonthDayYear);
        assert!(doubts[0].contains("2023-11-02 or 2023-02-11: the first is taken, since the rows"), "{doubts:?}");
        let dollar = Currency::parse("USD").unwrap();
        assert_eq!(order_of(&["01/02/2023"], dollar).0, MonthDayYear);
    }

    #[test]
    fn cells_that_fit_no_common_order_are_told() {
        let (order, doubts) = guessed(&["31/12/2023", "12/31/2023", "30/12/2023"]);
        assert_eq!(order, DayMonthYear);
        assert_eq!(doubts, ["Not all dates can be read in one order; “12/31/2023” cannot."]);
    }
}
