use super::{
    super::parts::{EventChip, Icon, Page, VirtualList, row_height},
    PaneTabs,
    detail::EventDetail,
};
use crate::{
    app::format,
    bank::{AccountHistory, BankCodec, Currency, Entry, EventKind},
    kernel::{Clock, History, Position, SchemaVersion, StreamId, Version},
    ui::session::Session,
};
use leptos::prelude::*;
use std::{rc::Rc, sync::Arc};

/// Who, what, when, why: every event of the account up to the moment, newest first.
#[expect(clippy::too_many_lines, reason = "most of them are markup")]
#[component]
pub(super) fn Timeline(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let open = RwSignal::new(None::<Position>);
    // Indices into the account's history that the filter lets through, oldest first; changes with the head only.
    let filtered = Memo::new(move |_| {
        let (id, clock, wanted) = (chosen.get()?, session.playhead.get().clock, wanted.get());
        if wanted.is_empty() {
            return None;
        }
        session.read(|read| {
            let account = read.account(id, clock);
            let kinds = account.entries().kinds().enumerate();
            let matches = kinds.filter(|(_, kind)| kind.type_name() == wanted);
            Arc::new(matches.map(|(index, _)| index).collect::<Vec<_>>())
        })
    });
    let reached = Memo::new(move |_| {
        let moment = session.moment.get();
        with_account(session, chosen.get(), |read, account| read.reached(account, &moment)).unwrap_or(0)
    });
    let total = Memo::new(move |_| {
        session.head.track();
        with_account(session, chosen.get(), |_, account| account.entries().len()).unwrap_or(0)
    });
    let count = Memo::new(move |_| match filtered.get() {
        Some(indices) => indices.partition_point(|index| *index < reached.get()),
        None => reached.get(),
    });
    // The row `row` from the top is the entry …
    let entry_at = move |row: usize| -> Option<Shown> {
        let index = count.get_untracked().checked_sub(row + 1)?;
        let index = match filtered.get_untracked() {
            Some(indices) => indices.get(index).copied()?,
            None => index,
        };
        let id = chosen.get_untracked()?;
        with_account(session, Some(id), |read, account| Shown::of(read.history(), id, account, index)).flatten()
    };
    let currency = Memo::new(move |_| currency_of(session, chosen.get()));
    let open_row = Memo::new(move |_| {
        let position = open.get()?;
        (0..count.get().min(400)).find(|row| entry_at(*row).is_some_and(|shown| shown.entry.position == position))
    });
    // An entry stays the same row while the playhead moves; a back-dated newcomer changes the balances after it.
    let key = Arc::new(move |index: usize| {
        count.track();
        session.playhead.track();
        chosen.track();
        session.head.track();
        entry_at(index)
    });
    let row = Arc::new(move |shown| view! { <Row session shown currency open /> }.into_any());
    let types = move || {
        let has = |kind: &EventKind| {
            with_account(session, chosen.get(), |_, account| account.entries().kinds().any(|other| other == *kind))
        };
        let kinds = EventKind::ALL.into_iter().filter(|kind| has(kind).unwrap_or_default());
        let mut types: Vec<&'static str> = kinds.map(EventKind::type_name).collect();
        types.insert(0, "");
        let option = |name: &'static str| {
            let text = if name.is_empty() { "All types" } else { name };
            view! { <option value=name prop:selected=move || wanted.with(|wanted| wanted == name)>{text}</option> }
        };
        types.into_iter().map(option).collect_view()
    };
    view! {
        <div class="pane-h">
            <PaneTabs session chosen />
            <span class="count">{move || if reached.get() == 0 { "no events yet".to_owned() } else { format!("{} events, newest first", format::int(u32::try_from(count.get()).unwrap_or(u32::MAX))) }}</span>
            <span class="end">
                <select class="in" aria-label="Event type" on:change=move |event| wanted.set(event_target_value(&event))>{types}</select>
                <Show when=move || reached.get() != 0>
                    <span class="ok"><Icon name="check" />{move || format!("Chain intact to version {}", reached.get())}</span>
                </Show>
            </span>
        </div>
        <div class="lt tl-table" role="table" aria-label="Audit timeline">
            <div class="tr th" role="row">
                <span role="columnheader" class="num c-v">"Version"</span>
                <span role="columnheader" class="c-t">{move || if session.playhead.get().clock == Clock::Occurred { "Time, occurred" } else { "Time, recorded" }}</span>
                <span role="columnheader" class="c-k">"Event"</span>
                <span role="columnheader" class="num c-a">{move || format!("Amount, {}", currency.get())}</span>
                <span role="columnheader" class="num c-b">"Balance"</span>
                <span role="columnheader" class="c-who">"Who"</span>
                <span role="columnheader" class="c-w">"Why"</span>
            </div>
            <Later session total reached />
            <VirtualList
                count
                row_height=row_height(row_rems)
                key
                row
                open=open_row
                open_height=row_height(detail_rems)
                class="scroll"
                label=Signal::derive(|| "Audit timeline rows".to_owned())
            />
        </div>
    }
}

/// One line, a line to touch, or three lines where the page is one column.
fn row_rems(page: Page) -> f64 {
    match page {
        Page { is_column: true, .. } => 4.25,
        Page { is_coarse: true, .. } => 2.75,
        Page { .. } => 1.75,
    }
}

/// The raw event without a scroll bar of its own, with its facts beside or beneath it.
fn detail_rems(page: Page) -> f64 {
    match page {
        Page { is_column: true, .. } => 36.0,
        Page { is_wide: true, .. } => 17.0,
        Page { .. } => 15.75,
    }
}

fn with_account<R>(
    session: Session,
    id: Option<StreamId>,
    look: impl FnOnce(&mut crate::app::ReadSide, &Rc<AccountHistory>) -> R,
) -> Option<R> {
    let (id, clock) = (id?, session.playhead.get_untracked().clock);
    session.read_untracked(|read| {
        let account = read.account(id, clock);
        look(read, &account)
    })
}

fn currency_of(session: Session, id: Option<StreamId>) -> Currency {
    let live = crate::app::Moment { rank: crate::kernel::Rank::new(u32::MAX), ..Default::default() };
    id.and_then(|id| session.read(|read| read.balances(&live).get(id).map(|row| row.currency())).flatten())
        .unwrap_or(Currency::EUR)
}

/// What is not shown because it had not happened.
#[component]
fn Later(session: Session, total: Memo<usize>, reached: Memo<usize>) -> impl IntoView {
    let later = Memo::new(move |_| total.get().saturating_sub(reached.get()));
    let is_shown = Memo::new(move |_| later.get() > 0 && !session.moment.get().is_live());
    let text = move || {
        let at = session.moment.get().at.map(|at| format::time(at, session.zone.get())).unwrap_or_default();
        match later.get() {
            1 => format!("1 later event is not shown. At {at} it had not happened."),
            later => {
                let later = format::int(u32::try_from(later).unwrap_or(u32::MAX));
                format!("{later} later events are not shown. At {at} they had not happened.")
            }
        }
    };
    view! {
        <Show when=move || is_shown.get()>
            <div class="later">{text}</div>
        </Show>
    }
}

/// An entry, and what its neighbours and its stream say of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Shown {
    entry: Entry,
    change: i64,
    version: Version,
}

impl Shown {
    fn of(history: &History<BankCodec>, id: StreamId, account: &AccountHistory, index: usize) -> Option<Self> {
        let entry = account.entries().get(index)?;
        let version = history.stream(id)?.version_at(entry.position);
        Some(Self { entry, change: account.change(index), version })
    }
}

/// What a row shows of the event itself.
#[derive(Clone, PartialEq)]
struct Line {
    /// The schema it was written with, where it is read as another.
    old_schema: Option<SchemaVersion>,
    who: String,
    why: String,
}

impl Line {
    /// While the playhead is dragged over it, only what is near by: nobody reads it then, and it may lie in any block.
    fn of(session: Session, position: Position) -> Option<Self> {
        let is_passing = session.is_passing.get();
        let look = |history: &History<BankCodec>| {
            if is_passing { history.event_near_by(position) } else { history.event(position) }
        };
        let event = session.read_untracked(|read| look(read.history())).flatten()?;
        let old_schema = super::detail::read_as(session, &event).map(|(written, _)| written);
        let (who, why) = (event.event.actor.to_string(), event.event.reason.to_string());
        Some(Self { old_schema, who, why })
    }
}

/// One event, and its detail where it is open. The row is written again in place where it shows another one.
#[component]
fn Row(
    session: Session,
    shown: Memo<Option<Shown>>,
    currency: Memo<Currency>,
    open: RwSignal<Option<Position>>,
) -> impl IntoView {
    let line = Memo::new(move |_| shown.get().and_then(|shown| Line::of(session, shown.entry.position)));
    let text = move |of: fn(&Line) -> &str| {
        move || line.with(|line| line.as_ref().map(|line| of(line).to_owned()).unwrap_or_default())
    };
    let is = move |of: fn(&Shown) -> bool| move || shown.with(|shown| shown.as_ref().is_some_and(of));
    let is_open = Memo::new(move |_| shown.get().is_some_and(|shown| open.get() == Some(shown.entry.position)));
    let version = move || shown.get().map(|shown| shown.version.to_string());
    let kind = Memo::new(move |_| shown.get().map(|shown| shown.entry.kind.type_name().to_owned()).unwrap_or_default());
    let old_schema = Memo::new(move |_| line.with(|line| line.as_ref().and_then(|line| line.old_schema)));
    let amount = move || {
        let signed = |shown: Shown| format::signed(shown.change, currency.get());
        shown.get().map(|shown| if shown.entry.moves_money { signed(shown) } else { "none".to_owned() })
    };
    let toggle = move |_| {
        let here = shown.get_untracked().map(|shown| shown.entry.position);
        open.update(|open| *open = here.filter(|here| *open != Some(*here)));
    };
    let detail = move || {
        let event = session.read_untracked(|read| read.history().event(shown.get()?.entry.position)).flatten();
        event.map(|event| view! { <EventDetail session event /> })
    };
    view! {
        <div class="tr" class:open=move || is_open.get() role="row" aria-rowindex=version data-testid="timeline-row" data-position=move || shown.get().map(|shown| shown.entry.position.to_string()) data-version=version>
            <span role="cell" class="num c-v dim">{version}</span>
            <span role="cell" class="c-t nw sub">{move || shown.get().map(|shown| format::time(shown.entry.at, session.zone.get()))}</span>
            <span role="cell" class="c-k">
                <button class="rowbtn" aria-expanded=move || is_open.get().to_string() aria-label=move || format!("Version {}, {}, details", version().unwrap_or_default(), kind.get()) on:click=toggle></button>
                <EventChip event_type=kind />
                {move || old_schema.get().map(|written| view! { <span class="tag" title=format!("schema {written}, read as {}", written.next())>{format!("schema {written}")}</span> })}
            </span>
            <span role="cell" class="num c-a" class:pos=is(|shown| shown.change > 0) class:dim=is(|shown| !shown.entry.moves_money)>{amount}</span>
            <span role="cell" class="num c-b" class:neg=is(|shown| shown.entry.balance < 0)>{move || shown.get().map(|shown| format::money(shown.entry.balance, currency.get()))}</span>
            <span role="cell" class="c-who sub el">{text(|line| &line.who)}</span>
            <span role="cell" class="c-w el" title=text(|line| &line.why)>
                <Show when=is(|shown| shown.entry.beyond_limit)>
                    <span class="tag neg">"beyond the limit"</span>
                    " "
                </Show>
                {text(|line| &line.why)}
            </span>
        </div>
        {move || is_open.get().then(detail)}
    }
}
