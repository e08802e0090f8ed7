//! The ledgers of the session: which is open, and which there are.

use super::{Notice, OpenLedger, Phase, Session};
use crate::{
    app::{Env as _, Ledger, Playhead, Progress, advice, route::Route},
    kernel::Position,
    store::{LedgerId, LedgerInfo, LedgerKind, Witness},
    ui::backend::{self, PageEnv, TabLink},
};
use leptos::{prelude::*, task::spawn_local};
use std::rc::Rc;

impl Session {
    pub(super) fn open_routed(&self) {
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
            if let Ok(ledger) = &opened {
                ledger.fold_on(session.route.get_untracked().clock, &PageEnv).await;
            }
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
        // A log in memory is not the one that was witnessed.
        if !session.tell_damage(ledger, info.kind)
            && let Some(witness) = backend::witness(&info.id).filter(|_| !session.in_memory.get_untracked())
        {
            session.compare(ledger, &witness, info.kind);
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
            session.merge_blocks();
        });
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

    fn compare(&self, ledger: &OpenLedger, witness: &Witness, kind: LedgerKind) {
        let tail = ledger.tail();
        let verdict = witness
            .compare(tail, |position| ledger.read(|read| read.history().hashes(position).map(|(_, after)| after)));
        if let Some(advice) = advice::of_witness(verdict, kind) {
            self.tell(Notice { advice, bad: true, restore: kind == LedgerKind::Own });
        }
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
