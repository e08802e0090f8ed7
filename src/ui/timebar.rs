//! The time bar: the density of events, the visible range and the playhead.

use super::session::Session;
use leptos::prelude::*;

/// The time bar: the density of events, the visible range and the playhead.
#[component]
pub(crate) fn TimeBar(session: Session) -> impl IntoView {
    let _ = session;
    view! { <section class="screen msg"></section> }
}
