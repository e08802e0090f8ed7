//! The command palette, Ctrl K.

use super::session::Session;
use leptos::prelude::*;

/// The command palette, Ctrl K.
#[component]
pub(crate) fn Palette(session: Session) -> impl IntoView {
    let _ = session;
    view! { <section class="screen msg"></section> }
}
