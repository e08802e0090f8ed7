//! A toy domain: numbers are added to streams. Three read models fold it: a wide one, a small one, and one that is
//! sensitive to order.
#![cfg(test)]
#![allow(dead_code, reason = "each test crate uses a part of it")]

use annals::kernel::{Codec, Content, Decoded, Projection, Recorded};
use std::collections::BTreeMap;

/// A number was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Added(pub(crate) i64);

/// Reads `Added`; whatever has another type is foreign.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Toy;

#[derive(serde::Deserialize)]
struct Body {
    add: i64,
}

impl Codec for Toy {
    type Event = Added;

    fn reads(&self, _: &str) -> bool {
        true
    }

    fn decode(&self, event: &Content<'_>) -> Decoded<Added> {
        if event.event_type != "Added" {
            return Decoded::Foreign;
        }
        match event.data.read::<Body>() {
            Ok(body) => Decoded::Known(Added(body.add)),
            Err(why) => Decoded::Unreadable(why),
        }
    }

    fn fingerprint(&self) -> String {
        "toy 1".to_owned()
    }
}

/// Wide: sum and count of each stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerStream(BTreeMap<u32, (i64, u32)>);

impl Projection for PerStream {
    type Event = Added;
    const NAME: &'static str = "per stream";
    const REVISION: u32 = 1;

    fn apply(&mut self, recorded: &Recorded<'_, Added>) {
        let (sum, count) = self.0.entry(recorded.stream.get()).or_default();
        *sum += recorded.event.0;
        *count += 1;
    }
}

/// Small: one total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total(i64);

impl Projection for Total {
    type Event = Added;
    const NAME: &'static str = "total";
    const REVISION: u32 = 1;

    fn apply(&mut self, recorded: &Recorded<'_, Added>) {
        self.0 += recorded.event.0;
    }
}

/// Sensitive to order: everything a fold is shown, mixed into one number, and who came last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    mixed: u64,
    last: Option<u32>,
}

impl Projection for Order {
    type Event = Added;
    const NAME: &'static str = "order";
    const REVISION: u32 = 1;

    fn apply(&mut self, recorded: &Recorded<'_, Added>) {
        let shown = [
            u64::from(recorded.position.get()),
            u64::from(recorded.stream.get()),
            u64::from(recorded.version.get()),
            recorded.occurred_at.as_micros().cast_unsigned(),
            recorded.recorded_at.as_micros().cast_unsigned(),
            recorded.event.0.cast_unsigned(),
        ];
        for number in shown {
            self.mixed = (self.mixed ^ number).wrapping_mul(0x0100_0000_01b3).rotate_left(7);
        }
        self.last = Some(recorded.position.get());
    }
}
