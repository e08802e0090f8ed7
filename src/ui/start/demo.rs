use super::beside::{Beside, show};
use crate::{
    app::{
        ImportError,
        advice::{self, Advice},
        format::{self, Zone},
        route::Screen,
    },
    bank::demo::{DemoEvent, DemoLedger, DemoSize, ENDS_AT, STARTS_AT},
    kernel::Clock,
    store::{LedgerId, LedgerInfo, LedgerKind},
    ui::{
        backend,
        session::{Notice, Phase, Session, slug_of},
    },
};
use leptos::{prelude::*, task::spawn_local};

/// How many events a demo ledger can have, and how its name says so.
const EVENTS: [(u32, &str); 4] = [(1_000, "1k"), (100_000, "100k"), (1_000_000, "1M"), (5_000_000, "5M")];
/// How many accounts.
const ACCOUNTS: [u32; 3] = [1, 250, 4_500];
/// More events than these take more than a few seconds.
const FEW: u32 = 100_000;
/// About how many bytes an event takes in the storage.
const EVENT_BYTES: u64 = 20;

/// The demo ledger: how large, and the button that opens it.
#[component]
pub fn DemoWay(session: Session) -> impl IntoView {
    let size = RwSignal::new(DemoSize::default());
    let events = EVENTS.map(|(count, _)| (count, format!("{} events", format::int(count))));
    let accounts = ACCOUNTS.map(|count| (count, accounts_in_words(count)));
    let select = move |label: &'static str, choices: Vec<(u32, String)>, chosen: u32, set: fn(&mut DemoSize, u32)| {
        let option = |(count, text)| view! { <option value=count selected=count == chosen>{text}</option> };
        let choose = move |event| {
            if let Ok(count) = event_target_value(&event).parse() {
                size.update(|size| set(size, count));
            }
        };
        view! {
            <select class="in" aria-label=label on:change=choose>
                {choices.into_iter().map(option).collect_view()}
            </select>
        }
    };
    let DemoSize { events: events_chosen, accounts: accounts_chosen } = DemoSize::default();
    view! {
        <div class="way">
            <div>
                <h2>"Open the demo ledger"</h2>
                <p>{move || sentence(size.get())}</p>
                <div class="sizes">
                    {select("Events of the demo ledger", events.into(), events_chosen, |size, events| size.events = events)}
                    {select("Accounts of the demo ledger", accounts.into(), accounts_chosen, |size, accounts| size.accounts = accounts)}
                </div>
            </div>
            <button class="btn pri" type="button" on:click=move |_| open_demo(session, size.get_untracked().fitted())>
                "Open demo"
            </button>
        </div>
    }
}

fn accounts_in_words(count: u32) -> String {
    if count == 1 { "one account".to_owned() } else { format!("{} accounts", format::int(count)) }
}

/// What a demo ledger is, in its own numbers.
fn sentence(size: DemoSize) -> String {
    let DemoSize { events, accounts } = size.fitted();
    let (from, to) = (format::date(STARTS_AT, Zone::UTC), format::date(ENDS_AT, Zone::UTC));
    let (time, room) = if events > FEW {
        ("", format!(" It takes about {} of this browser's storage.", super::bytes(u64::from(events) * EVENT_BYTES)))
    } else {
        (" in a few seconds", String::new())
    };
    format!(
        "A bank of {}: {} events from {from} to {to}. Made on this device{time}, always the same, and kept apart from your own books.{room}",
        accounts_in_words(accounts),
        format::int(events)
    )
}

/// What a demo ledger is called: `Demo`, `Demo 1M of one account`.
fn name_of(size: DemoSize) -> String {
    let DemoSize { events, accounts } = size;
    match EVENTS.iter().find(|(count, _)| *count == events) {
        Some((_, short)) if size != DemoSize::default() => format!("Demo {short} of {}", accounts_in_words(accounts)),
        Some(_) | None => "Demo".to_owned(),
    }
}

/// Opens a demo ledger; makes it first where there is none.
fn open_demo(session: Session, size: DemoSize) {
    spawn_local(async move {
        session.work_begins("Making the demo ledger");
        match find_or_make(session, size).await {
            Ok(info) => show(session, &info, Screen::Home, Clock::Recorded),
            Err(advice) => {
                if let Phase::Working(..) = session.phase.get_untracked() {
                    session.work_ends();
                }
                let bad = advice != cancelled();
                session.tell(Notice { advice, bad, restore: false });
            }
        }
    });
}

fn cancelled() -> Advice {
    Advice { title: "Cancelled.".to_owned(), text: "No demo ledger was made; everything else is as it was.".to_owned() }
}

async fn find_or_make(session: Session, size: DemoSize) -> Result<LedgerInfo, Advice> {
    let name = name_of(size);
    let id = slug_of(&name);
    let known = session.ledgers.get_untracked();
    let listed = known.iter().find(|info| info.kind == LedgerKind::Demo && info.name == name).cloned();
    let is_free = known.iter().all(|info| info.id.as_str() != id);
    // An address may have opened the demo's database before it was ever listed.
    let unlisted = LedgerId::parse(&id).ok().filter(|_| is_free).map(|id| LedgerInfo {
        id,
        name: name.clone(),
        kind: LedgerKind::Demo,
        created_at: backend::now(),
    });
    let beside = match listed.or(unlisted) {
        Some(info) => {
            session.remember(&info);
            // Only what is empty is read here: a full ledger is read when it is shown.
            if backend::holds_events(&info.id).await.map_err(|error| advice::of_log_error(&error))? {
                return Ok(info);
            }
            Beside::open(info).await?
        }
        None => Beside::make(session, &name, LedgerKind::Demo).await?,
    };
    if !beside.is_empty() {
        return Ok(beside.info().clone());
    }
    match fill(session, &beside, size).await {
        Ok(()) => Ok(beside.hand_over(session)),
        Err(ImportError::Cancelled) => {
            beside.discard(session).await;
            Err(cancelled())
        }
        Err(error) => {
            beside.discard(session).await;
            Err(advice::of_import_error(&error))
        }
    }
}

async fn fill(session: Session, beside: &Beside, size: DemoSize) -> Result<(), ImportError> {
    // Who leaves for another ledger meanwhile does not want this one.
    let goes_on = |progress| {
        session.work_goes_on(progress) && session.phase.with_untracked(|phase| matches!(phase, Phase::Working(..)))
    };
    let made = DemoLedger::new(size).map(|DemoEvent { event, recorded_at }| (event, Some(recorded_at)));
    beside.append(made, goes_on).await.map(drop)
}
