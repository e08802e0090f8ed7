mod account;
mod amounts;
mod balance;
mod dates;
mod letters;
mod texts;

use super::{choice::Doubtful, job::Job};
use crate::app::files::{
    FileKind,
    csv_import::{About, Mapping},
};
use account::AccountFields;
use amounts::AmountFields;
use balance::BalanceFields;
use dates::DateFields;
use leptos::prelude::*;
use letters::LettersField;
use texts::TextFields;

/// How the columns of a table are read. Every change reads the file again.
#[component]
pub fn MappingForm(job: Job) -> impl IntoView {
    let columns = job.mapping.with_untracked(|mapping| mapping.as_ref().map(columns_of).unwrap_or_default());
    let form = Form { job, columns: StoredValue::new(columns) };
    view! {
        <fieldset class="imp-m">
            <legend>"What the columns are"</legend>
            {move || {
                job.doubts
                    .get()
                    .into_iter()
                    .filter(|doubt| doubt.about == About::Columns)
                    .map(|doubt| view! { <p class="doubt">{doubt.text}</p> })
                    .collect_view()
            }}
            <div class="grid">
                <AccountFields form />
                <DateFields form />
                <AmountFields form />
                <TextFields form />
                <LettersField form />
                <BalanceFields form />
            </div>
        </fieldset>
    }
}

/// The mapping, to be looked at and changed.
#[derive(Clone, Copy)]
struct Form {
    job: Job,
    /// Value and name of each column.
    columns: StoredValue<Vec<(String, String)>>,
}

impl Form {
    fn get<T: Default + Send + Sync + 'static>(
        self,
        look: impl Fn(&Mapping) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        Signal::derive(move || self.job.mapping.with(|mapping| mapping.as_ref().map(&look).unwrap_or_default()))
    }

    fn change(self, change: impl FnOnce(&mut Mapping)) {
        self.job.mapping.update(|mapping| {
            if let Some(mapping) = mapping {
                change(mapping);
            }
        });
        self.job.failure.set(None);
    }

    /// What is doubtful about a choice.
    fn doubt(self, about: About) -> Doubtful {
        let text = Signal::derive(move || {
            self.job.doubts.with(|doubts| {
                let texts: Vec<&str> =
                    doubts.iter().filter(|doubt| doubt.about == about).map(|doubt| doubt.text.as_str()).collect();
                (!texts.is_empty()).then(|| texts.join(" "))
            })
        });
        Doubtful { id: doubt_id(about), text }
    }

    /// All columns; `none` names the choice of no column.
    fn columns(self, none: Option<&str>) -> Vec<(String, String)> {
        let none = none.map(|text| (String::new(), text.to_owned()));
        none.into_iter().chain(self.columns.get_value()).collect()
    }

    /// The different words in a column of the first rows.
    fn words(self, column: usize) -> Vec<String> {
        let mut words: Vec<String> =
            self.job.sample.with_untracked(|sample| match sample.as_ref().map(|sample| &sample.kind) {
                Some(FileKind::Csv(preview)) => {
                    preview.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim().to_owned()).collect()
                }
                Some(FileKind::CloudEvents) | None => Vec::new(),
            });
        words.sort();
        words.dedup();
        words.retain(|word| !word.is_empty());
        words
    }
}

fn doubt_id(about: About) -> &'static str {
    match about {
        About::Columns => "map-doubt-columns",
        About::Letters => "map-doubt-letters",
        About::Account => "map-doubt-account",
        About::Dates => "map-doubt-dates",
        About::Amounts => "map-doubt-amounts",
        About::DecimalMark => "map-doubt-decimal",
        About::Currency => "map-doubt-currency",
    }
}

/// Value and name of each column; those without a name of their own are numbered.
fn columns_of(mapping: &Mapping) -> Vec<(String, String)> {
    let name = |(index, name): (usize, &String)| {
        let number = index + 1;
        let count = mapping.header.iter().filter(|other| other.trim() == name.trim()).count();
        let shown = match (name.trim(), count) {
            ("", _) => format!("column {number}"),
            (name, 1) => name.to_owned(),
            (name, _) => format!("{name} (column {number})"),
        };
        (index.to_string(), shown)
    };
    mapping.header.iter().enumerate().map(name).collect()
}

/// The value of an option for a column that may be missing.
fn value_of(column: Option<usize>) -> String {
    column.map(|column| column.to_string()).unwrap_or_default()
}

fn options<const N: usize>(of: [(&str, &str); N]) -> Vec<(String, String)> {
    of.map(|(value, text)| (value.to_owned(), text.to_owned())).into()
}
