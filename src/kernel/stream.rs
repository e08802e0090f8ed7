//! Streams: the events of one aggregate.

use super::{Version, label::Label, version::counter};
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt};

/// The name of a stream, `category/id`, for example `account/ACC-0417`.
///
/// The category is what stands before the first slash. Both parts hold at least one character, there are no control
/// characters, and the whole is at most [`StreamName::BYTES_MAX`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamName(Label);

/// How far streams have come: what a writer believes of a log, and what its new events are numbered behind.
pub trait Versions {
    /// How many events a stream holds; [`Version::ZERO`] where there is none of this name.
    fn version_of(&self, name: &StreamName) -> Version;
}

/// Why a text is not the name of a stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a stream name of the form category/id, at most {max} bytes, no control characters: {text:?}", max = StreamName::BYTES_MAX)]
pub struct StreamNameError {
    /// What was given, cut to 64 characters.
    pub text: String,
}

impl StreamName {
    /// The longest name, in bytes of UTF-8.
    pub const BYTES_MAX: usize = 255;

    /// The stream `id` of `category`.
    ///
    /// # Errors
    /// [`StreamNameError`] when the two do not make a name.
    pub fn new(category: &str, id: &str) -> Result<Self, StreamNameError> {
        Self::parse(&format!("{category}/{id}"))
    }

    /// Reads `category/id`.
    ///
    /// ```
    /// # use annals::kernel::StreamName;
    /// let name = StreamName::parse("account/ACC-0417").unwrap();
    /// assert_eq!((name.category(), name.id()), ("account", "ACC-0417"));
    /// assert!(StreamName::parse("account").is_err());
    /// ```
    ///
    /// # Errors
    /// [`StreamNameError`] when the text is not of that form.
    pub fn parse(text: &str) -> Result<Self, StreamNameError> {
        if Self::is_name(text) {
            Ok(Self(Label::new(text)))
        } else {
            Err(StreamNameError { text: text.chars().take(64).collect() })
        }
    }

    /// Whether a text is the name of a stream.
    pub(super) fn is_name(text: &str) -> bool {
        text.len() <= Self::BYTES_MAX
            && (text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) || !text.chars().any(char::is_control))
            && text.split_once('/').is_some_and(|(category, id)| !category.is_empty() && !id.is_empty())
    }

    /// What kind of aggregate the stream belongs to.
    pub fn category(&self) -> &str {
        self.0.split_once('/').map_or("", |(category, _)| category)
    }

    /// Which one of its kind.
    pub fn id(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, id)| id)
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Borrow<str> for StreamName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl TryFrom<String> for StreamName {
    type Error = StreamNameError;
    fn try_from(text: String) -> Result<Self, StreamNameError> {
        Self::parse(&text)
    }
}

impl From<StreamName> for String {
    fn from(name: StreamName) -> Self {
        name.as_str().to_owned()
    }
}

counter! {
    /// 1-based number of a stream in a log, in the order of their first events: what stands for its name in memory.
    StreamId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_category_and_an_id() {
        let name = StreamName::parse("account/ACC/7").unwrap();
        assert_eq!((name.category(), name.id()), ("account", "ACC/7"));
        for bad in ["", "account", "/x", "account/", "a/b\nc", &format!("a/{}", "x".repeat(255))] {
            assert!(StreamName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
