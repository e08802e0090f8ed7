//! The bank's screen.

mod chart;

use super::session::Session;
use leptos::prelude::*;

/// Accounts, one account's balance and chart, commands, and what happened.
#[component]
pub(crate) fn BankScreen(session: Session) -> impl IntoView {
    view! { <section id="bank" class="screen" aria-label="Bank">{move || session.head.get().get()}</section> }
}
