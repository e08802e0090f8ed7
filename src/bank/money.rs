//! Money: whole minor units of an ISO 4217 currency. Never a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// A text that is not the code of an ISO 4217 currency in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code: {code:?}")]
pub struct UnknownCurrency {
    /// What was given, cut to 16 characters.
    pub code: String,
}

/// ISO 4217 list one (active codes) by their exponent, the number of decimals: source SIX, list one of 2024.
const EXPONENTS: [(u8, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC \
         CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
         KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR \
         NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
         TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// How many codes there are.
#[expect(clippy::indexing_slicing, reason = "computed while it is compiled")]
const COUNT: usize = {
    let (mut list, mut letters) = (0, 0);
    while list < EXPONENTS.len() {
        letters += EXPONENTS[list].1.len() + 1;
        list += 1;
    }
    letters / 4
};

/// The codes in the order of the alphabet, each with its exponent.
#[expect(clippy::indexing_slicing, reason = "computed while it is compiled")]
const CODES: [([u8; 3], u8); COUNT] = {
    let mut codes = [([0; 3], 0); COUNT];
    let (mut list, mut count) = (0, 0);
    while list < EXPONENTS.len() {
        let (exponent, text) = EXPONENTS[list];
        let (text, mut at) = (text.as_bytes(), 0);
        while at < text.len() {
            let code = [text[at], text[at + 1], text[at + 2]];
            let mut place = count;
            while place > 0 && packed(codes[place - 1].0) > packed(code) {
                codes[place] = codes[place - 1];
                place -= 1;
            }
            codes[place] = (code, exponent);
            count += 1;
            at += 4;
        }
        list += 1;
    }
    codes
};

const fn packed([first, second, third]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, first, second, third])
}

fn place_of(code: [u8; 3]) -> Option<usize> {
    CODES.binary_search_by_key(&packed(code), |(other, _)| packed(*other)).ok()
}

/// For each first and second letter, which third ones make a code, a bit each: every event that is read asks.
#[expect(clippy::indexing_slicing, reason = "computed while it is compiled")]
static THIRD_LETTERS: [[u32; 26]; 26] = {
    let mut thirds = [[0; 26]; 26];
    let mut place = 0;
    while place < COUNT {
        let [first, second, third] = CODES[place].0;
        thirds[(first - b'A') as usize][(second - b'A') as usize] |= 1 << (third - b'A');
        place += 1;
    }
    thirds
};

fn is_code([first, second, third]: [u8; 3]) -> bool {
    let letter = |byte: u8| usize::from(byte.wrapping_sub(b'A'));
    let thirds = THIRD_LETTERS.get(letter(first)).and_then(|thirds| thirds.get(letter(second)));
    third.is_ascii_uppercase() && thirds.is_some_and(|thirds| thirds >> (third - b'A') & 1 == 1)
}

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads a code such as `EUR`.
    ///
    /// # Errors
    /// [`UnknownCurrency`] when it is not in ISO 4217's list of active codes.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if is_code(bytes) => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(UnknownCurrency { code: code.chars().take(16).collect() }),
        }
    }

    /// All codes, in the order of the alphabet.
    pub fn all() -> Vec<Self> {
        CODES.iter().map(|(code, _)| Self(*code)).collect()
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals amounts have: JPY 0, EUR 2, KWD 3.
    pub fn exponent(self) -> u8 {
        place_of(self.0).and_then(|place| CODES.get(place)).map_or(2, |(_, exponent)| *exponent)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Currency;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the code of a currency")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Currency, E> {
                Currency::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// A sum of money, negative where it is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units: cents, yen, fils.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
}

/// Why a text is not a sum of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// It is not a decimal number.
    #[error("not an amount: {text:?}")]
    NotANumber {
        /// What was given, cut to 32 characters.
        text: String,
    },
    /// It has more decimals than the currency.
    #[error("at most {exponent} decimals for {currency}: {text:?}")]
    TooPrecise {
        /// What was given, cut to 32 characters.
        text: String,
        /// The currency.
        currency: Currency,
        /// How many decimals it has.
        exponent: u8,
    },
    /// It does not fit 64 bits of minor units.
    #[error("too large an amount: {text:?}")]
    TooLarge {
        /// What was given, cut to 32 characters.
        text: String,
    },
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a decimal number with a point: `1234.56`, `1,234.56`, `-0.5`, `−0.5`, `+3`. Commas group thousands.
    ///
    /// # Errors
    /// [`MoneyError`] that says what is wrong with it. More decimals than the currency has are taken if they are zeros.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let shown = || text.chars().take(32).collect::<String>();
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let well_grouped = !whole.contains(',')
            || whole
                .split(',')
                .enumerate()
                .all(|(index, group)| if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 });
        let whole: String = whole.chars().filter(|c| *c != ',').collect();
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !well_grouped || (whole.is_empty() && fraction.is_empty()) || !is_digits(&whole) || !is_digits(fraction) {
            return Err(MoneyError::NotANumber { text: shown() });
        }
        let exponent = currency.exponent();
        let (kept, rest) = fraction.split_at(fraction.len().min(usize::from(exponent)));
        if rest.bytes().any(|byte| byte != b'0') {
            return Err(MoneyError::TooPrecise { text: shown(), currency, exponent });
        }
        let minor = format!("{whole}{kept:0<width$}", width = usize::from(exponent));
        let minor = if minor.is_empty() { "0" } else { &minor };
        let signed = format!("{}{minor}", if negative { "-" } else { "" });
        match signed.parse() {
            Ok(minor) => Ok(Self { minor, currency }),
            Err(_) => Err(MoneyError::TooLarge { text: shown() }),
        }
    }

    /// The number with the currency's decimals and an ASCII minus: `-1234.50`. What files carry.
    pub fn to_decimal(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.to_decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn each_currency_has_its_own_decimals() {
        for (code, minor, text) in [
            ("EUR", 123_456, "1234.56"),
            ("JPY", 1234, "1234"),
            ("KWD", 5, "0.005"),
            ("EUR", -50, "-0.50"),
            ("EUR", 0, "0.00"),
        ] {
            let money = Money::new(minor, currency(code));
            assert_eq!(money.to_decimal(), text);
            assert_eq!(Money::parse(text, currency(code)), Ok(money));
        }
        assert!(Currency::parse("eur").is_err());
        assert!(Currency::parse("ABC").is_err());
        assert_eq!(Currency::all().len(), 17 + 133 + 7 + 2);
        assert!(Currency::all().is_sorted());
        for (exponent, codes) in EXPONENTS {
            assert!(codes.split_ascii_whitespace().all(|code| currency(code).exponent() == exponent), "{codes}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, minor) in
            [("1,234.5", 123_450), ("+3", 300), ("\u{2212}0.5", -50), (".5", 50), ("7.", 700), ("1.500", 150)]
        {
            assert_eq!(Money::parse(text, Currency::EUR), Ok(Money::new(minor, Currency::EUR)), "{text}");
        }
        assert_eq!(Money::parse("-92233720368547758.08", Currency::EUR).unwrap().minor, i64::MIN);
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        for text in ["", "-", ".", "1,23", "12,34.5", "1.2.3", "1e3", "0x1", "1 000", "NaN", "١"] {
            assert!(matches!(Money::parse(text, Currency::EUR), Err(MoneyError::NotANumber { .. })), "{text}");
        }
        assert!(matches!(Money::parse("250.005", Currency::EUR), Err(MoneyError::TooPrecise { exponent: 2, .. })));
        assert!(matches!(Money::parse("92233720368547758.08", Currency::EUR), Err(MoneyError::TooLarge { .. })));
    }
}
