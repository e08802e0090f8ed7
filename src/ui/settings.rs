//! Settings: who I am, theme, ledgers, storage, export, delete.
#![expect(clippy::large_types_passed_by_value, reason = "bundles of handles, passed by copy as signals are")]
#![expect(unreachable_pub, reason = "the component macro makes the properties of every component public")]

mod about;
mod care;
mod delete;
mod export;
mod export_form;
mod ledgers;
mod person;
mod room;

use super::session::Session;
use about::About;
use care::LogCare;
use export::ExportJob;
use export_form::ExportForm;
use ledgers::Ledgers;
use leptos::prelude::*;
use person::Person;
use room::Room;

/// Settings: who I am, theme, ledgers, storage, export, delete.
#[component]
pub(crate) fn SettingsScreen(session: Session) -> impl IntoView {
    let export = ExportJob::new(session);
    view! {
        <section id="settings" class="screen" aria-label="Settings">
            <div class="wrap">
                <h1>"Settings"</h1>
                <Person session />
                <Ledgers session export />
                <ExportForm session job=export />
                <LogCare session />
                <Room session />
                <About />
            </div>
        </section>
    }
}
