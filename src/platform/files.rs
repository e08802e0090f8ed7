//! Files that a person gives, and files given to them.

use super::{js, sleep};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, Clipboard, HtmlAnchorElement, Url};

/// How many bytes of a file are read at a time: 1 MiB.
pub const SLICE_BYTES: u32 = 1 << 20;
/// How long a download keeps its address: some browsers begin to read it late.
const ADDRESS_MILLIS: u32 = 60_000;

/// How files, downloads and the clipboard fail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The file could not be read: it was changed, moved or taken away since it was chosen.
    #[error("the file cannot be read: {why}")]
    Unreadable {
        /// What the browser says.
        why: String,
    },
    /// A file could not be offered.
    #[error("the file cannot be offered: {why}")]
    NoDownload {
        /// What the browser says.
        why: String,
    },
    /// The clipboard took nothing: it is forbidden, or the page is not in front.
    #[error("the clipboard took nothing: {why}")]
    NoClipboard {
        /// What the browser says.
        why: String,
    },
}

impl FileError {
    /// What the browser says.
    pub fn why(&self) -> &str {
        match self {
            Self::Unreadable { why } | Self::NoDownload { why } | Self::NoClipboard { why } => why,
        }
    }
}

/// Reads a file, or any blob, a slice at a time, so that the page stays alive and memory small.
#[derive(Debug)]
pub struct FileReader {
    blob: Blob,
    at: f64,
    slice_bytes: u32,
}

impl FileReader {
    /// Begins at the start of a file, in slices of [`SLICE_BYTES`].
    pub fn new(file: &Blob) -> Self {
        Self::with_slices(file, SLICE_BYTES)
    }

    /// The same in slices of another size, at least one byte.
    pub fn with_slices(file: &Blob, slice_bytes: u32) -> Self {
        Self { blob: file.clone(), at: 0.0, slice_bytes: slice_bytes.max(1) }
    }

    /// How many bytes were read, and how many there are: numbers for a progress bar.
    pub fn progress(&self) -> (f64, f64) {
        (self.at.min(self.blob.size()), self.blob.size())
    }

    /// The next slice; `None` at the end.
    ///
    /// # Errors
    /// [`FileError::Unreadable`].
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        if self.at >= self.blob.size() {
            return Ok(None);
        }
        let unreadable = |thrown: JsValue| FileError::Unreadable { why: js::describe(&thrown) };
        let end = self.at + f64::from(self.slice_bytes);
        let slice = self.blob.slice_with_f64_and_f64(self.at, end).map_err(unreadable)?;
        let buffer: ArrayBuffer = JsFuture::from(slice.array_buffer()).await.map_err(unreadable)?.unchecked_into();
        self.at = end;
        Ok(Some(Uint8Array::new(&buffer).to_vec()))
    }
}

/// How many bytes are gathered before they become a blob: all at once, those of a long file would hold the page up.
const LOOSE_BYTES_MAX: usize = 1 << 20;

/// A file in the making, to be offered to the person. Its bytes are kept by the browser, not in the program's memory.
#[derive(Debug)]
pub struct Download {
    name: String,
    kind: String,
    parts: Array,
    /// How many bytes of the last parts are not a blob yet.
    loose_bytes: usize,
}

impl Download {
    /// An empty file with a name and a media type, for example `text/csv`.
    pub fn new(name: &str, kind: &str) -> Self {
        Self { name: name.to_owned(), kind: kind.to_owned(), parts: Array::new(), loose_bytes: 0 }
    }

    /// Adds bytes at the end.
    pub fn push(&mut self, bytes: &[u8]) {
        self.parts.push(&Uint8Array::from(bytes));
        self.loose_bytes = self.loose_bytes.saturating_add(bytes.len());
        if self.loose_bytes >= LOOSE_BYTES_MAX
            && let Ok(blob) = self.to_blob()
        {
            // Where there is no room for it, the file as a whole says so.
            self.parts = Array::of1(&blob);
            self.loose_bytes = 0;
        }
    }

    /// The file as a blob.
    ///
    /// # Errors
    /// [`FileError::NoDownload`] when there is no room for it.
    pub fn to_blob(&self) -> Result<Blob, FileError> {
        let options = BlobPropertyBag::new();
        options.set_type(&self.kind);
        Blob::new_with_u8_array_sequence_and_options(&self.parts, &options)
            .map_err(|thrown| FileError::NoDownload { why: js::describe(&thrown) })
    }

    /// Offers the file to the person.
    ///
    /// # Errors
    /// [`FileError::NoDownload`].
    pub fn offer(&self) -> Result<(), FileError> {
        let blob = self.to_blob()?;
        let failed = |thrown: JsValue| FileError::NoDownload { why: js::describe(&thrown) };
        let address = Url::create_object_url_with_blob(&blob).map_err(failed)?;
        let offered = self.click_on(&address);
        spawn_local(async move {
            sleep(ADDRESS_MILLIS).await;
            // An address that is gone already needs nothing more.
            Url::revoke_object_url(&address).ok();
        });
        offered.map_err(failed)
    }

    fn click_on(&self, address: &str) -> Result<(), JsValue> {
        let document = web_sys::window().and_then(|window| window.document()).ok_or("there is no document")?;
        let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
        link.set_href(address);
        link.set_download(&self.name);
        link.click();
        Ok(())
    }
}

/// Puts a text on the clipboard. Browsers allow it only just after a person has done something.
///
/// # Errors
/// [`FileError::NoClipboard`].
pub async fn copy_text(text: &str) -> Result<(), FileError> {
    let failed = |why: String| FileError::NoClipboard { why };
    let navigator = js::property(&js_sys::global(), "navigator");
    let clipboard = navigator.and_then(|navigator| js::property(&navigator, "clipboard"));
    let clipboard: Clipboard = clipboard.ok_or_else(|| failed("this page has none".to_owned()))?.unchecked_into();
    let written = JsFuture::from(clipboard.write_text(text)).await;
    written.map(drop).map_err(|thrown| failed(js::describe(&thrown)))
}
