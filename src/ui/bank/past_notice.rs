use crate::{app::Travel, ui::session::Session};
use leptos::prelude::*;

/// Why nothing can be appended at the moment shown, and the way back.
#[component]
pub(super) fn PastNotice(
    session: Session,
    /// What the disabled controls are described by.
    id: &'static str,
) -> impl IntoView {
    view! {
        <div class="notice" id=id>
            <p>"You are looking at the past. Return to live to append."</p>
            <div class="acts">
                <button type="button" class="btn s" on:click=move |_| session.travel(Travel::GoLive)>"Return to live"</button>
            </div>
        </div>
    }
}
