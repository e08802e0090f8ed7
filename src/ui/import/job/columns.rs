use super::Job;
use crate::{
    app::files::csv_import::{AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, Mapping, Preview},
    bank::Currency,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a table was matched, kept for the next file with the same heading.
#[derive(Serialize, Deserialize)]
struct Remembered {
    mapping: Mapping,
    is_utc: bool,
}

impl Job {
    /// Takes the mapping of the last file with this heading, or guesses one.
    pub(super) fn match_columns(&self, preview: &Preview) {
        let guess = preview.guess(Currency::EUR);
        let (guessed, doubts) = match guess {
            Some(guess) => (guess.mapping, guess.doubts),
            None => (bare_mapping(preview), vec!["No column looks like a date or an amount: choose them.".to_owned()]),
        };
        let kept = self
            .session
            .preferences
            .with_untracked(|preferences| preferences.csv_mappings.get(&guessed.signature()).cloned());
        let kept = kept.and_then(|kept| serde_json::from_value::<Remembered>(kept).ok());
        let (mapping, doubts, is_utc) = match kept {
            Some(kept) => {
                let mapping = Mapping { dialect: guessed.dialect, header: guessed.header, ..kept.mapping };
                (mapping, vec!["The columns are matched as they were the last time.".to_owned()], kept.is_utc)
            }
            None => (guessed, doubts, false),
        };
        self.is_utc.set(is_utc);
        self.doubts.set(doubts);
        self.mapping.set(Some(mapping));
    }

    pub(super) fn remember_mapping(&self) {
        let Some(mapping) = self.mapping.get_untracked() else { return };
        let signature = mapping.signature();
        if let Ok(kept) = serde_json::to_value(Remembered { mapping, is_utc: self.is_utc.get_untracked() }) {
            self.session.preferences.update(|preferences| drop(preferences.csv_mappings.insert(signature, kept)));
            self.session.save_preferences();
        }
    }
}

/// A mapping that only says that there is one, where nothing could be guessed.
fn bare_mapping(preview: &Preview) -> Mapping {
    Mapping {
        dialect: preview.dialect,
        header: preview.header.clone(),
        account: AccountFrom::Fixed(String::new()),
        date: 0,
        time: None,
        date_order: DateOrder::YearMonthDay,
        amounts: Amounts::Signed { amount: 1 },
        decimal: DecimalMark::Point,
        currency: CurrencyFrom::Fixed(Currency::EUR),
        source: Vec::new(),
        description: Vec::new(),
        counterparty: Vec::new(),
        reference: None,
        balance: None,
        tolerance: 0,
        kinds: None,
        words: BTreeMap::new(),
        newest_first: false,
        open_with_stated: false,
    }
}
