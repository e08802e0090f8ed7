use super::{delete::DeleteDialog, export::ExportJob};
use crate::{
    app::{format, route::Route},
    kernel::Timestamp,
    store::{LedgerInfo, LedgerKind},
    ui::{backend, import::restore_from_file, session::Session, start::Field},
};
use leptos::{ev::SubmitEvent, prelude::*};

/// The ledgers there are; open, begin, restore and delete.
#[component]
pub fn Ledgers(session: Session, export: ExportJob) -> impl IntoView {
    // The ledger that the delete dialog is about.
    let doomed = RwSignal::new(None::<LedgerInfo>);
    // What an address opened is not listed before its first event.
    let all = move || {
        let mut all = session.ledgers.get();
        all.extend(session.current.get().filter(|open| all.iter().all(|info| info.id != open.id)));
        all
    };
    view! {
        <section class="set" aria-labelledby="set-ledgers">
            <h2 id="set-ledgers">"Ledgers"</h2>
            <div class="lt ledgers" role="table" aria-labelledby="set-ledgers">
                <div class="tr th" role="row">
                    <span role="columnheader">"Name"</span>
                    <span role="columnheader">"Kind"</span>
                    <span role="columnheader">"Begun"</span>
                    <span role="columnheader" class="num">"Events"</span>
                    <span role="columnheader"><span class="vh">"Actions"</span></span>
                </div>
                {move || all().into_iter().map(|info| view! { <LedgerRow session info doomed /> }).collect_view()}
            </div>
            <div class="row">
                <NewLedger session />
                <button class="btn end" type="button" on:click=move |_| restore_from_file()>
                    "Restore from a file"
                </button>
            </div>
            <p class="sub">"Each ledger is a log of its own. A file is restored into one that is empty or new, never over events that are there."</p>
        </section>
        <DeleteDialog session doomed export />
    }
}

#[component]
fn LedgerRow(session: Session, info: LedgerInfo, doomed: RwSignal<Option<LedgerInfo>>) -> impl IntoView {
    let id = StoredValue::new(info.id.clone());
    let is_open = Memo::new(move |_| {
        session.current.with(|open| open.as_ref().is_some_and(|open| id.with_value(|id| open.id == *id)))
    });
    let kind = match info.kind {
        LedgerKind::Demo => "Demo",
        LedgerKind::Own => "Your own",
    };
    let begun = move || match info.created_at {
        Timestamp::MIN => "unknown".to_owned(),
        at => format::date(at, session.zone.get()),
    };
    // The witness knows how many there were when a ledger was last open here.
    let events = move || {
        let count = if is_open.get() {
            Some(session.head.get().get())
        } else {
            id.with_value(backend::witness).map(|witness| witness.events)
        };
        count.map_or_else(|| "not known".to_owned(), format::int)
    };
    let name = info.name.clone();
    let open = move |_| {
        session.go_to(Route { ledger: id.with_value(ToString::to_string), ..Route::default() });
    };
    view! {
        <div class="tr" role="row" data-testid="ledger">
            <span role="cell" class="el">
                {name.clone()} " " <span class="dim">{id.with_value(ToString::to_string)}</span>
            </span>
            <span role="cell" class="sub">{kind}</span>
            <span role="cell" class="sub">{begun}</span>
            <span role="cell" class="num">{events}</span>
            <span role="cell" class="acts">
                {move || {
                    let label = format!("Open {name}");
                    if is_open.get() {
                        view! { <span class="tag">"open"</span> }.into_any()
                    } else {
                        view! {
                            <button class="btn s" type="button" aria-label=label on:click=open>
                                "Open"
                            </button>
                        }
                            .into_any()
                    }
                }}
                <button
                    class="btn s"
                    type="button"
                    aria-label=format!("Delete {}", info.name)
                    on:click=move |_| doomed.set(Some(info.clone()))
                >
                    "Delete"
                </button>
            </span>
        </div>
    }
}

#[component]
fn NewLedger(session: Session) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = name.get_untracked().trim().to_owned();
        if wanted.is_empty() {
            return problem.set(Some("Give the ledger a name.".to_owned()));
        }
        match session.create(&wanted, LedgerKind::Own) {
            Some(info) => session.go_to(Route { ledger: info.id.to_string(), ..Route::default() }),
            None => problem.set(Some("Choose another name.".to_owned())),
        }
    };
    view! {
        <form class="row" novalidate on:submit=make>
            <Field label="Name of a new ledger" problem_id="set-ledger-problem" problem>
                <input
                    class="in"
                    maxlength="60"
                    autocomplete="off"
                    prop:value=move || name.get()
                    on:input=move |event| {
                        name.set(event_target_value(&event));
                        problem.set(None);
                    }
                    aria-invalid=move || problem.get().map(|_| "true")
                    aria-describedby="set-ledger-problem"
                />
            </Field>
            <button class="btn end" type="submit">
                "New ledger"
            </button>
        </form>
    }
}
