use super::job::Job;
use crate::{
    app::format,
    store::LedgerKind,
    ui::{session::Session, start::Field},
};
use leptos::prelude::*;

/// Where the events go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Into the open ledger.
    Here,
    /// Into a ledger that is made for them.
    New,
}

/// Whether the open ledger takes events of a file. The demo is not mixed with anything, and what cannot be opened, or
/// read to its end, takes nothing.
pub(super) fn takes_events(session: Session) -> bool {
    let is_own = session.current.with(|info| info.as_ref().is_some_and(|info| info.kind == LedgerKind::Own));
    is_own && session.ledger().is_some_and(|ledger| ledger.damage().is_none())
}

/// Into which ledger.
#[component]
pub fn TargetForm(job: Job) -> impl IntoView {
    let session = job.session;
    let here = move || {
        let name = session.current.with(|info| info.as_ref().map(|info| info.name.clone())).unwrap_or_default();
        let count = match session.head.get().get() {
            0 => "no events".to_owned(),
            1 => "1 event".to_owned(),
            head => format!("{} events", format::int(head)),
        };
        format!("The open ledger, {name} ({count})")
    };
    let takes_more = move || takes_events(session);
    let radio = move |target: Target| {
        view! {
            <input
                type="radio"
                name="imp-target"
                prop:checked=move || job.target.get() == target
                on:change=move |_| job.target.set(target)
            />
        }
    };
    let is_new = move || job.target.get() == Target::New;
    view! {
        <fieldset class="imp-t">
            <legend>"Into"</legend>
            <Show when=takes_more>
                <label class="pick">{radio(Target::Here)} <span>{here}</span></label>
            </Show>
            <label class="pick">{radio(Target::New)} <span>"A new ledger"</span></label>
            <Show when=is_new>
                <Field label="Name of the new ledger" problem_id="imp-name-problem" problem=Signal::derive(move || job.name_problem())>
                    <input
                        class="in"
                        maxlength="60"
                        autocomplete="off"
                        prop:value=move || job.name.get()
                        on:input=move |event| job.name.set(event_target_value(&event))
                        aria-invalid=move || job.name_problem().map(|_| "true")
                        aria-describedby="imp-name-problem"
                    />
                </Field>
            </Show>
        </fieldset>
    }
}
