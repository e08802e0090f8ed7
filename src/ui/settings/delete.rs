use super::export::{ExportJob, ExportProgress, Format, Range};
use crate::{
    app::{
        advice::{self, Advice},
        format,
        route::Route,
    },
    store::{LedgerId, LedgerInfo},
    ui::{
        backend,
        parts::{close_dialog, is_dialog_open, open_dialog},
        session::{Notice, Session},
        start::Field,
    },
};
use leptos::{ev::SubmitEvent, html::Dialog, prelude::*, task::spawn_local};

/// Asks twice before a ledger is deleted: with an export first, and with its name typed.
#[component]
pub fn DeleteDialog(session: Session, doomed: RwSignal<Option<LedgerInfo>>, export: ExportJob) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if doomed.with(Option::is_some) {
            open_dialog(node);
        } else {
            close_dialog(node);
        }
    });
    let closed = move || {
        if !is_dialog_open(node) {
            doomed.set(None);
        }
    };
    view! {
        <dialog class="ask" node_ref=node aria-labelledby="del-title" on:close=move |_| closed()>
            {move || doomed.get().map(|info| view! { <Question session info doomed export /> })}
        </dialog>
    }
}

#[component]
fn Question(
    session: Session,
    info: LedgerInfo,
    doomed: RwSignal<Option<LedgerInfo>>,
    export: ExportJob,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let info = StoredValue::new(info);
    let name = info.with_value(|info| info.name.clone());
    let is_open = move || {
        session.current.with(|open| info.with_value(|info| open.as_ref().is_some_and(|open| open.id == info.id)))
    };
    let count = move || info.with_value(|info| backend::witness(&info.id)).map(|witness| witness.events);
    let what = move || match if is_open() { Some(session.head.get().get()) } else { count() } {
        Some(1) => "Its 1 event is gone for good then; there is no other copy.".to_owned(),
        Some(count) => format!("Its {} events are gone for good then; there is no other copy.", format::int(count)),
        None => "Its events are gone for good then; there is no other copy.".to_owned(),
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let info = info.get_value();
        if typed.get_untracked().trim() == info.name.trim() {
            doomed.set(None);
            delete(session, info);
        } else {
            problem.set(Some(format!("Type the name as it stands: {}", info.name)));
        }
    };
    let open_first = move |_| {
        let ledger = info.with_value(|info| info.id.to_string());
        doomed.set(None);
        session.go_to(Route { ledger, screen: crate::app::route::Screen::Settings, ..Route::default() });
    };
    view! {
        <form novalidate on:submit=send>
            <h2 id="del-title" tabindex="-1" autofocus>
                "Delete " {name.clone()} "?"
            </h2>
            <p>{what} " Export it first."</p>
            {move || {
                if is_open() {
                    view! {
                        <div class="row">
                            <button class="btn" type="button" on:click=move |_| export.begin(Format::Lines, Range::All)>
                                "Export it first"
                            </button>
                        </div>
                        <ExportProgress job=export />
                    }
                        .into_any()
                } else {
                    view! {
                        <div class="row">
                            <button class="btn" type="button" on:click=open_first>
                                "Open it, to export it first"
                            </button>
                        </div>
                    }
                        .into_any()
                }
            }}
            <Field label="Type the name of the ledger to delete it" problem_id="del-problem" problem>
                <input
                    class="in"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        problem.set(None);
                    }
                    aria-invalid=move || problem.get().map(|_| "true")
                    aria-describedby="del-problem"
                />
            </Field>
            <div class="acts">
                <button class="btn" type="button" on:click=move |_| doomed.set(None)>
                    "Keep it"
                </button>
                <button class="btn danger" type="submit">
                    "Delete the ledger"
                </button>
            </div>
        </form>
    }
}

/// Deletes a ledger. Where it is the open one, another is opened first: the browser deletes nothing that is in use.
fn delete(session: Session, info: LedgerInfo) {
    let is_open = session.current.with_untracked(|open| open.as_ref().is_some_and(|open| open.id == info.id));
    if is_open {
        let known = session.ledgers.get_untracked();
        let next = known.into_iter().find(|other| other.id != info.id).or_else(|| first_run(&info));
        let Some(next) = next else { return };
        session.replace(Route { ledger: next.id.to_string(), ..Route::default() });
        session.open(next);
    }
    spawn_local(async move {
        let (advice, bad) = match backend::delete_ledger(&info.id).await {
            Ok(()) => {
                session.ledgers.update(|known| known.retain(|other| other.id != info.id));
                let text = "Its events were removed from this browser. Files that you exported are untouched.";
                (Advice { title: format!("Deleted {}.", info.name), text: text.to_owned() }, false)
            }
            Err(error) => (advice::of_delete_error(&info.name, &error), true),
        };
        session.tell(Notice { advice, bad, restore: false });
    });
}

/// The empty ledger to begin with once the last one is deleted: never under the id that is just being deleted.
fn first_run(deleted: &LedgerInfo) -> Option<LedgerInfo> {
    let ids = ["books", "my-books"].into_iter().filter_map(|id| LedgerId::parse(id).ok());
    let id = ids.into_iter().find(|id| *id != deleted.id)?;
    Some(LedgerInfo { name: "My books".to_owned(), ..LedgerInfo::unknown(id) })
}
