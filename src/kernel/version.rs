//! Counters that must never be mixed up: each is a type of its own.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            /// Before the first: nothing has been counted yet.
            pub const ZERO: Self = Self(0);
            /// The first.
            pub const FIRST: Self = Self(1);

            /// Wraps a number.
            pub const fn new(number: u32) -> Self {
                Self(number)
            }
            /// The bare number.
            pub const fn get(self) -> u32 {
                self.0
            }
            /// The bare number as an index type.
            pub const fn as_usize(self) -> usize {
                self.0 as usize
            }
            /// The one after this; stays at the largest number there is.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
            /// The one before this; zero stays zero.
            #[must_use]
            pub const fn previous(self) -> Self {
                Self(self.0.saturating_sub(1))
            }
            /// `count` further on; stays at the largest number there is.
            #[must_use]
            pub const fn plus(self, count: u32) -> Self {
                Self(self.0.saturating_add(count))
            }
            /// The 0-based index of the thing this counts, if it counts one.
            pub const fn index(self) -> Option<usize> {
                match self.0.checked_sub(1) {
                    Some(index) => Some(index as usize),
                    None => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(crate) use counter;

counter! {
    /// 1-based number of an event in its stream; also how many events a stream holds.
    ///
    /// A `u32` is exact as a JavaScript number and as an IndexedDB key, a `u64` is not.
    Version
}
counter! {
    /// 1-based number of an event in the whole log; [`Position::ZERO`] is before everything.
    Position
}

/// Number of the shape of an event's payload; the first shape of a type is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchemaVersion(pub u16);

impl SchemaVersion {
    /// The first shape a type of event had.
    pub const FIRST: Self = Self(1);

    /// The next shape.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a writer believes of a stream when it appends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExpectedVersion {
    /// The writer does not mind.
    Any,
    /// The stream holds exactly this many events; `Exactly(Version::ZERO)` means that it must not exist yet.
    Exactly(Version),
}

impl ExpectedVersion {
    /// Whether a stream at `actual` is what the writer believes.
    pub fn admits(self, actual: Version) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(version) => version == actual,
        }
    }
}
