//! Which mark stands before the decimals of the amounts of a file.

use crate::app::files::csv_import::{
    DecimalMark,
    amounts::{self, MarkOf},
};
use crate::bank::{Currency, Money};

/// The decimal mark of most of the amounts, and what the person should look at.
pub(super) fn decimal_of(cells: &[&str], currency: Currency) -> (DecimalMark, Option<String>) {
    let marks: Vec<(&str, MarkOf)> =
        cells.iter().filter_map(|cell| Some((*cell, amounts::mark_of(cell, currency)?))).collect();
    let told = |mark| marks.iter().filter(move |(_, of)| *of == MarkOf::Told(mark));
    let (points, commas) = (told(DecimalMark::Point).count(), told(DecimalMark::Comma).count());
    let mark = if commas > points { DecimalMark::Comma } else { DecimalMark::Point };
    let first = |mark| told(mark).next().map_or("", |(cell, _)| *cell);
    if points > 0 && commas > 0 {
        let (most, few) = (first(mark), first(mark.other()));
        return (
            mark,
            Some(format!("Most amounts are written like “{most}”, some like “{few}”, which cannot be right.")),
        );
    }
    let perhaps = marks.iter().find_map(|(cell, of)| match of {
        MarkOf::Perhaps(mark) => Some((*cell, *mark)),
        MarkOf::Told(_) => None,
    });
    match perhaps {
        Some((cell, perhaps)) if points + commas == 0 => without_proof(cell, perhaps, currency),
        Some(_) | None => (mark, None),
    }
}

/// All amounts have three digits behind their only mark: thousands, unless the currency has three decimals.
fn without_proof(cell: &str, perhaps: DecimalMark, currency: Currency) -> (DecimalMark, Option<String>) {
    let mark = if currency.exponent() == 3 { perhaps } else { perhaps.other() };
    let as_thousands = amounts::amount(cell, perhaps.other(), currency).unwrap_or_default();
    let as_thousands = Money::new(as_thousands, currency).to_decimal();
    let bare: String =
        cell.chars().filter(|character| character.is_ascii_digit() || ",.-".contains(*character)).collect();
    let as_decimals = bare.replace(',', ".");
    let (first, second) = if mark == perhaps { (as_decimals, as_thousands) } else { (as_thousands, as_decimals) };
    let text =
        format!("“{cell}” may be {first} or {second}: the first is taken. Choose the other mark if that is wrong.");
    (mark, Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Comma, Point};

    #[test]
    fn most_amounts_decide() {
        for (cells, mark) in [
            (&["1,234", "12.50"][..], Point),
            (&["1.234", "12,50", "abc"], Comma),
            (&["1,234", "1,234,567"], Point),
            (&["5", ""], Point),
        ] {
            assert_eq!(decimal_of(cells, Currency::EUR), (mark, None), "{cells:?}");
        }
        let (mark, doubt) = decimal_of(&["12,50", "1,20", "3.50"], Currency::EUR);
        assert_eq!(mark, Comma);
        assert_eq!(
            doubt.as_deref(),
            Some("Most amounts are written like “12,50”, some like “3.50”, which cannot be right.")
        );
    }

    #[test]
    fn amounts_that_all_look_like_thousands_are_told() {
        let dinar = Currency::parse("KWD").unwrap();
        for (cells, currency, mark, told) in [
            (&["1,234", "500"][..], Currency::EUR, Point, "“1,234” may be 1234.00 or 1.234: the first is taken."),
            (&["1.234"], Currency::EUR, Comma, "“1.234” may be 1234.00 or 1.234: the first is taken."),
            (&["-1,234"], dinar, Comma, "“-1,234” may be -1.234 or -1234.000: the first is taken."),
        ] {
            let (guessed, doubt) = decimal_of(cells, currency);
            assert_eq!(guessed, mark, "{cells:?}");
            assert!(doubt.as_ref().is_some_and(|doubt| doubt.starts_with(told)), "{doubt:?}");
        }
    }
}
