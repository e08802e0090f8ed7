//! The ledgers of the session: which is open, and which there are.

use super::{Notice, OpenLedger, Phase, Session};
use crate::{
    app::{
        Accounts, Ahead, Env as _, Ledger, Playhead, Progress, ReadSide, SavingPolicy,
        advice::{self, Advice},
        route::Route,
    },
    kernel::Position,
    store::{LedgerId, LedgerInfo, LedgerKind, WitnessVerdict},
    ui::backend::{self, BrowserLog, PageEnv, TabLink},
};
use leptos::{prelude::*, task::spawn_local};
use std::rc::Rc;

impl Session {
    /// Opens the ledger that the address names, or else the one that was open last, or any. A ledger that is stored is
    /// there, whether the list of ledgers has it or not.
    pub(super) fn open_routed(&self) {
        let session = *self;
        let named = LedgerId::parse(&session.route.get_untracked().ledger).is_ok();
        let is_first_visit = !named && session.ledgers.with_untracked(Vec::is_empty);
        if !is_first_visit {
            session.open_wanted();
        }
        spawn_local(async move {
            let unlisted = backend::unlisted_ledgers().await;
            if session.ledgers.is_disposed() {
                return;
            }
            for info in unlisted {
                session.remember(&info);
            }
            if is_first_visit {
                session.open_wanted();
            }
        });
    }

    fn open_wanted(&self) {
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

    /// Hands over a ledger that has been read already, to be shown when it is opened next.
    pub(crate) fn hand_over(&self, id: LedgerId, ledger: Ledger<BrowserLog>) {
        // One in memory is opened as any other: it has to be told that it does not last.
        if matches!(ledger.log(), BrowserLog::Indexed(_)) {
            self.handed_over.set_value(Some((id, Rc::new(ledger))));
        }
    }

    /// Opens a ledger; the one that was open is closed.
    pub(crate) fn open(&self, info: LedgerInfo) {
        let session = *self;
        let handed_over = session.handed_over.try_update_value(Option::take).flatten();
        let handed_over = handed_over.filter(|(of, _)| *of == info.id).map(|(_, ledger)| ledger);
        session.pause();
        session.tabs.set_value(None);
        session.ledger.set_value(None);
        session.ahead.set_value(None);
        session.waiting.set_value(Vec::new());
        session.whole.set_value(None);
        session.heading.set_value(None);
        session.head.set(Position::ZERO);
        session.playhead.set(Playhead::default());
        session.notices.set(Vec::new());
        session.phase.set(Phase::Opening(Progress::default()));
        session.current.set(Some(info.clone()));
        spawn_local(async move {
            let opened = match handed_over {
                Some(ledger) => {
                    session.in_memory.set(false);
                    Ok(ledger)
                }
                None => session.read_stored(&info).await,
            };
            if let Ok(ledger) = &opened {
                let route = session.route.get_untracked();
                ledger.fold_on(route.clock, &PageEnv).await;
                // What is shown first has to be in memory. Whoever looks again tells why it does not come.
                ledger.read_fetching(|read| read.prepare(session.stand_of(&route, read))).await.ok();
                let Route { clock, screen, .. } = route;
                if let Some(id) = ledger.read(|read| Accounts::Read(read).chosen(&screen)) {
                    ledger.fold_account(id, clock, &PageEnv).await;
                }
                session.reach_ahead(ledger).await;
            }
            let verdict = match &opened {
                Ok(ledger) => session.verdict(&info, ledger).await,
                Err(_) => None,
            };
            match opened {
                _ if !session.is_current(&info) => {} // Another one was chosen meanwhile.
                Ok(ledger) => session.opened(&info, &ledger, verdict),
                Err(advice) => {
                    // What was shown of its end cannot be compared with anything any more.
                    session.ahead.set_value(None);
                    session.head.set(Position::ZERO);
                    session.phase.set(Phase::Failed(advice));
                    session.waiting.set_value(Vec::new());
                }
            }
        });
    }

    /// Reads on where a command was taken behind what had been read.
    async fn reach_ahead(&self, ledger: &OpenLedger) {
        let reached = || ledger.tail().position;
        let is_ahead =
            || self.ahead.with_value(|ahead| ahead.as_ref().is_some_and(|ahead| ahead.tail().position > reached()));
        while is_ahead() && ledger.catch_up(&PageEnv).await == Ok(true) {}
    }

    pub(super) fn is_current(&self, info: &LedgerInfo) -> bool {
        // The session may be gone since it was asked for.
        self.current.try_with_untracked(|current| current.as_ref() == Some(info)) == Some(true)
    }

    /// Reads a ledger from its log; the accounts are shown before, where that can be.
    async fn read_stored(&self, info: &LedgerInfo) -> Result<OpenLedger, Advice> {
        let (log, unavailable) = backend::open_log(&info.id).await.map_err(|error| advice::of_log_error(&error))?;
        self.in_memory.set(unavailable.is_some());
        if let Some(error) = unavailable {
            self.tell(Notice { advice: advice::of_log_error(&error), bad: true, restore: false });
        }
        self.look_ahead(&log, info).await;
        let reads_on = |progress| {
            if self.is_current(info) {
                self.phase.update(|phase| match phase {
                    Phase::Reading(shown) => *shown = progress,
                    _ => *phase = Phase::Opening(progress),
                });
            }
        };
        Ledger::open_kept(log, &PageEnv, reads_on).await.map(Rc::new).map_err(|error| advice::of_open_error(&error))
    }

    /// Shows the accounts as they are at the end of the log, from the checkpoint that was kept of it, if that is what the
    /// address asks for, and takes commands there. Not where more events were seen once than there are: then the loss is
    /// told first.
    async fn look_ahead(&self, log: &BrowserLog, info: &LedgerInfo) {
        let clock = self.route.get_untracked().clock;
        let Some(ahead) = Ahead::of(log.clone(), clock, SavingPolicy::default()).await else { return };
        let tail = ahead.tail();
        let verdict = backend::witness(&info.id).map(|seen| {
            // Whether a longer one went on from there is seen once its history is read.
            seen.compare(tail, |_| Some(seen.chain))
        });
        if !matches!(verdict, None | Some(WitnessVerdict::Intact | WitnessVerdict::Ahead)) {
            return;
        }
        let is_asked_for = || self.route.with_untracked(|route| route.at.is_none() && route.clock == clock);
        if self.is_current(info) && is_asked_for() {
            let position = tail.position;
            let session = *self;
            self.tabs.set_value(TabLink::join(&info.id, move |_| session.catch_up()));
            self.ahead.set_value(Some(Rc::new(ahead)));
            self.playhead.set(Playhead { clock, ..Playhead::default() });
            self.head.set(position);
            self.phase.set(Phase::Reading(Progress { total: position.get(), ..Progress::default() }));
        }
    }

    /// Compares what was shown of the end of the log with what its history says. Where that is something else, the
    /// checkpoints go, and it is told.
    fn check_ahead(&self, ledger: &OpenLedger) {
        let Some(ahead) = self.ahead.try_update_value(Option::take).flatten() else { return };
        if ledger.confirms(&ahead.checkpoint()) == Some(false) {
            self.tell(Notice { advice: advice::of_wrong_checkpoint(), bad: true, restore: false });
            let ledger = Rc::clone(ledger);
            // Where they cannot be deleted, they are found out again.
            spawn_local(async move { ledger.clear_checkpoints().await.unwrap_or_default() });
        }
    }

    fn opened(&self, info: &LedgerInfo, ledger: &OpenLedger, verdict: Option<WitnessVerdict>) {
        let session = *self;
        if !session.tell_damage(ledger, info.kind)
            && let Some(advice) = verdict.and_then(|verdict| advice::of_witness(verdict, info.kind))
        {
            session.tell(Notice { advice, bad: true, restore: info.kind == LedgerKind::Own });
        }
        let was_ahead = session.ahead.with_value(Option::is_some);
        session.check_ahead(ledger);
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
        // They go on with the ledger that is open now.
        session.waiting.set_value(Vec::new());
        if was_ahead {
            // What other tabs told meanwhile was told to nobody.
            session.catch_up();
        }
        // The screen that opens reads along one clock; the other is folded while it is looked at.
        let (ledger, clock) = (Rc::clone(ledger), route.clock);
        spawn_local(async move {
            PageEnv.breathe().await;
            // First of all, so that a page that is left soon has it at its next start.
            ledger.save_checkpoint(clock, SavingPolicy::default(), &PageEnv).await.unwrap_or_default();
            ledger.fold(&PageEnv).await;
            session.check_kept(&ledger).await;
            session.tidy();
        });
    }

    /// Folds some part of the history again. Where it is not what was kept of it, that is told, and the log is read again
    /// from its first block.
    async fn check_kept(&self, ledger: &OpenLedger) {
        if !ledger.has_kept_index() {
            return;
        }
        let is_right = match ledger.check_part(backend::any_number(), &PageEnv).await {
            Ok(is_right) => is_right,
            Err(error) => return self.cannot_fetch(ledger, error),
        };
        // The session may be gone since the ledger was opened.
        if !is_right
            && self.is_open(ledger)
            && let Some(info) = self.current.get_untracked()
        {
            self.open(info);
            self.tell(Notice { advice: advice::of_wrong_index(), bad: true, restore: false });
        }
    }

    /// Tells of blocks that cannot be read; whether there are any.
    pub(super) fn tell_damage(&self, ledger: &OpenLedger, kind: LedgerKind) -> bool {
        let damage = ledger.damage();
        if let Some(damage) = &damage {
            let restore = kind == LedgerKind::Own;
            self.tell(Notice { advice: advice::of_damage(damage, kind), bad: true, restore });
        }
        damage.is_some()
    }

    /// What the witness says of a ledger that was read; `None` where there is none. A log in memory is not the one that was
    /// witnessed.
    async fn verdict(&self, info: &LedgerInfo, ledger: &OpenLedger) -> Option<WitnessVerdict> {
        let witness = backend::witness(&info.id).filter(|_| !self.in_memory.get_untracked())?;
        let compare = |read: &mut ReadSide| {
            let history = read.history();
            witness.compare(history.tail(), |position| history.hashes(position).map(|(_, after)| after))
        };
        // What cannot be had is told by whoever looks at it.
        ledger.read_fetching(compare).await.ok()
    }

    /// Makes a ledger, remembers it and goes there.
    pub(crate) fn create(&self, name: &str, kind: LedgerKind) -> Option<LedgerInfo> {
        let now = backend::now();
        let known = self.ledgers.get_untracked();
        let slug = slug_of(name);
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
}

/// The first id that a ledger of this name is given.
pub(crate) fn slug_of(name: &str) -> String {
    let slug: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect();
    match slug.trim_matches('-') {
        "" => "ledger".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}
