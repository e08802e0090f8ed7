//! A long ledger starts from the index that was kept of it, and what lies in blocks that were not read comes when it is
//! looked at.

use super::{
    act::{click, press, strike, type_into},
    board::{frame, until},
    find::{Find as _, Found, attribute, words},
    page::{Page, tense},
    patch::{Patch, run},
    pointer::Mouse,
    stage::fresh_id,
};
use crate::{
    app::{Ledger, LogFilter, LogSearch, ReadSide, SavingPolicy, format},
    bank::demo::{DemoLedger, DemoSize},
    kernel::{Block, CheckpointStore as _, Clock, EventLog as _, Position, Rank, RecordedEvent, StreamName, Tail},
    store::{LedgerId, MemoryLog},
    ui::backend::{self, PageEnv},
};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const EVENTS: u32 = 20_000;
/// How many events each block has, but for the last one.
const BLOCK_EVENTS: u32 = 4096;
/// The last of the five blocks.
const LAST_BLOCK: u32 = 4;
/// All that is kept beside the blocks.
const KEPT: [&str; 5] = ["balances recorded", "balances occurred", "run 0", "heads", "index"];

thread_local! {
    /// The ledger with all of its history in memory: what it says is right. Made once for all tests.
    static WHOLE: RefCell<Option<Rc<Ledger<MemoryLog>>>> = const { RefCell::new(None) };
}

/// The log of a demo, in blocks of which each has as many events.
async fn demo() -> MemoryLog {
    let ledger = Ledger::open(MemoryLog::new(), &PageEnv, |_| {}).await.expect("it opens");
    let demo = DemoLedger::new(DemoSize { events: EVENTS, accounts: 20 });
    let staged = demo.map(|demo| (demo.event, Some(demo.recorded_at)));
    ledger.append_staged(staged, &PageEnv, |_| true).await.expect("it is appended");
    let events_of = |block: &Block| block.events().expect("it can be read");
    let events: Vec<_> = ledger.read(|read| read.history().blocks_here().flat_map(events_of).collect());
    let (log, mut tail) = (MemoryLog::new(), Tail::START);
    for events in events.chunks(BLOCK_EVENTS as usize) {
        let block = Block::seal(events, tail.chain).expect("a block");
        log.append(tail, std::slice::from_ref(&block)).await.expect("it is appended");
        tail = Tail::after(block.header());
    }
    log
}

async fn whole() -> Rc<Ledger<MemoryLog>> {
    if let Some(made) = WHOLE.with_borrow(Clone::clone) {
        return made;
    }
    let ledger = Ledger::open(demo().await, &PageEnv, |_| {}).await.expect("it opens");
    for clock in [Clock::Recorded, Clock::Occurred] {
        assert_eq!(ledger.save_checkpoint(clock, SavingPolicy::default(), &PageEnv).await, Ok(true));
    }
    assert_eq!(ledger.keep_index(SavingPolicy::default(), &PageEnv).await, Ok(true));
    let made = Rc::new(ledger);
    WHOLE.set(Some(Rc::clone(&made)));
    made
}

/// Notes behind which event blocks are read.
const READS: &str = "
    const getAll = IDBObjectStore.prototype.getAll;
    window.readBehind = [];
    IDBObjectStore.prototype.getAll = function (range, ...rest) {
        if (this.name === 'blocks') window.readBehind.push(range.lower);
        return getAll.call(this, range, ...rest);
    };
    return () => { IDBObjectStore.prototype.getAll = getAll; delete window.readBehind; };
";

/// The long ledger in a database of its own, as a page leaves it.
struct Left {
    id: LedgerId,
    whole: Rc<Ledger<MemoryLog>>,
    _reads: Patch,
    _part: Patch,
}

impl Left {
    async fn new() -> Self {
        window().local_storage().expect("storage").expect("storage").clear().expect("it is cleared");
        let (id, whole) = (fresh_id(), whole().await);
        let (log, _) = backend::open_log(&id).await.expect("it opens");
        let stored = whole.log().read(Position::ZERO, u32::MAX).await.expect("it answers");
        let blocks: Vec<Block> =
            stored.into_iter().map(|stored| Block::from_bytes(stored.bytes).expect("a block")).collect();
        assert_eq!(blocks.len(), LAST_BLOCK as usize + 1);
        log.append(Tail::START, &blocks).await.expect("it is appended");
        for key in KEPT {
            let bytes = whole.log().load(key).await.expect("it answers").expect("it is kept");
            log.save(&[(key, &bytes)]).await.expect("it is saved");
        }
        let part = part_at_hand(whole.log()).await;
        Self { id, whole, _reads: Patch::new(READS), _part: always_check(part) }
    }

    /// The same, but one bit of a block is another by now.
    async fn damaged(block: u32) -> Self {
        let left = Self::new().await;
        let last = (block + 1) * BLOCK_EVENTS;
        let flip = format!(
            "return (async () => {{
                const ask = request => new Promise(done => {{ request.onsuccess = () => done(request.result); }});
                const database = await ask(indexedDB.open('annals.{}'));
                const transaction = database.transaction('blocks', 'readwrite');
                const blocks = transaction.objectStore('blocks');
                const bytes = await ask(blocks.get({last}));
                bytes[3000] ^= 1;
                blocks.put(bytes, {last});
                await new Promise(done => {{ transaction.oncomplete = done; }});
                database.close();
            }})();",
            left.id
        );
        JsFuture::from(js_sys::Promise::resolve(&run(&flip))).await.expect("it is written");
        left
    }

    /// The page at an address of the ledger, which it opened from the index.
    async fn page(&self, rest: &str) -> Page {
        let page = Page::at(&format!("#/{}{rest}", self.id));
        opened(&page, EVENTS).await;
        page
    }

    /// What an account held after an event.
    fn balance_at(&self, number: &str, event: u32) -> i64 {
        let account = StreamName::parse(&format!("account/{number}")).expect("a stream");
        let held = self.whole.read(|read| {
            let id = read.history().stream_id(&account)?;
            Some(read.balances_at(Clock::Recorded, Rank::new(event)).get(id)?.balance)
        });
        held.expect("it is open")
    }

    /// The positions of the events of an account.
    fn events_of(&self, number: &str) -> Vec<u32> {
        let account = StreamName::parse(&format!("account/{number}")).expect("a stream");
        self.whole.read(|read| {
            let history = read.history();
            let stream = history.stream_id(&account).and_then(|id| history.stream(id)).expect("it is open");
            stream.positions(Clock::Recorded).iter().map(|position| position.get()).collect()
        })
    }

    fn event(&self, position: &str) -> RecordedEvent {
        let position = Position::new(position.parse().expect("a position"));
        self.whole.read(|read| read.history().event(position)).expect("there is one")
    }

    /// Whether an index is in the database.
    async fn has_index(&self) -> bool {
        let (log, _) = backend::open_log(&self.id).await.expect("it opens");
        log.load("index").await.expect("it answers").is_some()
    }
}

/// A part whose check needs no block but the last: that check of a start shall not read what the tests look at.
async fn part_at_hand(log: &MemoryLog) -> u32 {
    let ledger = Ledger::open_kept(log.clone(), &PageEnv, |_| {}).await.expect("it opens");
    assert!(ledger.has_kept_index());
    let is_at_hand = |part: &u32| {
        (0..ReadSide::CHECKS).all(|check| {
            ledger
                .read_at_hand(|read| {
                    read.begin_check(check, *part).map(|mut check| read.check_on(&mut check, u32::MAX))
                })
                .is_some()
        })
    };
    (0..1_000_000).find(is_at_hand).expect("there is such a part")
}

/// Lets each start check that part of the history.
fn always_check(part: u32) -> Patch {
    Patch::new(&format!(
        "const any = Math.random;
         Math.random = () => ({part} + 0.5) / 0xffff_ffff;
         return () => {{ Math.random = any; }};"
    ))
}

/// Which blocks were read since the patch began, each once, in order.
fn blocks_read() -> Vec<u32> {
    let behind = run("return window.readBehind.join();").as_string().expect("a text");
    let behind = behind.split(',').filter_map(|event| event.parse::<u32>().ok());
    let mut blocks: Vec<u32> = behind.filter(|event| *event < EVENTS).map(|event| event / BLOCK_EVENTS).collect();
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

/// Waits until a ledger is open, and not only its accounts are shown.
async fn opened(page: &Page, events: u32) {
    page.opened(events).await;
    let is_reading = || document().document_element().is_some_and(|root| root.has_attribute("data-reading"));
    until("the ledger is read", || (!is_reading()).then_some(())).await;
}

/// The balance shown, in minor units.
fn balance(page: &Page) -> i64 {
    attribute(&page.test_id("balance"), "data-minor").parse().expect("a balance")
}

/// The accounts of the list, and what it says that each holds.
fn accounts(page: &Page) -> Vec<(String, i64)> {
    let account = |row: &Found| {
        let number = attribute(row, "data-stream").strip_prefix("account/").expect("a number").to_owned();
        (number, attribute(row, "data-minor").parse().expect("a balance"))
    };
    page.test_ids("account-row").iter().map(account).collect()
}

/// The account that is chosen.
fn chosen(page: &Page) -> String {
    let row = page.all("[data-testid='account-row'][aria-current='true']").remove(0);
    attribute(&row, "data-stream").strip_prefix("account/").expect("a number").to_owned()
}

/// Waits until the page stands after an event.
async fn stands_after(page: &Page, event: u32) {
    let state = format!("event {} of {}", format::int(event), format::int(page.head()));
    until(&format!("it stands after {state}"), || page.state().ends_with(&state).then_some(())).await;
}

/// The balance and the accounts are what the whole history says they were after an event.
fn shows_what_was_after(page: &Page, left: &Left, event: u32) {
    assert_eq!(balance(page), left.balance_at(&chosen(page), event));
    lists_what_was_after(page, left, event);
}

fn lists_what_was_after(page: &Page, left: &Left, event: u32) {
    let accounts = accounts(page);
    assert!(!accounts.is_empty(), "accounts are listed");
    for (number, held) in &accounts {
        assert_eq!(*held, left.balance_at(number, event), "{number} after event {event}");
    }
}

/// Waits until the rows of the timeline say who and why; they say what their events say.
async fn rows_say_who_and_why(page: &Page, left: &Left) -> Vec<Found> {
    let cell = |row: &Found, class: &str| row.all(class).remove(0);
    let is_told = |row: &Found| !words(&cell(row, ".c-who").inner_text()).is_empty();
    let rows = || Some(page.test_ids("timeline-row")).filter(|rows| rows.len() > 5 && rows.iter().all(is_told));
    let rows = until("who and why are there", rows).await;
    for row in &rows {
        let event = left.event(&attribute(row, "data-position")).event;
        let told = (words(&cell(row, ".c-who").inner_text()), attribute(&cell(row, ".c-w"), "title"));
        assert_eq!(told, (words(&event.actor), event.reason.to_string()));
    }
    rows
}

fn position(row: &Found) -> u32 {
    attribute(row, "data-position").parse().expect("a position")
}

#[wasm_bindgen_test]
async fn a_start_from_the_index_reads_the_last_block_and_shows_everything_at_the_end() {
    let left = Left::new().await;
    let page = left.page("").await;
    assert_eq!(page.state(), "LIVE event 20,000");
    shows_what_was_after(&page, &left, EVENTS);
    let chart = || Some(attribute(&page.test_id("balance-chart"), "aria-label")).filter(|told| !told.is_empty());
    let chart = until("the chart says what it shows", chart).await;
    assert!(chart.starts_with(&format!("Balance of {} from 2023", chosen(&page))), "{chart}");
    rows_say_who_and_why(&page, &left).await;
    assert_eq!(blocks_read(), [LAST_BLOCK]);
    assert!(page.says("balanced") && page.says("chain intact"));
    assert!(page.all(".notice.bad").is_empty());
}

#[wasm_bindgen_test]
async fn an_address_far_back_opens_there_and_shows_what_was() {
    let left = Left::new().await;
    // Two of its events lie in the second block, the others that are listed in the first.
    let event = left.events_of("ACC-0417").into_iter().filter(|event| *event > BLOCK_EVENTS).nth(1).expect("some");
    let page = left.page(&format!("/bank/ACC-0417?at={event}")).await;
    stands_after(&page, event).await;
    assert_eq!(tense(), "past");
    shows_what_was_after(&page, &left, event);
    let mut rows = rows_say_who_and_why(&page, &left).await;
    rows.sort_by_key(position);
    let (oldest, newest) = (rows.remove(0), rows.remove(rows.len() - 1));
    assert!(position(&oldest) <= BLOCK_EVENTS && position(&newest) > BLOCK_EVENTS, "they lie in two blocks");
    assert_eq!(blocks_read(), [0, 1, LAST_BLOCK], "only what is looked at");
    click(&newest.all("button").remove(0)).await;
    until("the event is there", || page.roles("region", "Raw event").pop()).await;
    click(&page.roles("button", "Return to live")[0]).await;
    assert_eq!(page.state(), "LIVE event 20,000");
    shows_what_was_after(&page, &left, EVENTS);
    rows_say_who_and_why(&page, &left).await;
}

/// So many times a hundred events back, in one breath: on the way most of it is not there yet.
fn back(playhead: &Found, hundreds: u32) {
    (0..hundreds).for_each(|_| strike(playhead, "Shift+ArrowLeft"));
}

#[wasm_bindgen_test]
async fn keys_lead_to_what_was_and_those_pressed_while_it_is_fetched_count() {
    let left = Left::new().await;
    let page = left.page("").await;
    let playhead = page.role("slider", "Playhead");
    press(&playhead, "Home").await;
    stands_after(&page, 1).await;
    lists_what_was_after(&page, &left, 1);
    click(&page.roles("button", "Return to live")[0]).await;
    back(&playhead, 60);
    stands_after(&page, 14_000).await;
    shows_what_was_after(&page, &left, 14_000);
    rows_say_who_and_why(&page, &left).await;
}

/// The track of the time bar, once it can be pressed.
async fn track(page: &Page) -> Found {
    let is_drawn = |canvas: &Found| canvas.offset_width() > 0;
    let canvas = until("it has its size", || page.all("#tb-track canvas").into_iter().next().filter(is_drawn)).await;
    // With a frame the browser tells how large it is.
    frame().await;
    canvas
}

fn stands_at(page: &Page) -> u32 {
    attribute(&page.role("slider", "Playhead"), "aria-valuenow").parse().expect("an event")
}

#[wasm_bindgen_test]
async fn a_drag_over_what_is_not_there_ends_where_it_was_let_go() {
    let left = Left::new().await;
    let page = left.page("").await;
    let canvas = track(&page).await;
    Mouse(&canvas).drag(0.2, 0.2);
    let goal = until("it is in the past", || Some(stands_at(&page)).filter(|event| *event < EVENTS)).await;
    drop(page);
    let left = Left::new().await;
    let page = left.page("").await;
    let canvas = track(&page).await;
    let mouse = Mouse(&canvas);
    mouse.press(0.9);
    for step in 1..=7 {
        mouse.move_to(0.9 - f64::from(step) / 10.0);
        frame().await;
    }
    mouse.release(0.2);
    stands_after(&page, goal).await;
    shows_what_was_after(&page, &left, goal);
    rows_say_who_and_why(&page, &left).await;
}

/// The positions of the events of the log that are in view, once all of them say what they are, which is right.
async fn log_rows(page: &Page, left: &Left, expected: u32) -> Vec<String> {
    let position = |row: &Found| attribute(row, "data-position");
    let is_told = |row: &Found| !attribute(row, "data-version").is_empty();
    let rows = || {
        let rows = page.test_ids("log-row");
        let is_there = rows.iter().any(|row| position(row) == expected.to_string());
        (is_there && rows.iter().all(is_told)).then_some(rows)
    };
    let rows = until("the rows say what they are", rows).await;
    for row in &rows {
        let recorded = left.event(&position(row));
        assert_eq!(attribute(row, "data-version"), recorded.version.to_string());
        assert!(row.says(&recorded.event.stream.to_string()), "{}", row.inner_text());
        let summary = words(&row.all(".c-sum").remove(0).inner_text());
        assert!(!summary.is_empty(), "event {} is summed up", position(row));
    }
    rows.iter().map(position).collect()
}

async fn filter(page: &Page, line: &str, found: usize) {
    type_into(&page.field("Filter events"), line).await;
    let count = format!("{} of 20,000 events", format::int(u32::try_from(found).expect("few")));
    until("it is filtered", || (words(&page.test_id("log-count").inner_text()) == count).then_some(())).await;
}

#[wasm_bindgen_test]
async fn the_log_shows_rows_far_back_and_a_search_finds_what_is_there() {
    let left = Left::new().await;
    let page = left.page("/log").await;
    assert!(page.says("Chain intact, blocks checked as read"));
    assert_eq!(log_rows(&page, &left, EVENTS).await[0], "20000");
    let list = page.all(".llist .scroll").remove(0);
    let row_height = list.scroll_height() / i32::try_from(EVENTS).expect("few");
    list.set_scroll_top(row_height * 17_000);
    log_rows(&page, &left, 2_995).await;
    let read = blocks_read();
    assert!(!read.contains(&1) && !read.contains(&2) && !read.contains(&3), "only what is in view: {read:?}");
    filter(&page, "seq:9000..9010", 11).await;
    log_rows(&page, &left, 9_005).await;
    let read = blocks_read();
    assert!(!read.contains(&1) && !read.contains(&3), "only what can match: {read:?}");
    let expected = {
        let words = LogFilter { words: vec!["bergen".to_owned()], ..LogFilter::default() };
        let mut search = LogSearch::new(words);
        while !left.whole.read(|read| search.step(read.history(), EVENTS)) {}
        search.found().to_vec()
    };
    filter(&page, "bergen", expected.len()).await;
    let newest: Vec<String> = expected.iter().rev().map(ToString::to_string).collect();
    let listed = log_rows(&page, &left, expected[expected.len() - 1].get()).await;
    assert_eq!(listed, newest[..listed.len()]);
    assert!(page.all(".notice.bad").is_empty());
}

#[wasm_bindgen_test]
async fn a_command_after_such_a_start_is_saved_and_shown_and_the_next_start_has_it() {
    let left = Left::new().await;
    let page = left.page("").await;
    let before = balance(&page);
    for (label, text) in [("Amount", "25.00"), ("Source", "cash"), ("Who", "Ada"), ("Why", "May")] {
        type_into(&page.field(label), text).await;
    }
    click(&page.role("button", "Deposit EUR 25.00")).await;
    until("it is saved", || (page.head() == EVENTS + 1).then_some(())).await;
    assert_eq!(balance(&page), before + 2500);
    let newest = || page.test_ids("timeline-row").into_iter().next().filter(|row| row.says("Ada"));
    let newest = until("it is listed", newest).await;
    assert!(newest.says("May") && newest.says("+25.00"), "{}", newest.inner_text());
    assert!(page.all(".notice.bad").is_empty());
    assert_eq!(blocks_read(), [LAST_BLOCK], "to decide on it nothing of what happened is read");
    drop(page);
    let page = Page::at(&format!("#/{}", left.id));
    opened(&page, EVENTS + 1).await;
    assert_eq!(balance(&page), before + 2500);
    let again = backend::open_beside(&left.id).await.expect("it opens");
    assert!(again.has_kept_index());
    assert_eq!(again.tail().position, Position::new(EVENTS + 1), "what is behind the index is read");
    assert_eq!(again.verify(&PageEnv, |_| true).await.map(|found| found.events), Ok(EVENTS + 1));
}

/// What is told where the second block is damaged: as where it is found at a start that reads everything.
async fn is_told_of_damage(page: &Page, left: &Left) {
    let told = || page.says("The log cannot be read from event 4,097 on.").then_some(());
    until("the damage is told", told).await;
    assert!(page.says("Events 1 to 4,096 are intact") && page.says("Nothing is appended behind that."));
    let notices: Vec<String> = page.all(".notice.bad").iter().map(|notice| words(&notice.inner_text())).collect();
    assert_eq!(notices.len(), 1, "{notices:?}");
    until("what is intact is open", || (page.head() == 4096 && page.test_ids("work").is_empty()).then_some(())).await;
    assert!(!left.has_index().await, "the next start reads the history");
}

#[wasm_bindgen_test]
async fn a_damaged_block_is_told_once_something_looks_there_and_the_events_before_it_are_shown() {
    let left = Left::damaged(1).await;
    let page = left.page("").await;
    rows_say_who_and_why(&page, &left).await;
    shows_what_was_after(&page, &left, EVENTS);
    let playhead = page.role("slider", "Playhead");
    press(&playhead, "Home").await;
    stands_after(&page, 1).await;
    assert!(page.all(".notice.bad").is_empty() && left.has_index().await, "nobody has looked there");
    (0..50).for_each(|_| strike(&playhead, "Shift+ArrowRight"));
    is_told_of_damage(&page, &left).await;
    shows_what_was_after(&page, &left, 4096);
    rows_say_who_and_why(&page, &left).await;
    let playhead = page.role("slider", "Playhead");
    press(&playhead, "Home").await;
    press(&playhead, "Shift+ArrowRight").await;
    stands_after(&page, 101).await;
    shows_what_was_after(&page, &left, 101);
}

#[wasm_bindgen_test]
async fn an_address_in_a_damaged_block_tells_of_it() {
    let left = Left::damaged(1).await;
    let page = Page::at(&format!("#/{}?at=6000", left.id));
    is_told_of_damage(&page, &left).await;
    lists_what_was_after(&page, &left, stands_at(&page));
}

#[wasm_bindgen_test]
async fn a_damaged_block_that_the_check_of_a_start_comes_upon_is_told() {
    let left = Left::damaged(1).await;
    let _part = always_check(1);
    let page = Page::at(&format!("#/{}", left.id));
    is_told_of_damage(&page, &left).await;
    shows_what_was_after(&page, &left, 4096);
}

#[wasm_bindgen_test]
async fn a_search_that_comes_upon_damage_tells_of_it_and_finds_what_is_before() {
    let left = Left::damaged(1).await;
    let page = left.page("/log").await;
    log_rows(&page, &left, EVENTS).await;
    type_into(&page.field("Filter events"), "type:AccountOpened").await;
    is_told_of_damage(&page, &left).await;
    let expected = {
        let mut search = LogSearch::new(LogFilter { event_type: Some("accountopened".into()), ..LogFilter::default() });
        while !left.whole.read(|read| search.step(read.history(), EVENTS)) {}
        search.found().iter().filter(|position| position.get() <= 4096).count()
    };
    let count = format!("{expected} of 4,096 events");
    until("it is searched", || (words(&page.test_id("log-count").inner_text()) == count).then_some(())).await;
}

/// Blocks that cannot be read for a while.
const UNREADABLE: &str = "
    const readable = IDBObjectStore.prototype.getAll;
    IDBObjectStore.prototype.getAll = function (...asked) {
        if (this.name === 'blocks') throw new DOMException('the disk does not answer', 'UnknownError');
        return readable.apply(this, asked);
    };
    return () => { IDBObjectStore.prototype.getAll = readable; };
";

#[wasm_bindgen_test]
async fn where_the_storage_fails_that_is_told_and_the_playhead_stays_and_goes_there_later() {
    let left = Left::new().await;
    let page = left.page("").await;
    rows_say_who_and_why(&page, &left).await;
    let unreadable = Patch::new(UNREADABLE);
    let playhead = page.role("slider", "Playhead");
    back(&playhead, 60);
    until("it is told", || page.says("the disk does not answer").then_some(())).await;
    // So far the last block reaches.
    stands_after(&page, 16_400).await;
    shows_what_was_after(&page, &left, 16_400);
    assert!(left.has_index().await, "nothing is wrong with the index");
    drop(unreadable);
    back(&playhead, 24);
    stands_after(&page, 14_000).await;
    shows_what_was_after(&page, &left, 14_000);
    rows_say_who_and_why(&page, &left).await;
}
