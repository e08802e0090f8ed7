//! The import dialog: from a file to a report to confirmed events.
#![expect(clippy::large_types_passed_by_value, reason = "bundles of handles, passed by copy as signals are")]
#![expect(unreachable_pub, reason = "the component macro makes the properties of every component public")]

mod choice;
mod findings;
mod job;
mod mapping_form;
mod preview;
mod sample;
mod stage;
mod target;

use super::{
    parts::{Icon, close_dialog, is_dialog_open, open_dialog},
    session::Session,
    start::{Work, WorkMeter, bytes, choose_file},
};
use crate::app::{advice::Advice, format};
use findings::Findings;
use job::{Job, State};
use leptos::{ev, html::Dialog, prelude::*};
use mapping_form::MappingForm;
use preview::EventTable;
use target::TargetForm;
use wasm_bindgen::JsCast as _;
use web_sys::{DragEvent, HtmlElement, Node};

const RESTORE_FIELD: &str = "restore-file";

/// Asks for a file that is to become a new ledger: what a notice of a loss offers.
pub(crate) fn restore_from_file() {
    let field = document().get_element_by_id(RESTORE_FIELD);
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        field.click();
    }
}

/// The import dialog: opens over the page when the session has a file. Also what takes files that are dropped on the
/// page.
#[component]
pub fn ImportDialog(session: Session) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    let job = Job::new(session);
    Effect::new(move |_| {
        if session.file.with(Option::is_some) {
            job.begin();
            open_dialog(node);
        } else {
            close_dialog(node);
        }
    });
    let is_open = Memo::new(move |_| session.file.with(Option::is_some));
    let closed = move || {
        // It is open again where the next file came before this was told.
        if !is_dialog_open(node) {
            job.end();
        }
    };
    let restore = move |event: ev::Event| {
        choose_file(session, &event);
        job.is_restoring.set_value(session.file.with_untracked(Option::is_some));
    };
    view! {
        <input type="file" hidden id=RESTORE_FIELD data-testid=RESTORE_FIELD on:change=restore />
        <DropZone session />
        <dialog class="imp" node_ref=node aria-labelledby="imp-title" on:close=move |_| closed()>
            {move || is_open.get().then(|| view! { <Importing job /> })}
        </dialog>
    }
}

/// All of the dialog for one file.
#[component]
fn Importing(job: Job) -> impl IntoView {
    let facts = move || job.session.file.with(|file| file.as_ref().map(|file| (file.name(), file.size())));
    let name = move || facts().map(|(name, _)| name).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and not below zero, says File")]
    let size = move || bytes(facts().map_or(0.0, |(_, size)| size) as u64);
    let has_mapping = Memo::new(move |_| job.mapping.with(Option::is_some));
    let is_busy = Memo::new(move |_| job.state.with(|state| matches!(state, State::Appending(_))));
    view! {
        <header class="imp-h">
            // The heading takes the focus: the person hears what this is before the first control.
            <h2 id="imp-title" tabindex="-1" autofocus>
                "Import " {name}
            </h2>
            <span class="count">{size}</span>
            <button class="ib" type="button" aria-label="Close" on:click=move |_| job.leave()>
                <Icon name="x" />
            </button>
        </header>
        <div class="imp-b">
            <fieldset class="imp-f" prop:disabled=move || is_busy.get()>
                <TargetForm job />
                <Show when=move || has_mapping.get()>
                    <MappingForm job />
                </Show>
            </fieldset>
            <EventTable job />
            <Outcome job />
        </div>
        <Foot job />
    }
}

/// What is being done, or what was found.
#[component]
fn Outcome(job: Job) -> impl IntoView {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Looking,
        Work,
        Found,
        Wrong,
    }
    let kind = Memo::new(move |_| {
        job.state.with(|state| match state {
            State::Looking => Kind::Looking,
            State::Staging(_) | State::Appending(_) => Kind::Work,
            State::Staged(_) => Kind::Found,
            State::Unusable(_) => Kind::Wrong,
        })
    });
    let title = move || {
        job.state.with(|state| match state {
            State::Appending(_) => "Importing".to_owned(),
            _ => "Reading the file".to_owned(),
        })
    };
    let work = Memo::new(move |_| {
        job.state.with(|state| match state {
            State::Staging(work) | State::Appending(work) => work.clone(),
            State::Looking | State::Staged(_) | State::Unusable(_) => Work::default(),
        })
    });
    let unit =
        move || job.state.with_untracked(|state| if matches!(state, State::Appending(_)) { "events" } else { "rows" });
    view! {
        {move || job.failure.get().map(|advice| view! { <Wrong advice /> })}
        {move || match kind.get() {
            Kind::Looking => view! { <p class="sub">"Looking at the file."</p> }.into_any(),
            Kind::Work => {
                view! {
                    <WorkMeter
                        title=Signal::derive(title)
                        work
                        unit=unit()
                        can_cancel=false
                        on_cancel=move || job.leave()
                    />
                }
                    .into_any()
            }
            Kind::Found => view! { <Findings job /> }.into_any(),
            Kind::Wrong => {
                let advice = job
                    .state
                    .with(|state| if let State::Unusable(advice) = state { Some(advice.clone()) } else { None });
                view! { {advice.map(|advice| view! { <Wrong advice /> })} }.into_any()
            }
        }}
    }
}

/// What went wrong and what to do.
#[component]
fn Wrong(advice: Advice) -> impl IntoView {
    view! {
        <div class="notice bad" role="alert">
            <strong>{advice.title}</strong>
            <p>{advice.text}</p>
        </div>
    }
}

/// The buttons, with the reason beside the one that cannot be pressed.
#[component]
fn Foot(job: Job) -> impl IntoView {
    let ready = Memo::new(move |_| {
        job.state.with(|state| match state {
            State::Staged(found) => Some(found.events),
            State::Looking | State::Staging(_) | State::Appending(_) | State::Unusable(_) => None,
        })
    });
    let reason = move || {
        let has_name = job.name_problem().is_none();
        job.state.with(|state| match state {
            State::Looking | State::Staging(_) => "Nothing is imported before you say so.".to_owned(),
            State::Appending(_) => "All of it is imported, or none.".to_owned(),
            State::Staged(_) if !has_name => "The new ledger needs a name.".to_owned(),
            State::Staged(found) => found.summary(),
            State::Unusable(_) => "There is nothing to import.".to_owned(),
        })
    };
    let can_import = move || ready.get().is_some_and(|count| count > 0) && job.name_problem().is_none();
    let label = move || match ready.get() {
        Some(1) => "Import 1 event".to_owned(),
        Some(count) => format!("Import {} events", format::int(count)),
        None => "Import".to_owned(),
    };
    view! {
        <footer class="imp-a">
            <span class="sub" id="imp-reason">
                {reason}
            </span>
            <button class="btn" type="button" on:click=move |_| job.leave()>
                "Cancel"
            </button>
            <button
                class="btn pri"
                type="button"
                aria-describedby="imp-reason"
                prop:disabled=move || !can_import()
                on:click=move |_| job.confirm()
            >
                {label}
            </button>
        </footer>
    }
}

/// Takes files that are dropped anywhere on the page, and shows that it does.
#[component]
fn DropZone(session: Session) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let holds_files = |event: &DragEvent| {
        event
            .data_transfer()
            .is_some_and(|data| data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
    };
    let over = window_event_listener(ev::dragover, move |event| {
        if holds_files(&event) {
            event.prevent_default();
            is_over.set(true);
        }
    });
    let left = window_event_listener(ev::dragleave, move |event| {
        // Leaving one element for another is no leaving of the page.
        let next = event.related_target().and_then(|next| next.dyn_into::<Node>().ok());
        if next.is_none() {
            is_over.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        if !holds_files(&event) {
            return;
        }
        event.prevent_default();
        is_over.set(false);
        let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file
            && session.file.with_untracked(Option::is_none)
        {
            session.file.set(Some(file));
        }
    });
    on_cleanup(move || {
        over.remove();
        left.remove();
        dropped.remove();
    });
    view! {
        <div class="drop" hidden=move || !is_over.get()>
            <p>"Drop the file to see what is in it."</p>
        </div>
    }
}
