//! First run: how the first event arrives.

use super::session::Session;
use leptos::{prelude::*, task::spawn_local};

/// First run: how the first event arrives.
#[component]
pub(crate) fn StartScreen(session: Session) -> impl IntoView {
    let demo = move |_| {
        spawn_local(async move {
            let Some(ledger) = session.ledger() else { return };
            let events: Vec<_> = crate::bank::demo::DemoLedger::new(Default::default())
                .map(|event| (event.event, Some(event.recorded_at)))
                .collect();
            ledger.append_staged(events, &super::backend::PageEnv, |_| true).await.unwrap_or_default();
            session.grown(&ledger);
        });
    };
    view! { <section class="screen msg"><button class="btn pri" on:click=demo>"Open demo"</button></section> }
}
