//! A ledger's log in IndexedDB.
//!
//! One database a ledger, `annals.<ledger>`, with three stores:
//!
//! - `blocks`: the position of a block's first event → the block's bytes, a `Uint8Array`.
//! - `meta`: `"tail"` → `{ position, chain }`, the end of the log. Each append compares and replaces it in the
//!   transaction that adds its blocks, so that of two tabs one is refused; and blocks may be merged without a trace.
//! - `derived`: what can be made again from the blocks, checkpoints above all. Nothing is written there yet.

use super::{
    idb::{Database, Durability, Factory, IdbError, Mode, Transaction, Upgrade},
    yield_now::sleep,
};
use crate::{
    kernel::{AppendError, Block, ChainHash, EventLog, LogError, Position, StoredBlock, Tail},
    store::{LedgerId, tail_after},
};
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    iter::repeat_n,
    rc::Rc,
    sync::Arc,
};
use wasm_bindgen::{JsCast as _, JsValue};

const VERSION: u32 = 1;
const BLOCKS: &str = "blocks";
const META: &str = "meta";
const DERIVED: &str = "derived";
const TAIL: &str = "tail";
/// How often a lost connection is opened again before an operation gives up.
const REOPEN_MAX: u32 = 3;
/// How long the second attempt waits; the third waits twice as long.
const REOPEN_PAUSE_MILLIS: u32 = 100;

/// Keeps a ledger's blocks in IndexedDB, each append in one strictly durable transaction.
#[derive(Debug)]
pub struct IndexedDbLog {
    factory: Factory,
    name: String,
    connection: RefCell<Option<Rc<Database>>>,
}

impl IndexedDbLog {
    /// Opens the log of a ledger; makes it where there is none.
    ///
    /// # Errors
    /// [`LogError`] of every kind.
    pub async fn open(ledger: &LedgerId) -> Result<Self, LogError> {
        Self::open_in(Factory::of_page()?, ledger).await
    }

    /// The same elsewhere than in the page's own IndexedDB.
    ///
    /// # Errors
    /// [`LogError`] of every kind.
    pub async fn open_in(factory: Factory, ledger: &LedgerId) -> Result<Self, LogError> {
        let name = database_name(ledger);
        let database = Database::open(&factory, &name, VERSION, create_stores).await?;
        Ok(Self { factory, name, connection: RefCell::new(Some(Rc::new(database))) })
    }

    /// Deletes the log of a ledger for good, here and in every tab.
    ///
    /// # Errors
    /// [`LogError::Blocked`] when another tab does not let go of it: the browser deletes it as soon as that tab does.
    pub async fn delete(ledger: &LedgerId) -> Result<(), LogError> {
        Ok(Factory::of_page()?.delete(&database_name(ledger)).await?)
    }

    /// Runs `work` on the connection. When that is lost, opens it again, a bounded number of times.
    async fn run<T>(&self, work: impl AsyncFn(&Database) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut tried = self.connection.borrow().clone();
        let mut why = "it is closed".to_owned();
        if let Some(database) = &tried {
            match work(database).await {
                Err(Failure::Database(IdbError::ConnectionLost { why: lost })) => why = lost,
                outcome => return outcome,
            }
        }
        for attempt in 1..=REOPEN_MAX {
            if attempt > 1 {
                sleep(REOPEN_PAUSE_MILLIS * (attempt - 1)).await;
            }
            let error = match self.open_again(tried.take()).await {
                Ok(database) => match work(&database).await {
                    Err(Failure::Database(lost @ IdbError::ConnectionLost { .. })) => {
                        tried = Some(database);
                        lost
                    }
                    outcome => return outcome,
                },
                Err(error) => error,
            };
            match error {
                IdbError::ConnectionLost { why: lost } => why = lost,
                IdbError::Constraint { .. } | IdbError::Other { .. } => why = error.to_string(),
                IdbError::Missing => {
                    return Err(LogError::ConnectionLost { attempts: attempt, why: error.to_string() }.into());
                }
                IdbError::Unavailable { .. } | IdbError::Blocked | IdbError::Newer { .. } | IdbError::QuotaExceeded => {
                    return Err(error.into());
                }
            }
        }
        Err(Failure::Log(LogError::ConnectionLost { attempts: REOPEN_MAX, why }))
    }

    /// Replaces a lost connection, unless somebody else has. A database that is gone is not made anew: that would pass
    /// a loss off as a fresh start.
    async fn open_again(&self, lost: Option<Rc<Database>>) -> Result<Rc<Database>, IdbError> {
        let current = self.connection.borrow().clone();
        let replaced = |current: &Rc<Database>| lost.as_ref().is_none_or(|lost| !Rc::ptr_eq(lost, current));
        if let Some(current) = current.filter(replaced).filter(|current| current.lost().is_none()) {
            return Ok(current);
        }
        self.connection.take();
        let refuse = |upgrade: &Upgrade| if upgrade.from() == 0 { Err(IdbError::Missing) } else { Ok(()) };
        let database = Rc::new(Database::open(&self.factory, &self.name, VERSION, refuse).await?);
        *self.connection.borrow_mut() = Some(Rc::clone(&database));
        Ok(database)
    }

    /// Whether the log holds the first of `blocks`, and so all of them.
    async fn holds(&self, blocks: &[Block]) -> Result<bool, LogError> {
        let Some(first) = blocks.first() else { return Ok(false) };
        let found = self.read(first.header().first.previous(), 1).await?;
        Ok(found.first().is_some_and(|stored| *stored.bytes == *first.bytes()))
    }
}

impl EventLog for IndexedDbLog {
    async fn tail(&self) -> Result<Tail, LogError> {
        let read = async |transaction: &Transaction| read_tail(transaction).await;
        let tail = self.run(async |database| database.transaction(&[META], Mode::Read, read).await).await;
        tail.map_err(Failure::into_log_error)
    }

    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        // Everything is encoded here: within the transaction only requests may be awaited.
        let tail = TailRecord::of(tail_after(expected, blocks)?)?;
        let records: Vec<(JsValue, Uint8Array)> =
            blocks.iter().map(|block| (block.header().first.get().into(), Uint8Array::from(block.bytes()))).collect();
        let write = async |transaction: &Transaction| {
            // The writes are sent before the answer is known, which saves a journey; a stale one is rolled back.
            let stored = transaction.store(META)?.get(&TAIL.into())?;
            let store = transaction.store(BLOCKS)?;
            for (key, bytes) in &records {
                store.add(key, bytes)?;
            }
            if !records.is_empty() {
                transaction.store(META)?.put(&TAIL.into(), &tail)?;
            }
            let actual = TailRecord::parse(&stored.value().await?)?;
            if actual == expected { Ok(()) } else { Err(Failure::Conflict(actual)) }
        };
        let attempts = Cell::new(0_u32);
        let outcome = self.run(async |database| {
            attempts.set(attempts.get() + 1);
            database.transaction(&[META, BLOCKS], Mode::Write(Durability::Strict), &write).await
        });
        match outcome.await {
            Ok(()) => Ok(()),
            // The connection may have been lost after the commit and before the news of it.
            Err(Failure::Conflict(_)) if attempts.get() > 1 && self.holds(blocks).await? => Ok(()),
            Err(Failure::Conflict(actual)) => Err(AppendError::Conflict { expected, actual }),
            Err(failure) => Err(failure.into_log_error().into()),
        }
    }

    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let after = JsValue::from(after.get());
        let page = async |transaction: &Transaction| {
            Ok::<_, Failure>(transaction.store(BLOCKS)?.page(&after, blocks_max).await?)
        };
        let read = self.run(async |database| database.transaction(&[BLOCKS], Mode::Read, &page).await);
        let records = read.await.map_err(Failure::into_log_error)?;
        records.into_iter().map(|(key, value)| stored_block(&key, value)).collect()
    }
}

fn database_name(ledger: &LedgerId) -> String {
    format!("annals.{ledger}")
}

fn create_stores(upgrade: &Upgrade) -> Result<(), IdbError> {
    [BLOCKS, META, DERIVED].into_iter().try_for_each(|store| upgrade.create_store(store))
}

async fn read_tail(transaction: &Transaction) -> Result<Tail, Failure> {
    Ok(TailRecord::parse(&transaction.store(META)?.get(&TAIL.into())?.value().await?)?)
}

fn stored_block(key: &JsValue, value: JsValue) -> Result<StoredBlock, LogError> {
    let first = key.as_f64().and_then(super::js::whole).map(Position::new);
    let (Some(first), Ok(array)) = (first, value.dyn_into::<Uint8Array>()) else {
        return Err(LogError::Backend { why: format!("the record {key:?} is not a block") });
    };
    let mut bytes: Arc<[u8]> = repeat_n(0, array.length() as usize).collect();
    if let Some(bytes) = Arc::get_mut(&mut bytes) {
        array.copy_to(bytes);
    }
    Ok(StoredBlock { first, bytes })
}

/// The end of the log, as it is stored.
#[derive(Serialize, Deserialize)]
struct TailRecord {
    position: Position,
    chain: String,
}

impl TailRecord {
    fn of(tail: Tail) -> Result<JsValue, LogError> {
        let record = Self { position: tail.position, chain: tail.chain.to_string() };
        serde_wasm_bindgen::to_value(&record).map_err(|error| LogError::Backend { why: error.to_string() })
    }

    fn parse(stored: &JsValue) -> Result<Tail, LogError> {
        if stored.is_undefined() {
            return Ok(Tail::START);
        }
        let record = serde_wasm_bindgen::from_value::<Self>(stored.clone()).ok();
        let tail =
            record.and_then(|record| Some(Tail { position: record.position, chain: ChainHash::parse(&record.chain)? }));
        tail.ok_or_else(|| LogError::Backend { why: "the record of the log's end cannot be read".to_owned() })
    }
}

/// Why an operation failed, before it is known whether that is the end of it.
enum Failure {
    Database(IdbError),
    Conflict(Tail),
    Log(LogError),
}

impl Failure {
    fn into_log_error(self) -> LogError {
        match self {
            Self::Database(error) => error.into(),
            Self::Log(error) => error,
            Self::Conflict(tail) => LogError::Backend { why: format!("the log ends at event {}", tail.position) },
        }
    }
}

impl From<IdbError> for Failure {
    fn from(error: IdbError) -> Self {
        Self::Database(error)
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl From<IdbError> for LogError {
    fn from(error: IdbError) -> Self {
        match error {
            IdbError::Unavailable { why } => Self::Unavailable { why },
            IdbError::Blocked => Self::Blocked,
            IdbError::Newer { found, known } => Self::Newer { found, known },
            IdbError::QuotaExceeded => Self::QuotaExceeded,
            IdbError::ConnectionLost { why } => Self::ConnectionLost { attempts: 0, why },
            IdbError::Constraint { .. } | IdbError::Missing | IdbError::Other { .. } => {
                Self::Backend { why: error.to_string() }
            }
        }
    }
}
