use crate::{app::Travel, ui::session::Session};
use leptos::prelude::*;

/// Why nothing can be appended at the moment shown.
pub(super) const PAST: &str = "You are looking at the past. Return to live to append.";

/// The same, and the way back.
#[component]
pub(super) fn PastNotice(
    session: Session,
    /// What the disabled controls are described by.
    id: &'static str,
) -> impl IntoView {
    view! {
        <div class="notice" id=id>
            <p>{PAST}</p>
            <div class="acts">
                <button type="button" class="btn s" on:click=move |_| session.travel(Travel::GoLive)>"Return to live"</button>
            </div>
        </div>
    }
}
