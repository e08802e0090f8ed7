use crate::{
    app::{
        advice::Advice,
        files::{ImportReport, Staged},
        format,
    },
    ui::start::Work,
};
use std::sync::Arc;

/// Where the import stands.
#[derive(Clone, Debug)]
pub(in crate::ui::import) enum State {
    /// The beginning of the file is being read.
    Looking,
    /// The file is being read and checked.
    Staging(Work),
    /// It was read: this is what would be appended.
    Staged(Arc<Found>),
    /// The events are being appended.
    Appending(Work),
    /// The file, or the mapping, is of no use.
    Unusable(Advice),
}

/// What was found in a file.
#[derive(Debug)]
pub(in crate::ui::import) struct Found {
    /// How many events would be appended.
    pub(in crate::ui::import) events: u32,
    /// The rest.
    pub(in crate::ui::import) report: ImportReport,
    /// The first events, for files that are read without a mapping.
    pub(in crate::ui::import) first: Vec<Staged>,
}

impl Found {
    /// What the person has to know before they agree, in a sentence.
    pub(in crate::ui::import) fn summary(&self) -> String {
        let ImportReport { rows_good, rows_bad, duplicates, flagged, differences, .. } = &self.report;
        if self.events == 0 && *duplicates > 0 && rows_bad.count() == 0 {
            return "There is nothing to import: the ledger has all of it already.".to_owned();
        }
        let mut parts = vec![format!("{} can be imported", rows(*rows_good))];
        for (count, what) in [
            (rows_bad.count(), "unreadable"),
            (*duplicates, "there already"),
            (flagged.count(), "against a rule"),
            (differences.count(), "stating another balance"),
        ] {
            if count > 0 {
                parts.push(format!("{} {what}", format::int(count)));
            }
        }
        format!("{}. Nothing is imported before you say so.", parts.join(", "))
    }
}

/// What came of it, for a notice that stays.
pub(super) fn outcome(found: &Found, file: &str, ledger: &str) -> Advice {
    let ImportReport { rows_good, rows_bad, duplicates, flagged, differences, .. } = &found.report;
    let mut text = format!("{} from {file} went into {ledger}.", rows(*rows_good));
    for (count, what) in [
        (rows_bad.count(), "Left out as unreadable"),
        (*duplicates, "Skipped as duplicates"),
        (flagged.count(), "Taken as facts although they break a rule"),
        (differences.count(), "Stating another balance than the events give"),
    ] {
        if count > 0 {
            text.push_str(&format!(" {what}: {}.", format::int(count)));
        }
    }
    let title = if found.events == 1 {
        "Imported 1 event.".to_owned()
    } else {
        format!("Imported {} events.", format::int(found.events))
    };
    Advice { title, text }
}

fn rows(count: u32) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{} rows", format::int(count)) }
}
