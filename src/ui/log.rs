//! The log: all events, filtered, and what each one changed.

use super::session::Session;
use leptos::prelude::*;

/// The log: all events, filtered, and what each one changed.
#[component]
pub(crate) fn LogScreen(session: Session) -> impl IntoView {
    let _ = session;
    view! { <section class="screen msg"></section> }
}
