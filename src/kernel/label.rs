//! Short texts that recur: kept once, shared by all who name them.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Borrow, cell::RefCell, fmt, ops::Deref, sync::Arc};

/// A shared text: who, why, a source, a type of event. Equal labels read from a log share one allocation, which is
/// what lets a million typed events stay small.
///
/// The box in the shared part makes a label one word: an `Arc<str>` carries the text's length with it, and would in
/// every event.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Arc<Box<str>>);

/// How many different texts are kept for sharing. When there are more, all are let go: those that recur come back,
/// those that do not no longer keep them out.
const POOL_MAX: usize = 1 << 16;
/// The longest text that is kept for sharing, in bytes: long ones hardly recur and would fill the memory.
const POOLED_BYTES_MAX: usize = 128;

/// How many of those asked for last are looked at before the pool is: a log says the same few things again and again.
const RECENT: usize = 64;

#[derive(Default)]
struct Pool {
    texts: FxHashSet<Label>,
    /// By [`place_of`].
    recent: Vec<Option<Label>>,
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

/// Where a text stands among the recent ones: told by its length and its ends.
fn place_of(text: &str) -> usize {
    let (first, last) = (text.as_bytes().first(), text.as_bytes().last());
    let byte = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(*byte));
    (text.len() + 31 * byte(first) + 7 * byte(last)) % RECENT
}

impl Label {
    /// The label of `text`.
    pub fn new(text: &str) -> Self {
        if text.len() > POOLED_BYTES_MAX {
            return Self::unshared(text);
        }
        POOL.with_borrow_mut(|Pool { texts, recent }| {
            let place = place_of(text);
            if let Some(Some(kept)) = recent.get(place)
                && kept.as_str() == text
            {
                return kept.clone();
            }
            let label = texts.get(text).cloned().unwrap_or_else(|| {
                let fresh = Self::unshared(text);
                if texts.len() >= POOL_MAX {
                    texts.clear();
                }
                texts.insert(fresh.clone());
                fresh
            });
            recent.resize(RECENT, None);
            if let Some(slot) = recent.get_mut(place) {
                *slot = Some(label.clone());
            }
            label
        })
    }

    /// The label of a text that hardly recurs, such as an id.
    pub(super) fn unshared(text: &str) -> Self {
        Self(Arc::new(Box::from(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Label {
    fn default() -> Self {
        Self::new("")
    }
}

impl Deref for Label {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Label {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl PartialEq<str> for Label {
    fn eq(&self, other: &str) -> bool {
        &**self.0 == other
    }
}

impl PartialEq<&str> for Label {
    fn eq(&self, other: &&str) -> bool {
        &**self.0 == *other
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self.0, f)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Label;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Label, E> {
                Ok(Label::new(text))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(one: &Label, other: &Label) -> bool {
        Arc::ptr_eq(&one.0, &other.0)
    }

    #[test]
    fn equal_short_labels_share_one_text() {
        assert!(share(&Label::new("salary"), &Label::new("salary")));
    }

    #[test]
    fn a_text_that_recurs_is_shared_however_many_others_there_were() {
        for number in 0..POOL_MAX + 10 {
            Label::new(&format!("text {number}"));
        }
        assert!(share(&Label::new("salary"), &Label::new("salary")));
        assert!(POOL.with_borrow(|pool| pool.texts.len()) <= POOL_MAX);
    }

    #[test]
    fn long_texts_are_not_kept() {
        let long = "x".repeat(POOLED_BYTES_MAX + 1);
        assert_eq!(Label::new(&long).as_str(), long);
        assert!(!POOL.with_borrow(|pool| pool.texts.contains(long.as_str())));
    }
}
