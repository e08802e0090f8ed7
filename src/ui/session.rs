//! The session: the one bridge between the application and the screens. Signals and memos go out, intentions come in.

mod address;
mod fetching;
mod ledgers;
mod outside;
mod time;
mod writing;

pub(crate) use ledgers::slug_of;

use super::backend::{self, BrowserLog, TabLink};
use crate::{
    app::{
        Accounts, Ahead, BankCommand, DispatchError, Ledger, Moment, Playback, Playhead, Preview, Progress, ReadSide,
        Speed, TimeRange, advice::Advice, format::Zone, route::Route,
    },
    kernel::Position,
    store::{LedgerId, LedgerInfo, Preferences, ZoneChoice},
};
use futures_channel::oneshot::Sender;
use leptos::prelude::*;
use std::rc::Rc;

/// What the page is doing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// Reading a ledger.
    Opening(Progress),
    /// Reading a ledger whose accounts are shown already, as they are at its end.
    Reading(Progress),
    /// Writing many events: a title and how far it has come.
    Working(String, Progress),
    /// A ledger is open.
    Ready,
    /// The ledger could not be opened.
    Failed(Advice),
}

/// Something that must be told, and stays until it is put away.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    /// What to tell.
    pub(crate) advice: Advice,
    /// Whether something is wrong.
    pub(crate) bad: bool,
    /// Whether restoring from a file is offered.
    pub(crate) restore: bool,
}

/// The grammatical tense of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tense {
    /// No events yet.
    Empty,
    /// At the head.
    Live,
    /// At an earlier moment.
    Past,
}

impl Tense {
    /// Of a moment.
    fn of(moment: &Moment) -> Self {
        match (moment.head.get(), moment.is_live()) {
            (0, _) => Self::Empty,
            (_, true) => Self::Live,
            (_, false) => Self::Past,
        }
    }

    /// The value of `data-tense`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Live => "live",
            Self::Past => "past",
        }
    }
}

type OpenLedger = Rc<Ledger<BrowserLog>>;
type KnownEnd = Rc<Ahead<BrowserLog>>;

/// All signals of the page. It is a bundle of handles, passed by copy.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    ledger: StoredValue<Option<OpenLedger>, LocalStorage>,
    /// The end of the log that is being read, from a checkpoint of it.
    ahead: StoredValue<Option<KnownEnd>, LocalStorage>,
    /// Who waits until the history is read.
    waiting: StoredValue<Vec<Sender<()>>, LocalStorage>,
    /// A ledger that was filled before it is shown, and need not be read again.
    handed_over: StoredValue<Option<(LedgerId, OpenLedger)>, LocalStorage>,
    tabs: StoredValue<Option<TabLink>, LocalStorage>,
    cancelled: StoredValue<bool>,
    /// The whole of the ledger on the time bar, as it was last shown.
    whole: StoredValue<Option<TimeRange>>,
    playing: StoredValue<Option<(Playback, f64)>>,
    is_tidying: StoredValue<bool>,
    is_fetching: StoredValue<bool>,
    /// How often blocks have come that were not in memory when something was looked at.
    arrivals: RwSignal<u32>,
    /// Where the playhead goes once what is shown there has been fetched.
    heading: StoredValue<Option<Playhead>>,
    /// What the page was doing before long work began.
    before_work: StoredValue<Option<Phase>>,
    /// What the page is doing.
    pub(crate) phase: RwSignal<Phase>,
    /// Which screen of which ledger, as the address says.
    pub(crate) route: RwSignal<Route>,
    /// Where the playhead stands.
    pub(crate) playhead: RwSignal<Playhead>,
    /// Where the playhead last came to rest. It stands still while the playhead is played or dragged, but for where a
    /// drag pauses: what cannot be read, or clicked, sixty times a second follows this.
    pub(crate) settled: RwSignal<Playhead>,
    /// Whether the playhead is being dragged.
    pub(crate) is_scrubbing: RwSignal<bool>,
    /// Whether it is being dragged and does not rest meanwhile.
    pub(crate) is_passing: Memo<bool>,
    /// The last event that is durable and folded.
    pub(crate) head: RwSignal<Position>,
    /// The stretch of time on the time bar.
    pub(crate) range: RwSignal<TimeRange>,
    /// How fast it plays.
    pub(crate) speed: RwSignal<Speed>,
    /// Whether it plays.
    pub(crate) is_playing: RwSignal<bool>,
    /// The ledgers there are.
    pub(crate) ledgers: RwSignal<Vec<LedgerInfo>>,
    /// The open one.
    pub(crate) current: RwSignal<Option<LedgerInfo>>,
    /// What was chosen.
    pub(crate) preferences: RwSignal<Preferences>,
    /// What must be told.
    pub(crate) notices: RwSignal<Vec<Notice>>,
    /// Whether the open ledger outlives the page.
    pub(crate) in_memory: RwSignal<bool>,
    /// A file that was dropped or chosen, on its way to the import dialog.
    pub(crate) file: RwSignal<Option<web_sys::File>, LocalStorage>,
    /// The playhead, looked up.
    pub(crate) moment: Memo<Moment>,
    /// The tense of the screen.
    pub(crate) tense: Memo<Tense>,
    /// The wall clock of the screen.
    pub(crate) zone: Memo<Zone>,
}

impl Session {
    /// Makes the signals and begins to open the ledger that the address names.
    pub(crate) fn start() -> Self {
        let preferences = RwSignal::new(backend::load_preferences());
        let (playhead, head) = (RwSignal::new(Playhead::default()), RwSignal::new(Position::ZERO));
        let ledger: StoredValue<Option<OpenLedger>, LocalStorage> = StoredValue::new_local(None);
        let ahead: StoredValue<Option<KnownEnd>, LocalStorage> = StoredValue::new_local(None);
        let moment = Memo::new(move |_| {
            head.track();
            let playhead = playhead.get();
            let read =
                ledger.with_value(|ledger| ledger.as_ref().map(|ledger| ledger.read(|read| read.moment(playhead))));
            let end = || ahead.with_value(|ahead| ahead.as_ref().map(|ahead| ahead.moment()));
            read.or_else(end).unwrap_or_default()
        });
        let tense = Memo::new(move |_| moment.with(Tense::of));
        let (settled, is_scrubbing) = (RwSignal::new(Playhead::default()), RwSignal::new(false));
        let zone = Memo::new(move |_| match preferences.with(|preferences| preferences.zone) {
            ZoneChoice::Local => backend::local_zone(),
            ZoneChoice::Utc => Zone::UTC,
        });
        let session = Self {
            ledger,
            ahead,
            waiting: StoredValue::new_local(Vec::new()),
            handed_over: StoredValue::new_local(None),
            tabs: StoredValue::new_local(None),
            cancelled: StoredValue::new(false),
            whole: StoredValue::new(None),
            playing: StoredValue::new(None),
            is_tidying: StoredValue::new(false),
            is_fetching: StoredValue::new(false),
            arrivals: RwSignal::new(0),
            heading: StoredValue::new(None),
            before_work: StoredValue::new(None),
            phase: RwSignal::new(Phase::Opening(Progress::default())),
            route: RwSignal::new(Route::parse(&address::location_hash())),
            playhead,
            settled,
            is_scrubbing,
            is_passing: Memo::new(move |_| is_scrubbing.get() && playhead.get() != settled.get()),
            head,
            range: RwSignal::new(TimeRange::default()),
            speed: RwSignal::new(Speed::default()),
            is_playing: RwSignal::new(false),
            ledgers: RwSignal::new(backend::ledgers()),
            current: RwSignal::new(None),
            preferences,
            notices: RwSignal::new(Vec::new()),
            in_memory: RwSignal::new(false),
            file: RwSignal::new_local(None),
            moment,
            tense,
            zone,
        };
        session.settle();
        session.follow_address();
        session.mirror_outside();
        session.open_routed();
        session
    }

    /// Looks at the read side; runs again when the head moves. `None` while no ledger is open, or blocks are needed that are
    /// not in memory: it runs again when they have come.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&mut ReadSide) -> R) -> Option<R> {
        self.head.track();
        self.read_untracked(look)
    }

    /// Looks at the accounts; runs again when the head moves. While a ledger is being read they are those at its end, if
    /// that is known; `None` before.
    pub(crate) fn accounts<R>(&self, look: impl FnOnce(&mut Accounts<'_>) -> R) -> Option<R> {
        self.head.track();
        self.accounts_untracked(look)
    }

    /// Looks at the accounts once.
    pub(crate) fn accounts_untracked<R>(&self, look: impl FnOnce(&mut Accounts<'_>) -> R) -> Option<R> {
        match (self.ledger(), self.ahead.get_value()) {
            (Some(ledger), _) => self.at_hand(&ledger, |read| look(&mut Accounts::Read(read))),
            (None, Some(ahead)) => Some(ahead.read(look)),
            (None, None) => None,
        }
    }

    /// Whether the accounts are shown, and the history is not read yet.
    pub(crate) fn is_reading(&self) -> bool {
        self.phase.with(|phase| matches!(phase, Phase::Reading(_)))
    }

    /// Whether commands have to wait until the history is read.
    pub(crate) fn commands_wait(&self) -> bool {
        self.is_reading() && !self.ahead.with_value(|ahead| ahead.as_ref().is_some_and(|ahead| ahead.takes_commands()))
    }

    /// Tells what a command would append; runs again when the head moves. `None` while no ledger takes any.
    pub(crate) fn preview(&self, command: &BankCommand) -> Option<Result<Preview, DispatchError>> {
        self.head.track();
        match (self.ledger(), self.ahead.get_value()) {
            (Some(ledger), _) => Some(ledger.preview(command)),
            (None, Some(ahead)) => Some(ahead.preview(command)),
            (None, None) => None,
        }
    }

    /// Looks at the read side once, and again only when blocks have come that are needed and were not in memory.
    pub(crate) fn read_untracked<R>(&self, look: impl FnOnce(&mut ReadSide) -> R) -> Option<R> {
        self.at_hand(&self.ledger()?, look)
    }

    /// The event after which the playhead last came to rest; `None` while no ledger is open.
    pub(crate) fn settled_position(&self) -> Option<Position> {
        let settled = self.settled.get();
        self.read(|read| read.moment(settled).position)
    }

    /// The open ledger.
    pub(crate) fn ledger(&self) -> Option<OpenLedger> {
        // Work in slices may ask when the session is gone.
        self.ledger.try_get_value().flatten()
    }

    /// Tells something that stays until it is put away.
    pub(crate) fn tell(&self, notice: Notice) {
        self.notices.update(|notices| {
            if !notices.contains(&notice) {
                notices.push(notice);
            }
        });
    }

    /// Saves what was chosen; where that fails the choice holds until the page is closed.
    pub(crate) fn save_preferences(&self) {
        backend::save_preferences(&self.preferences.get_untracked());
    }
}
