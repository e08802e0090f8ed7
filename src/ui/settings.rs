//! Settings: who I am, theme, ledgers, storage, export, delete.

use super::session::Session;
use leptos::prelude::*;

/// Settings: who I am, theme, ledgers, storage, export, delete.
#[component]
pub(crate) fn SettingsScreen(session: Session) -> impl IntoView {
    let _ = session;
    view! { <section class="screen msg"></section> }
}
