//! First run: how the first event arrives.

use super::session::Session;
use leptos::prelude::*;

/// First run: how the first event arrives.
#[component]
pub(crate) fn StartScreen(session: Session) -> impl IntoView {
    let _ = session;
    view! { <section class="screen msg"></section> }
}
