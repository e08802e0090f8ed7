//! The hash chain: each event's hash covers the one before it, so that no event can change, vanish or swap unseen.

use super::{EventId, EventView, PayloadView};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Room for what is hashed of most events.
const CANONICAL_BYTES: usize = 512;

/// SHA-256 over all events up to one, linked one to the next.
///
/// `hash(n) = SHA-256(hash(n-1) ‖ canonical(n))` and `hash(0)` is 32 zero bytes. `canonical` is, little-endian:
/// position `u32`, version `u32`, `occurred_at` and `recorded_at` in microseconds `i64`, schema `u16`, then each as a
/// `u32` length and UTF-8: id, stream, type, actor, reason, correlation id, causation id, data (its JSON text),
/// attributes; what is absent has the length `ffffffff` and no bytes, so that it is not taken for an empty text. It
/// does not depend on how events lie in blocks.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// The hash before the first event.
    pub const START: Self = Self([0; 32]);

    pub(super) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash after one more event.
    #[must_use]
    pub fn link(self, event: &EventView<'_>) -> Self {
        // Hashed in one piece: handing over the parts one by one takes as long as the hash itself.
        let mut canonical = Vec::with_capacity(CANONICAL_BYTES);
        canonical.extend_from_slice(&self.0);
        canonical.extend_from_slice(&event.position.get().to_le_bytes());
        canonical.extend_from_slice(&event.version.get().to_le_bytes());
        canonical.extend_from_slice(&event.occurred_at.as_micros().to_le_bytes());
        canonical.extend_from_slice(&event.recorded_at.as_micros().to_le_bytes());
        canonical.extend_from_slice(&event.schema.0.to_le_bytes());
        let mut text = |text: Option<&str>| {
            let length = text.and_then(|text| u32::try_from(text.len()).ok()).unwrap_or(u32::MAX);
            canonical.extend_from_slice(&length.to_le_bytes());
            canonical.extend_from_slice(text.unwrap_or_default().as_bytes());
        };
        id(Some(event.id), &mut text);
        text(Some(event.stream));
        text(Some(event.event_type));
        text(Some(event.actor));
        text(Some(event.reason));
        id(event.correlation_id, &mut text);
        id(event.causation_id, &mut text);
        match &event.data {
            PayloadView::Text(json) => text(Some(json)),
            PayloadView::Flat(_) => {
                let mut json = String::new();
                event.data.write_json(&mut json);
                text(Some(&json));
            }
        }
        text(event.attributes);
        Self(Sha256::digest(&canonical).into())
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// ```
    /// # use annals::kernel::ChainHash;
    /// assert_eq!(ChainHash::parse(&"00".repeat(32)), Some(ChainHash::START));
    /// assert_eq!(ChainHash::parse(&"+0".repeat(32)), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

fn id(id: Option<&EventId>, text: &mut impl FnMut(Option<&str>)) {
    match id {
        None => text(None),
        Some(EventId::Text(label)) => text(Some(label)),
        Some(EventId::Uuid(uuid)) => text(Some(uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()))),
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
