//! Which types and categories there are to choose from.

use crate::{
    app::{Env as _, EventTypes},
    ui::{backend, session::Session},
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeMap;

/// About how many events are looked at before the page gets a turn.
const EVENTS_PER_SLICE: u32 = 8192;

/// Names with how many there are of each.
pub(super) type Names = Vec<(String, u32)>;

/// The types that occur with their counts, collected in slices and kept current.
pub(super) fn event_types(session: Session) -> ReadSignal<Names> {
    let (names, set_names) = signal(Names::new());
    // `None` while a loop has it.
    let types = StoredValue::new_local(Some(EventTypes::default()));
    Effect::new(move |_| {
        session.head.track();
        if let Some(Some(mut taken)) = types.try_update_value(Option::take) {
            spawn_local(async move {
                while let Some(ledger) = session.ledger()
                    && !ledger.read(|read| taken.step(read, EVENTS_PER_SLICE))
                    && session.fetch_wanted().await
                {
                    backend::PageEnv.breathe().await;
                }
                set_names.try_set(taken.iter().map(|(name, count)| (name.to_string(), count)).collect());
                types.try_set_value(Some(taken));
            });
        }
    });
    names
}

/// The categories of streams with how many streams each has.
pub(super) fn categories(session: Session) -> Memo<Names> {
    Memo::new(move |_| {
        let names = session.read(|read| {
            let mut counts: BTreeMap<String, u32> = BTreeMap::new();
            for (_, stream) in read.history().streams() {
                match counts.get_mut(stream.name.category()) {
                    Some(count) => *count += 1,
                    None => {
                        counts.insert(stream.name.category().to_owned(), 1);
                    }
                }
            }
            counts
        });
        names.into_iter().flatten().collect()
    })
}
