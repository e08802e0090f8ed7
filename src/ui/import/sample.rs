use crate::{
    app::{advice::Advice, files::FileKind},
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
    pub(super) kind: FileKind,
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
        let kind = FileKind::of(&bytes, is_whole)?;
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
