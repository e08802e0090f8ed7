//! The session: the one bridge between the application and the screens. Signals and memos go out, intentions come in.

use super::backend::{self, BrowserLog, PageEnv, TabLink};
use crate::{
    app::{
        DispatchError, Env as _, Intent, Ledger, Moment, Outcome, Playback, Playhead, Progress, ReadSide, Speed, Stand,
        TimeRange, Travel,
        advice::{self, Advice},
        format::{self, Zone},
        route::{At, Route, Screen},
    },
    kernel::{Clock, LogError, Position, Timestamp},
    store::{LedgerId, LedgerInfo, LedgerKind, Preferences, Theme, Witness, ZoneChoice},
};
use leptos::{prelude::*, task::spawn_local};
use std::{rc::Rc, time::Duration};

/// What the page is doing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// Reading a ledger.
    Opening(Progress),
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

/// How long a dragged playhead stands still before what it shows is worked out in full.
const SCRUB_PAUSES: Duration = Duration::from_millis(120);

/// All signals of the page. It is a bundle of handles, passed by copy.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    ledger: StoredValue<Option<OpenLedger>, LocalStorage>,
    tabs: StoredValue<Option<TabLink>, LocalStorage>,
    cancelled: StoredValue<bool>,
    /// The whole of the ledger on the time bar, as it was last shown.
    whole: StoredValue<Option<TimeRange>>,
    playing: StoredValue<Option<(Playback, f64)>>,
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
        let moment = Memo::new(move |_| {
            head.track();
            let playhead = playhead.get();
            ledger
                .with_value(|ledger| ledger.as_ref().map(|ledger| ledger.read(|read| read.moment(playhead))))
                .unwrap_or_default()
        });
        let tense = Memo::new(move |_| moment.with(Tense::of));
        let zone = Memo::new(move |_| match preferences.with(|preferences| preferences.zone) {
            ZoneChoice::Local => backend::local_zone(),
            ZoneChoice::Utc => Zone::UTC,
        });
        let session = Self {
            ledger,
            tabs: StoredValue::new_local(None),
            cancelled: StoredValue::new(false),
            whole: StoredValue::new(None),
            playing: StoredValue::new(None),
            phase: RwSignal::new(Phase::Opening(Progress::default())),
            route: RwSignal::new(Route::parse(&location_hash())),
            playhead,
            settled: RwSignal::new(Playhead::default()),
            is_scrubbing: RwSignal::new(false),
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

    /// Looks at the read side; runs again when the head moves. `None` while no ledger is open.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&mut ReadSide) -> R) -> Option<R> {
        self.head.track();
        self.read_untracked(look)
    }

    /// Looks at the read side once.
    pub(crate) fn read_untracked<R>(&self, look: impl FnOnce(&mut ReadSide) -> R) -> Option<R> {
        self.ledger().map(|ledger| ledger.read(look))
    }

    /// The event after which the playhead last came to rest; `None` while no ledger is open.
    pub(crate) fn settled_position(&self) -> Option<Position> {
        let settled = self.settled.get();
        self.read(|read| read.moment(settled).position)
    }

    /// The open ledger.
    pub(crate) fn ledger(&self) -> Option<OpenLedger> {
        self.ledger.get_value()
    }

    // ------------------------------------------------------------------ time

    /// Moves the playhead; playing stops.
    pub(crate) fn travel(&self, travel: Travel) {
        self.pause();
        self.move_to(travel);
    }

    fn move_to(&self, travel: Travel) {
        let next = self.read_untracked(|read| self.playhead.get_untracked().after(travel, read.history()));
        let Some(next) = next else { return };
        if self.playhead.get_untracked() != next {
            self.playhead.set(next);
        }
        if matches!(travel, Travel::UseClock(_)) {
            self.whole.set_value(self.whole_range());
        }
        if let Some(at) = self.moment.get_untracked().at {
            let range = self.range.get_untracked();
            if !range.contains(at) {
                self.range.set(self.within_ledger(range.following(at)));
            }
        }
    }

    /// Plays from the moment, or from the first event when live.
    pub(crate) fn play(&self) {
        if self.moment.get_untracked().is_live() {
            return;
        }
        self.playing.set_value(Some((
            Playback::new(self.speed.get_untracked(), self.moment.get_untracked()),
            backend::performance_now(),
        )));
        self.is_playing.set(true);
        self.next_frame();
    }

    /// Stops playing.
    pub(crate) fn pause(&self) {
        self.playing.set_value(None);
        if self.is_playing.get_untracked() {
            self.is_playing.set(false);
        }
    }

    /// Changes the speed, also while playing.
    pub(crate) fn set_speed(&self, speed: Speed) {
        self.speed.set(speed);
        if self.is_playing.get_untracked() {
            self.play();
        }
    }

    fn next_frame(&self) {
        let session = *self;
        request_animation_frame(move || {
            let Some(Some((playback, since))) = session.playing.try_get_value() else { return };
            #[expect(clippy::cast_possible_truncation, reason = "microseconds since playing began")]
            let elapsed = ((backend::performance_now() - since) * 1000.0) as i64;
            session.move_to(playback.travel(elapsed));
            if session.moment.get_untracked().is_live() {
                session.pause();
            } else {
                session.next_frame();
            }
        });
    }

    /// Shows the whole ledger on the time bar.
    pub(crate) fn fit(&self) {
        let whole = self.whole_range();
        self.whole.set_value(whole);
        if let Some(whole) = whole {
            self.range.set(whole);
        }
    }

    /// The whole of the ledger on the playhead's clock; `None` while it has no events.
    fn whole_range(&self) -> Option<TimeRange> {
        let clock = self.playhead.get_untracked().clock;
        self.read_untracked(|read| read.history().timeline(clock).span()).flatten().map(TimeRange::whole)
    }

    fn within_ledger(&self, range: TimeRange) -> TimeRange {
        self.whole_range().map_or(range, |whole| range.within(whole))
    }

    // --------------------------------------------------------------- address

    /// The address of a screen at the moment shown.
    pub(crate) fn href(&self, screen: Screen) -> String {
        self.route.get().on(screen).at_playhead(self.settled.get()).to_hash()
    }

    /// Goes to a screen at the moment shown.
    pub(crate) fn go(&self, screen: Screen) {
        self.go_to(self.route.get_untracked().on(screen).at_playhead(self.playhead.get_untracked()));
    }

    /// Goes to an address.
    #[expect(clippy::needless_pass_by_value, reason = "a route is made for going there")]
    pub(crate) fn go_to(&self, route: Route) {
        let hash = route.to_hash();
        if location_hash() != hash {
            push_address(&hash);
        }
        self.arrive(&route);
    }

    /// Goes to a screen at the moment shown, in place of the one that is shown: for a walk, which leaves no steps.
    pub(crate) fn go_instead(&self, screen: Screen) {
        self.replace(self.route.get_untracked().on(screen).at_playhead(self.playhead.get_untracked()));
    }

    /// Changes the address in place: for what is typed, where every letter would be a step back.
    pub(crate) fn replace(&self, route: Route) {
        replace_address(&route.to_hash());
        self.route.set(route);
    }

    fn arrive(&self, route: &Route) {
        let before = self.route.get_untracked();
        let other_ledger = !route.ledger.is_empty()
            && self.current.get_untracked().is_none_or(|info| info.id.as_str() != route.ledger);
        if before != *route {
            self.route.set(route.clone());
        }
        if other_ledger {
            self.open_routed();
        } else {
            self.apply_moment(route);
        }
    }

    fn apply_moment(&self, route: &Route) {
        let zone = self.zone.get_untracked();
        let here = Playhead { clock: route.clock, stand: Stand::Live };
        let wanted = self.read_untracked(|read| match &route.at {
            None => here,
            Some(At::Position(position)) => here.after(Travel::ToPosition(*position), read.history()),
            Some(At::Time(text)) => match format::parse_moment(text, zone) {
                Some(instant) => here.after(Travel::ToInstant(instant), read.history()),
                None => here,
            },
        });
        if let Some(wanted) = wanted
            && wanted != self.playhead.get_untracked()
        {
            self.pause();
            self.playhead.set(wanted);
            if let Some(at) = self.moment.get_untracked().at {
                let range = self.range.get_untracked();
                self.range.set(self.within_ledger(range.following(at)));
            }
        }
    }

    fn follow_address(&self) {
        let session = *self;
        // A typed address and a followed link both end in `popstate`; the browser's buttons too.
        let followed =
            window_event_listener(leptos::ev::popstate, move |_| session.arrive(&Route::parse(&location_hash())));
        on_cleanup(move || followed.remove());
        // The address follows the playhead once it rests, so that back and forward lead through resting places.
        let rested = debounce(Duration::from_millis(400), move |playhead: Playhead| {
            // It may rest longer than the session is there.
            let Some(route) = session.route.try_get_untracked() else { return };
            if session.ledger.with_value(Option::is_none) || session.is_playing.get_untracked() {
                return;
            }
            let next = route.at_playhead(playhead);
            let same_moment = session.read_untracked(|read| {
                let there = |at: &Option<At>| match at {
                    None => Some(read.history().head()),
                    Some(At::Position(position)) => Some(*position),
                    Some(At::Time(_)) => None,
                };
                there(&route.at) == there(&next.at) && route.clock == next.clock
            });
            if next != route && same_moment != Some(true) {
                push_address(&next.to_hash());
                session.route.set(next);
            }
        });
        let rested = StoredValue::new_local(rested);
        Effect::new(move |_| {
            let playhead = session.playhead.get();
            session.is_playing.track();
            rested.with_value(|rested| rested(playhead));
        });
    }

    /// Lets what follows the playhead at rest know where that is.
    fn settle(&self) {
        let session = *self;
        let settle = move |playhead: Playhead| {
            if session.settled.get_untracked() != playhead {
                session.settled.set(playhead);
            }
        };
        let paused = StoredValue::new_local(debounce(SCRUB_PAUSES, move |playhead: Playhead| {
            // The pause may end after the session.
            if session.playhead.try_get_untracked() == Some(playhead) {
                settle(playhead);
            }
        }));
        Effect::new(move |_| {
            let playhead = session.playhead.get();
            match (session.is_playing.get(), session.is_scrubbing.get()) {
                (false, false) => settle(playhead),
                (false, true) => paused.with_value(|paused| paused(playhead)),
                (true, _) => {}
            }
        });
    }

    /// What the world outside the components follows: the tense and theme of the page, its title.
    fn mirror_outside(&self) {
        let session = *self;
        Effect::new(move |_| set_root_attribute("data-tense", Some(session.tense.get().name())));
        Effect::new(move |_| {
            let theme = match session.preferences.with(|preferences| preferences.theme) {
                Theme::System => None,
                Theme::Light => Some("light"),
                Theme::Dark => Some("dark"),
            };
            set_root_attribute("data-theme", theme);
        });
        Effect::new(move |_| {
            session.head.track();
            let settled = session.settled.get();
            let moment = session.read_untracked(|read| read.moment(settled)).unwrap_or_default();
            let state = match (Tense::of(&moment), moment.at) {
                (Tense::Past, Some(at)) => format!("As of {}, ", format::minute(at, session.zone.get())),
                (Tense::Live, _) => "Live, ".to_owned(),
                (Tense::Empty | Tense::Past, _) => String::new(),
            };
            let screen = session.route.get().screen;
            let title = match (&screen, Tense::of(&moment)) {
                (Screen::Home | Screen::Account { .. } | Screen::Log { .. }, Tense::Empty) => {
                    "Nothing has happened yet"
                }
                (screen, _) => screen.title(),
            };
            document().set_title(&format!("{state}{title} - Annals"));
        });
    }

    // --------------------------------------------------------------- ledgers

    fn open_routed(&self) {
        let wanted = self.route.get_untracked().ledger;
        let known = self.ledgers.get_untracked();
        let last = self.preferences.get_untracked().last_ledger;
        let by_id = |id: &str| known.iter().find(|info| info.id.as_str() == id).cloned();
        let named = LedgerId::parse(&wanted).ok();
        let info = by_id(&wanted)
            .or_else(|| named.map(LedgerInfo::unknown))
            .or_else(|| last.as_deref().and_then(by_id))
            .or_else(|| known.first().cloned())
            .or_else(|| {
                LedgerId::parse("books")
                    .ok()
                    .map(|id| LedgerInfo { name: "My books".to_owned(), ..LedgerInfo::unknown(id) })
            });
        if let Some(info) = info {
            self.open(info);
        }
    }

    /// Opens a ledger; the one that was open is closed.
    pub(crate) fn open(&self, info: LedgerInfo) {
        let session = *self;
        session.pause();
        session.tabs.set_value(None);
        session.ledger.set_value(None);
        session.whole.set_value(None);
        session.head.set(Position::ZERO);
        session.playhead.set(Playhead::default());
        session.notices.set(Vec::new());
        session.phase.set(Phase::Opening(Progress::default()));
        session.current.set(Some(info.clone()));
        spawn_local(async move {
            let (log, unavailable) = match backend::open_log(&info.id).await {
                Ok(opened) => opened,
                Err(error) => return session.phase.set(Phase::Failed(advice::of_log_error(&error))),
            };
            session.in_memory.set(unavailable.is_some());
            if let Some(error) = unavailable {
                session.tell(Notice { advice: advice::of_log_error(&error), bad: true, restore: false });
            }
            let opened = Ledger::open(log, &PageEnv, |progress| session.phase.set(Phase::Opening(progress))).await;
            match opened {
                Ok(ledger) if session.current.get_untracked().as_ref() == Some(&info) => {
                    session.opened(&info, &Rc::new(ledger));
                }
                Ok(_) => {} // Another one was chosen meanwhile.
                Err(error) => session.phase.set(Phase::Failed(advice::of_open_error(&error))),
            }
        });
    }

    fn opened(&self, info: &LedgerInfo, ledger: &OpenLedger) {
        let session = *self;
        if let Some(damage) = ledger.damage() {
            session.tell(Notice { advice: advice::of_damage(&damage), bad: true, restore: true });
        } else if let Some(witness) = backend::witness(&info.id) {
            session.compare(ledger, &witness);
        }
        session.tabs.set_value(TabLink::join(&info.id, move |_| session.catch_up()));
        session.ledger.set_value(Some(Rc::clone(ledger)));
        session.head.set(ledger.tail().position);
        session.preferences.update(|preferences| preferences.last_ledger = Some(info.id.to_string()));
        session.save_preferences();
        session.fit();
        session.phase.set(Phase::Ready);
        let route = session.route.get_untracked();
        session.apply_moment(&route);
        if session.route.get_untracked().ledger != info.id.as_str() {
            session.replace(Route { ledger: info.id.to_string(), ..route });
        }
        if session.notices.with_untracked(Vec::is_empty) {
            session.witness();
        }
        // The screen that opens reads along one clock; the other is folded while it is looked at.
        let ledger = Rc::clone(ledger);
        spawn_local(async move {
            PageEnv.breathe().await;
            ledger.fold(&PageEnv).await;
        });
    }

    fn compare(&self, ledger: &OpenLedger, witness: &Witness) {
        let tail = ledger.tail();
        let verdict = witness
            .compare(tail, |position| ledger.read(|read| read.history().hashes(position).map(|(_, after)| after)));
        if let Some(advice) = advice::of_witness(verdict) {
            self.tell(Notice { advice, bad: true, restore: true });
        }
    }

    /// Makes a ledger, remembers it and goes there.
    pub(crate) fn create(&self, name: &str, kind: LedgerKind) -> Option<LedgerInfo> {
        let now = backend::now();
        let known = self.ledgers.get_untracked();
        let slug: String =
            name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect();
        let slug = match slug.trim_matches('-') {
            "" => "ledger".to_owned(),
            trimmed => trimmed.to_owned(),
        };
        let id = (1..).find_map(|n: u32| {
            let text = if n == 1 { slug.clone() } else { format!("{slug}-{n}") };
            LedgerId::parse(&text).ok().filter(|id| known.iter().all(|info| info.id != *id))
        });
        let info = id.map(|id| LedgerInfo { id, name: name.to_owned(), kind, created_at: now })?;
        self.remember(&info);
        Some(info)
    }

    /// Notes a ledger in the list of ledgers.
    pub(crate) fn remember(&self, info: &LedgerInfo) {
        self.ledgers.update(|known| {
            if known.iter().all(|other| other.id != info.id) {
                known.push(info.clone());
            }
        });
        backend::save_ledger(info);
    }

    // --------------------------------------------------------------- writing

    /// Sends a command and shows what it appended.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing was appended then.
    pub(crate) async fn dispatch(&self, intent: Intent) -> Result<Outcome, DispatchError> {
        let Some(ledger) = self.ledger() else {
            return Err(DispatchError::Log(LogError::Unavailable { why: "no ledger is open".to_owned() }));
        };
        let outcome = ledger.dispatch(&intent, &PageEnv).await;
        self.grown(&ledger);
        if self.preferences.get_untracked().actor != intent.actor.as_str() && outcome.is_ok() {
            self.preferences.update(|preferences| preferences.actor = intent.actor.to_string());
            self.save_preferences();
        }
        outcome
    }

    /// Shows what the ledger holds now, and tells the other tabs and the witness.
    pub(crate) fn grown(&self, ledger: &OpenLedger) {
        let tail = ledger.tail();
        if self.head.get_untracked() == tail.position {
            return;
        }
        self.advance(tail.position);
        if let Some(info) = self.current.get_untracked() {
            self.remember(&info);
        }
        self.tabs.with_value(|tabs| tabs.iter().for_each(|tabs| tabs.announce(tail.position)));
        self.witness();
    }

    /// Moves the head. A time bar that reached the end of the ledger still does; one that shows the past stays.
    fn advance(&self, head: Position) {
        let before = self.whole.get_value();
        self.head.set(head);
        let now = self.whole_range();
        self.whole.set_value(now);
        match (before, now) {
            (Some(before), Some(now)) => self.range.update(|range| *range = range.grown(before, now)),
            (None, Some(now)) => self.range.set(now),
            (_, None) => {}
        }
    }

    fn catch_up(&self) {
        let session = *self;
        let Some(ledger) = session.ledger() else { return };
        spawn_local(async move {
            match ledger.catch_up(&PageEnv).await {
                Ok(_) => {
                    let tail = ledger.tail().position;
                    if session.ledger().is_some_and(|open| Rc::ptr_eq(&open, &ledger))
                        && session.head.get_untracked() != tail
                    {
                        session.advance(tail);
                        session.witness();
                    }
                }
                Err(error) => session.tell(Notice { advice: advice::of_log_error(&error), bad: true, restore: false }),
            }
        });
    }

    fn witness(&self) {
        if self.in_memory.get_untracked() {
            return;
        }
        let (Some(info), Some(ledger)) = (self.current.get_untracked(), self.ledger()) else { return };
        let tail = ledger.tail();
        let recorded_at = ledger.read(|read| read.history().timeline(Clock::Recorded).span());
        if tail.position != Position::ZERO {
            backend::save_witness(&info.id, &Witness::of(tail, recorded_at.map_or(Timestamp::MIN, |(_, last)| last)));
        }
    }

    // ------------------------------------------------------------- long work

    /// Shows long work; the page is usable again at [`Session::work_ends`].
    pub(crate) fn work_begins(&self, title: &str) {
        self.cancelled.set_value(false);
        self.phase.set(Phase::Working(title.to_owned(), Progress::default()));
    }

    /// Shows how far long work has come; `false` when it is to stop.
    pub(crate) fn work_goes_on(&self, progress: Progress) -> bool {
        self.phase.update(|phase| {
            if let Phase::Working(_, shown) = phase {
                *shown = progress;
            }
        });
        !self.cancelled.get_value()
    }

    /// Long work is over.
    pub(crate) fn work_ends(&self) {
        self.phase.set(Phase::Ready);
    }

    /// Asks long work to stop.
    pub(crate) fn cancel(&self) {
        self.cancelled.set_value(true);
    }

    // ------------------------------------------------------------------ rest

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

fn location_hash() -> String {
    window().location().hash().unwrap_or_default()
}

fn push_address(hash: &str) {
    if let Ok(history) = window().history() {
        // Browsers refuse more than some hundred changes in half a minute; then the address stays behind for once.
        history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(hash)).unwrap_or_default();
    }
}

fn replace_address(hash: &str) {
    if let Ok(history) = window().history() {
        history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(hash)).unwrap_or_default();
    }
}

fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let done = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
    done.unwrap_or_default();
}

/// Calls `run` with the newest value once no further one has come for `rest`.
fn debounce<T: Clone + 'static>(rest: Duration, run: impl Fn(T) + 'static) -> impl Fn(T) {
    let run = Rc::new(run);
    let pending = Rc::new(std::cell::Cell::new(None::<TimeoutHandle>));
    move |value| {
        if let Some(handle) = pending.take() {
            handle.clear();
        }
        let run = Rc::clone(&run);
        if let Ok(handle) = set_timeout_with_handle(move || run(value.clone()), rest) {
            pending.set(Some(handle));
        }
    }
}
