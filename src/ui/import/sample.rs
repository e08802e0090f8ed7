use crate::{
    app::{advice::Advice, files::csv_import::Preview},
    ui::backend::{FileError, FileReader},
};
use std::sync::Arc;
use web_sys::File;

/// How much of a file is looked at first: 64 KiB.
const SAMPLE_BYTES: u32 = 1 << 16;

/// The beginning of a file, and what it is by its content.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    /// The first bytes.
    pub(super) bytes: Arc<[u8]>,
    /// What the file holds.
    pub(super) kind: Kind,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A table with a heading.
    Csv(Preview),
    /// CloudEvents, in lines or as one array.
    CloudEvents,
}

impl Sample {
    /// Reads the beginning of a file.
    ///
    /// # Errors
    /// [`Advice`] when it cannot be read, or is nothing that can be imported.
    pub(super) async fn of(file: &File) -> Result<Self, Advice> {
        let mut reader = FileReader::with_slices(file, SAMPLE_BYTES);
        let bytes = reader.next().await.map_err(|error| unreadable(&error))?.unwrap_or_default();
        let is_whole = file.size() <= f64::from(SAMPLE_BYTES);
        let kind = kind_of(&bytes, is_whole)?;
        Ok(Self { bytes: bytes.into(), kind })
    }
}

/// Of a file that the browser does not read.
pub(super) fn unreadable(error: &FileError) -> Advice {
    Advice {
        title: "The file cannot be read.".to_owned(),
        text: format!(
            "It may have been changed or moved since it was chosen. Nothing was imported; choose it again. The browser says: {}.",
            error.why()
        ),
    }
}

fn kind_of(bytes: &[u8], is_whole: bool) -> Result<Kind, Advice> {
    let wrong = |title: &str, text: &str| {
        Err(Advice { title: title.to_owned(), text: format!("{text} Nothing was imported.") })
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return wrong(
            "The file is written in UTF-16.",
            "Save it as UTF-8, which most programs offer, and choose it again.",
        );
    }
    match first {
        None => wrong("The file is empty.", "It holds no rows and no events."),
        Some(b'{' | b'[') => Ok(Kind::CloudEvents),
        Some(_) if bytes.contains(&0) => {
            wrong("This is not a text file.", "Annals reads CSV, and CloudEvents as JSON Lines or JSON.")
        }
        Some(_) => match Preview::of(bytes, is_whole) {
            preview if preview.header.len() < 2 => wrong(
                "This is neither CSV nor CloudEvents.",
                "A CSV file has a heading with at least two columns, a date and an amount; CloudEvents begin with { or [.",
            ),
            preview if preview.rows.is_empty() => {
                wrong("The file has a heading and no rows.", "There is nothing to import in it.")
            }
            preview => Ok(Kind::Csv(preview)),
        },
    }
}
