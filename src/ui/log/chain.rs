use crate::{
    app::format,
    ui::{parts::Icon, session::Session},
};
use leptos::prelude::*;

/// Whether the log could be read to its end: the checksum of each block holds, and it continues the hash of the one
/// before. Of a log that was opened from its index, that holds for the index and for the blocks that were read since. The
/// hash of a single event is computed again where that event is shown.
#[component]
pub(super) fn ChainState(
    /// The open ledger.
    session: Session,
) -> impl IntoView {
    let broken_at = move || {
        session.head.track();
        session.ledger().and_then(|ledger| ledger.damage()).map(|damage| damage.first)
    };
    let is_from_index = move || session.ledger().is_some_and(|ledger| ledger.is_from_index());
    move || {
        match broken_at() {
        None => view! {
            <span class="ok">
                <Icon name="check" />
                {if is_from_index() { "Chain intact, blocks checked as read" } else { "Chain intact, every block checked" }}
            </span>
        }
        .into_any(),
        Some(first) => view! {
            <span class="ok broken">
                <Icon name="warn" />
                {format!("Chain broken at event {}; all before it is intact", format::int(first.get()))}
            </span>
        }
        .into_any(),
    }
    }
}
