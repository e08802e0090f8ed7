//! The import dialog: from a file to a report to confirmed events.

use super::session::Session;
use leptos::prelude::*;

/// The import dialog: from a file to a report to confirmed events.
#[component]
pub(crate) fn ImportDialog(session: Session) -> impl IntoView {
    let _ = session;
    view! { <section class="screen msg"></section> }
}
