//! What the screens need of the browser, under one roof: the only file of this room that names storage and platform.

use crate::{
    app::{Env, Ledger, OpenError, SavingPolicy, format::Zone},
    kernel::{
        AppendError, Block, CheckpointStore, Clock, EventId, EventLog, LogError, MergePolicy, Position, StoredBlock,
        Tail, Timestamp,
    },
    platform::{self, IndexedDbLog, channel::Channel, clock, preferences, registry},
    store::{LedgerId, LedgerInfo, MemoryLog, Preferences, Witness},
};
use std::{cell::RefCell, rc::Rc, sync::Arc};

/// The log of the open ledger: in the browser's database, or in memory where there is none. Its copies are the same log.
#[derive(Clone, Debug)]
pub(crate) enum BrowserLog {
    /// Outlives the page.
    Indexed(Rc<IndexedDbLog>),
    /// Lasts only as long as this page.
    Memory(MemoryLog),
}

impl EventLog for BrowserLog {
    async fn last(&self) -> Result<Position, LogError> {
        match self {
            Self::Indexed(log) => log.last().await,
            Self::Memory(log) => log.last().await,
        }
    }

    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        match self {
            Self::Indexed(log) => log.append(expected, blocks).await,
            Self::Memory(log) => log.append(expected, blocks).await,
        }
    }

    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        match self {
            Self::Indexed(log) => log.read(after, blocks_max).await,
            Self::Memory(log) => log.read(after, blocks_max).await,
        }
    }

    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        match self {
            Self::Indexed(log) => log.merge(parts, merged).await,
            Self::Memory(log) => log.merge(parts, merged).await,
        }
    }
}

impl CheckpointStore for BrowserLog {
    async fn load(&self, key: &str) -> Result<Option<Arc<[u8]>>, LogError> {
        match self {
            Self::Indexed(log) => log.load(key).await,
            Self::Memory(log) => log.load(key).await,
        }
    }

    async fn save(&self, records: &[(&str, &[u8])]) -> Result<(), LogError> {
        match self {
            Self::Indexed(log) => log.save(records).await,
            Self::Memory(log) => log.save(records).await,
        }
    }

    async fn clear(&self) -> Result<(), LogError> {
        match self {
            Self::Indexed(log) => log.clear().await,
            Self::Memory(log) => log.clear().await,
        }
    }
}

thread_local! {
    /// Ledgers of a page without storage: they last as long as the page.
    static IN_MEMORY: RefCell<Vec<(LedgerId, MemoryLog)>> = const { RefCell::new(Vec::new()) };
}

/// Opens the log of a ledger. Where there is no storage it is one in memory, and the reason comes with it.
///
/// # Errors
/// [`LogError`] when there is storage and it does not open.
pub(crate) async fn open_log(id: &LedgerId) -> Result<(BrowserLog, Option<LogError>), LogError> {
    match IndexedDbLog::open(id).await {
        Ok(log) => Ok((BrowserLog::Indexed(Rc::new(log)), None)),
        Err(error @ LogError::Unavailable { .. }) => {
            let log = IN_MEMORY.with_borrow_mut(|logs| match logs.iter().find(|(other, _)| other == id) {
                Some((_, log)) => log.clone(),
                None => {
                    let log = MemoryLog::new();
                    logs.push((id.clone(), log.clone()));
                    log
                }
            });
            Ok((BrowserLog::Memory(log), Some(error)))
        }
        Err(error) => Err(error),
    }
}

/// Deletes a ledger with all that is known of it.
///
/// # Errors
/// [`LogError`] when the storage refuses; the ledger stays listed then.
pub(crate) async fn delete_ledger(id: &LedgerId) -> Result<(), LogError> {
    match IndexedDbLog::delete(id).await {
        Ok(()) | Err(LogError::Unavailable { .. }) => {
            IN_MEMORY.with_borrow_mut(|logs| logs.retain(|(other, _)| other != id));
            registry::forget_ledger(id);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The page's clock, ids and turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageEnv;

impl Env for PageEnv {
    fn now(&self) -> Timestamp {
        now()
    }

    fn new_id(&self) -> EventId {
        clock::new_id()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "microseconds since the page opened")]
    fn elapsed_micros(&self) -> u64 {
        (performance_now() * 1000.0) as u64
    }

    async fn breathe(&self) {
        platform::yield_now().await;
    }
}

/// The browser's wall clock.
pub(crate) fn local_zone() -> Zone {
    Zone { offset_minutes: clock::offset_minutes }
}

/// What the tabs of one ledger tell each other; silent once dropped.
pub(crate) struct TabLink {
    channel: Channel,
    _listener: platform::channel::Listener,
}

impl TabLink {
    /// Joins the tabs of a ledger; `None` where the browser has no such channel.
    pub(crate) fn join(id: &LedgerId, heard: impl FnMut(Position) + 'static) -> Option<Self> {
        let channel = Channel::open(id)?;
        let listener = channel.listen(heard);
        Some(Self { channel, _listener: listener })
    }

    /// Tells the other tabs where the log ends.
    pub(crate) fn announce(&self, tail: Position) {
        self.channel.announce(tail);
    }
}

/// Merges small blocks of a ledger, and keeps what its next start begins from, if no other tab is at it. What fails here
/// leaves the log as it is, costs the next start some time, and is tried again after the next commit.
pub(crate) async fn tidy(id: &LedgerId, ledger: &Ledger<BrowserLog>) {
    let lock = format!("annals.merge.{id}");
    let tidying = async || {
        let policy = SavingPolicy::default();
        ledger.merge_blocks(MergePolicy::default(), &PageEnv).await?;
        for clock in [Clock::Recorded, Clock::Occurred] {
            ledger.save_checkpoint(clock, policy, &PageEnv).await?;
        }
        ledger.keep_index(policy, &PageEnv).await
    };
    platform::locks::with_lock_if_free(&lock, tidying).await.map_or(Ok(false), |kept| kept).unwrap_or_default();
}

/// Any number.
pub(crate) fn any_number() -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^32, and not negative")]
    let number = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    number
}

/// The ledgers that are known.
pub(crate) fn ledgers() -> Vec<LedgerInfo> {
    registry::ledgers()
}

/// The ledgers that are stored and not on the list. The list lies in another place than the logs, and a browser that
/// crashes may not have written it down yet.
pub(crate) async fn unlisted_ledgers() -> Vec<LedgerInfo> {
    let listed = registry::ledgers();
    let mut unlisted = Vec::new();
    for id in IndexedDbLog::stored().await {
        // An empty one was only looked at.
        if listed.iter().all(|info| info.id != id) && holds_events(&id).await == Ok(true) {
            unlisted.push(LedgerInfo::unknown(id));
        }
    }
    unlisted
}

/// Notes a ledger. A browser without room for that still has the ledger itself, found by its address.
pub(crate) fn save_ledger(info: &LedgerInfo) {
    registry::save_ledger(info).unwrap_or_default();
}

/// What was last seen of a ledger.
pub(crate) fn witness(id: &LedgerId) -> Option<Witness> {
    registry::witness(id)
}

/// Notes what is seen of a ledger. Without it only the comparison at the next start is lost.
pub(crate) fn save_witness(id: &LedgerId, witness: &Witness) {
    registry::record_witness(id, witness).unwrap_or_default();
}

/// What was chosen.
pub(crate) fn load_preferences() -> Preferences {
    preferences::load()
}

/// Keeps what was chosen; where that fails the choice holds until the page is closed.
pub(crate) fn save_preferences(chosen: &Preferences) {
    preferences::save(chosen).unwrap_or_default();
}

/// Puts a text on the clipboard.
///
/// # Errors
/// A sentence that can be shown.
pub(crate) async fn copy_text(text: &str) -> Result<(), String> {
    platform::files::copy_text(text).await.map_err(|error| {
        format!("Not copied: select the event's JSON and copy it by hand. The browser says: {}.", error.why())
    })
}

pub(crate) use platform::clock::{now, performance_now};

// ------------------------------------------- ledgers beside the open one, files and room

/// Opens a ledger beside the one on the screen, to fill it before it is shown.
///
/// # Errors
/// [`OpenError`] when the storage does not answer.
pub(crate) async fn open_beside(id: &LedgerId) -> Result<Ledger<BrowserLog>, OpenError> {
    let (log, _) = open_log(id).await?;
    Ledger::open_kept(log, &PageEnv, |_| {}).await
}

/// Whether a ledger holds any event; nothing of it is read.
///
/// # Errors
/// [`LogError`] when the storage does not answer.
pub(crate) async fn holds_events(id: &LedgerId) -> Result<bool, LogError> {
    let (log, _) = open_log(id).await?;
    Ok(log.last().await? != Position::ZERO)
}

/// Takes a ledger that was never made from the list of ledgers.
pub(crate) fn forget_ledger(id: &LedgerId) {
    registry::forget_ledger(id);
}

/// Forgets what was last seen of a ledger, once its loss is accepted and it begins anew.
pub(crate) fn forget_witness(id: &LedgerId) {
    registry::forget_witness(id);
}

pub(crate) use platform::{
    files::{Download, FileError, FileReader},
    storage::{Estimate, estimate as storage_estimate, persist as ask_to_keep_storage, persisted as is_storage_kept},
    yield_now as breathe,
};
