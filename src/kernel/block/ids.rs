//! Ids in a block's columns, and the codes for those that need not be written again.

use super::super::{
    BlockError, EventId, Label, Timestamp,
    columns::{Reader, Writer},
};
use uuid::Uuid;

/// No id.
pub(super) const NONE: usize = 0;
/// The id of the event itself.
pub(super) const OWN: usize = 1;
/// What the event before has in the same column.
pub(super) const AS_BEFORE: usize = 2;
/// The id of the event before.
pub(super) const EVENT_BEFORE: usize = 3;
/// What the event has as its correlation.
pub(super) const CORRELATION: usize = 4;
/// 16 bytes of a UUID follow.
const ANY_UUID: usize = 5;
/// A UUID of version 7 made up to [`NEAR_MILLIS`] - 1 milliseconds before its event was recorded.
const NEAR: usize = 8;
const NEAR_MILLIS: usize = 16;
/// A UUID of version 7 made at any other time: the difference follows.
const FAR: usize = NEAR + 4 * NEAR_MILLIS;
/// Beyond these, places in the dictionary.
const TEXT: usize = FAR + 4;
/// What follows of a UUID of version 7, beside its time and the two bits in its code.
const TAIL_BYTES: usize = 9;

/// A UUID of version 7 without what all of them have: milliseconds since 1970, and 74 bits by chance.
struct V7 {
    millis: i64,
    high: usize,
    low: [u8; TAIL_BYTES],
}

impl V7 {
    fn of(uuid: &Uuid) -> Option<Self> {
        let [t0, t1, t2, t3, t4, t5, b6, b7, b8, low @ ..] = *uuid.as_bytes();
        if b6 >> 4 != 7 || b8 >> 6 != 0b10 {
            return None;
        }
        let [l2, l3, l4, l5, l6, l7, l8] = low;
        Some(Self {
            millis: i64::from_be_bytes([0, 0, t0, t1, t2, t3, t4, t5]),
            high: usize::from(b6 >> 2 & 0b11),
            low: [b6 << 6 | b7 >> 2, b7 << 6 | b8 & 0x3f, l2, l3, l4, l5, l6, l7, l8],
        })
    }

    /// `None` when the time does not fit the 48 bits that a UUID has for it.
    fn uuid(&self) -> Option<Uuid> {
        let [0, 0, t0, t1, t2, t3, t4, t5] = self.millis.to_be_bytes() else { return None };
        let [l0, l1, l2, l3, l4, l5, l6, l7, l8] = self.low;
        let high = u8::try_from(self.high).ok()?;
        let (b6, b7, b8) = (0x70 | high << 2 | l0 >> 6, l0 << 2 | l1 >> 6, 0x80 | l1 & 0x3f);
        Some(Uuid::from_bytes([t0, t1, t2, t3, t4, t5, b6, b7, b8, l2, l3, l4, l5, l6, l7, l8]))
    }
}

fn millis_of(recorded_at: Timestamp) -> i64 {
    recorded_at.as_micros().div_euclid(1000)
}

/// Writes an id; `place` finds the place of a text in the dictionary.
pub(super) fn write<'a>(
    column: &mut Writer,
    id: &'a EventId,
    recorded_at: Timestamp,
    place: impl FnOnce(&'a str) -> usize,
) {
    match id {
        EventId::Text(text) => column.len(TEXT + place(text)),
        EventId::Uuid(uuid) => match V7::of(uuid) {
            None => {
                column.len(ANY_UUID);
                column.bytes.extend_from_slice(uuid.as_bytes());
            }
            Some(V7 { millis, high, low }) => {
                let before = millis_of(recorded_at) - millis;
                match usize::try_from(before) {
                    Ok(near) if near < NEAR_MILLIS => column.len(NEAR + 4 * near + high),
                    Ok(_) | Err(_) => {
                        column.len(FAR + high);
                        column.i64(before);
                    }
                }
                column.bytes.extend_from_slice(&low);
            }
        },
    }
}

/// Reads what follows a code.
pub(super) fn read(
    code: usize,
    column: &mut Reader<'_>,
    recorded_at: Timestamp,
    dictionary: &[&str],
) -> Result<EventId, BlockError> {
    const BAD: BlockError = BlockError::Malformed { what: "has an id that cannot be" };
    let (high, before) = match code {
        ANY_UUID => return Ok(EventId::Uuid(Uuid::from_bytes(column.array()?))),
        NEAR..FAR => ((code - NEAR) % 4, i64::try_from((code - NEAR) / 4).map_err(|_| BAD)?),
        FAR..TEXT => (code - FAR, column.i64()?),
        TEXT.. => {
            let text = dictionary.get(code - TEXT).ok_or(super::BAD_PLACE)?;
            return Ok(EventId::Text(Label::unshared(text)));
        }
        _ => return Err(BAD),
    };
    let millis = millis_of(recorded_at).checked_sub(before).ok_or(BAD)?;
    V7 { millis, high, low: column.array()? }.uuid().map(EventId::Uuid).ok_or(BAD)
}
