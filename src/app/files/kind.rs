//! What a file is, told by how it begins.

use super::csv_import::Preview;
use crate::app::advice::Advice;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A table with a heading and rows.
    Csv(Preview),
    /// `CloudEvents`, in lines or as one array.
    CloudEvents,
}

impl FileKind {
    /// Looks at the beginning of a file, 64 KiB of it; `is_whole` tells whether that is all.
    ///
    /// # Errors
    /// [`Advice`] when it is nothing that can be imported: what it is instead, and what to do.
    pub fn of(beginning: &[u8], is_whole: bool) -> Result<Self, Advice> {
        let wrong = |title: &str, text: &str| {
            Err(Advice { title: title.to_owned(), text: format!("{text} Nothing was imported.") })
        };
        let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
        if beginning.starts_with(b"\xff\xfe") || beginning.starts_with(b"\xfe\xff") {
            return wrong(
                "The file is written in UTF-16.",
                "Save it as UTF-8, which most programs offer, and choose it again.",
            );
        }
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => wrong("The file is empty.", "It holds no rows and no events."),
            Some(_) if text.contains(&0) => {
                wrong("This is not a text file.", "Annals reads CSV, and CloudEvents as JSON Lines or JSON.")
            }
            Some(b'{' | b'[') => Ok(Self::CloudEvents),
            Some(_) => match Preview::of(beginning, is_whole) {
                preview if preview.header.len() < 2 => wrong(
                    "This is neither CSV nor CloudEvents.",
                    "A CSV file has a heading with at least two columns, a date and an amount; CloudEvents begin with { or [.",
                ),
                preview if preview.rows.is_empty() && is_whole => {
                    wrong("The file has a heading and no rows.", "There is nothing to import in it.")
                }
                preview if preview.rows.is_empty() => wrong(
                    "The first row of the file has no end.",
                    "A row has at most 64 KiB: is there a quote in row 2 that is never closed?",
                ),
                preview => Ok(Self::Csv(preview)),
            },
        }
    }
}
