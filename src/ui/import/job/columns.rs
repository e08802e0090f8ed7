use super::Job;
use crate::{
    app::{
        files::{
            FileKind,
            csv_import::{
                About, AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, Doubt, Encoding, Mapping, Preview,
            },
        },
        format,
    },
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
            None => (bare_mapping(preview), vec![of_columns("No column looks like a date or an amount: choose them.")]),
        };
        let kept = self
            .session
            .preferences
            .with_untracked(|preferences| preferences.csv_mappings.get(&guessed.signature()).cloned());
        let kept = kept.and_then(|kept| serde_json::from_value::<Remembered>(kept).ok());
        let (mapping, doubts, is_utc) = match kept {
            Some(kept) => {
                let mapping = Mapping { dialect: guessed.dialect, header: guessed.header, ..kept.mapping };
                (mapping, vec![of_columns("The columns are matched as they were the last time.")], kept.is_utc)
            }
            None => (guessed, doubts, false),
        };
        self.is_utc.set(is_utc);
        self.doubts.set(doubts);
        self.mapping.set(Some(mapping));
    }

    /// Whether it was said how the letters are encoded.
    pub(in crate::ui::import) fn are_letters_chosen(&self) -> bool {
        self.are_letters_chosen.get_value()
    }

    /// A row beyond the first look has letters that are not UTF-8, and none has shown that the file is.
    pub(super) fn read_as_windows_1252(&self, row: u32) {
        self.choose_letters(Encoding::Windows1252);
        let row = format::int(row);
        let text = format!("Row {row} is not UTF-8: the file is read as Windows-1252. Choose UTF-8 if that is wrong.");
        self.doubts.update(|doubts| doubts.push(Doubt { about: About::Letters, text }));
    }

    /// Reads the letters in another way, those of the heading too.
    pub(in crate::ui::import) fn choose_letters(&self, encoding: Encoding) {
        self.are_letters_chosen.set_value(true);
        self.settle(About::Letters);
        let heading = |dialect| {
            self.sample.with_untracked(|sample| match sample.as_ref().map(|sample| (&sample.kind, &sample.bytes)) {
                Some((FileKind::Csv(_), bytes)) => Some(Preview::read_as(bytes, false, dialect).header),
                Some((FileKind::CloudEvents, _)) | None => None,
            })
        };
        self.mapping.update(|mapping| {
            if let Some(mapping) = mapping {
                mapping.dialect.encoding = encoding;
                if let Some(header) = heading(mapping.dialect) {
                    mapping.header = header;
                }
            }
        });
    }

    /// The person has chosen: what was doubtful about it is so no more.
    pub(in crate::ui::import) fn settle(&self, about: About) {
        self.doubts.update(|doubts| doubts.retain(|doubt| doubt.about != about));
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

fn of_columns(text: &str) -> Doubt {
    Doubt { about: About::Columns, text: text.to_owned() }
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
