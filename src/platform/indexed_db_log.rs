//! A ledger's log in IndexedDB.
//!
//! One database a ledger, `annals.<ledger>`, with two stores:
//!
//! - `blocks`: the position of a block's last event → the block's bytes, a `Uint8Array`. The last key is the end of the
//!   log, and each append sees to it in the transaction that adds its blocks: of two tabs one is refused. Merging
//!   blocks does not move it.
//! - `derived`: what can be made again from the blocks: a text that says which checkpoint → its bytes.

use super::{
    idb::{Database, Durability, Factory, IdbError, Mode, Transaction, Upgrade},
    yield_now::sleep,
};
use crate::{
    kernel::{AppendError, Block, BlockHeader, CheckpointStore, EventLog, LogError, Position, StoredBlock, Tail},
    store::{LedgerId, tail_after},
};
use js_sys::{Array, Promise, Uint8Array};
use std::{
    cell::{Cell, RefCell},
    iter::repeat_n,
    rc::Rc,
    sync::Arc,
};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

const VERSION: u32 = 1;
/// What the names of the databases begin with.
const DATABASE: &str = "annals.";
const BLOCKS: &str = "blocks";
const DERIVED: &str = "derived";
/// How often a lost connection is opened again before an operation gives up.
const REOPEN_MAX: u32 = 3;
/// How long the second attempt waits; the third waits twice as long.
const REOPEN_PAUSE_MILLIS: u32 = 100;

/// Keeps a ledger's blocks in IndexedDB, each append in one strictly durable transaction.
#[derive(Debug)]
pub struct IndexedDbLog {
    factory: Factory,
    name: String,
    connection: RefCell<Option<Rc<Connection>>>,
    renewal: Renewal,
}

/// What has to come before the first write: see [`Factory::begin_new_log`].
#[derive(Debug, Default)]
struct Renewal {
    under_way: RefCell<Option<Promise>>,
    done: Cell<bool>,
}

impl Renewal {
    async fn see_to(&self, factory: &Factory) {
        if self.done.get() {
            return;
        }
        let begin = || {
            let factory = factory.clone();
            future_to_promise(async move {
                factory.begin_new_log().await;
                Ok(JsValue::UNDEFINED)
            })
        };
        // Whoever comes meanwhile waits for the same.
        let under_way = self.under_way.borrow_mut().get_or_insert_with(begin).clone();
        JsFuture::from(under_way).await.ok();
        self.done.set(true);
    }
}

/// A connection, and where the log was last seen to end over it. A connection never comes to another database: one
/// that was deleted and made again under the same name is another.
#[derive(Debug)]
struct Connection {
    database: Database,
    end: Cell<Option<Tail>>,
}

impl Connection {
    fn new(database: Database) -> Rc<Self> {
        Rc::new(Self { database, end: Cell::new(None) })
    }
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
        let renewal = Renewal::default();
        // To make a database is to write; where there is none yet, nothing can be lost by it.
        if factory.names().await.is_some_and(|others| !others.is_empty() && !others.contains(&name)) {
            renewal.see_to(&factory).await;
        }
        let database = Database::open(&factory, &name, VERSION, create_stores).await?;
        Ok(Self { factory, name, connection: RefCell::new(Some(Connection::new(database))), renewal })
    }

    /// Waits until one can write.
    async fn before_a_write(&self) {
        self.renewal.see_to(&self.factory).await;
    }

    /// The ledgers that have a log, by their ids; none where the browser does not say.
    pub async fn stored() -> Vec<LedgerId> {
        let Ok(factory) = Factory::of_page() else { return Vec::new() };
        let names = factory.names().await.unwrap_or_default();
        names.iter().filter_map(|name| LedgerId::parse(name.strip_prefix(DATABASE)?).ok()).collect()
    }

    /// Deletes the log of a ledger for good, here and in every tab.
    ///
    /// # Errors
    /// [`LogError::Blocked`] when another tab does not let go of it: the browser deletes it as soon as that tab does.
    pub async fn delete(ledger: &LedgerId) -> Result<(), LogError> {
        Ok(Factory::of_page()?.delete(&database_name(ledger)).await?)
    }

    /// Runs `work` on the connection. When that is lost, opens it again, a bounded number of times.
    async fn run<T>(&self, work: impl AsyncFn(&Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut tried = self.connection.borrow().clone();
        let mut why = "it is closed".to_owned();
        if let Some(connection) = &tried {
            match work(connection).await {
                Err(Failure::Database(IdbError::ConnectionLost { why: lost })) => why = lost,
                outcome => return outcome,
            }
        }
        for attempt in 1..=REOPEN_MAX {
            if attempt > 1 {
                sleep(REOPEN_PAUSE_MILLIS * (attempt - 1)).await;
            }
            let error = match self.open_again(tried.take()).await {
                Ok(connection) => match work(&connection).await {
                    Err(Failure::Database(lost @ IdbError::ConnectionLost { .. })) => {
                        tried = Some(connection);
                        lost
                    }
                    outcome => return outcome,
                },
                Err(error) => error,
            };
            match error {
                IdbError::ConnectionLost { why: lost } => why = lost,
                IdbError::Constraint { .. } | IdbError::Other { .. } => why = error.to_string(),
                IdbError::Missing => return Err(LogError::Gone.into()),
                IdbError::Unavailable { .. } | IdbError::Blocked | IdbError::Newer { .. } | IdbError::QuotaExceeded => {
                    return Err(error.into());
                }
            }
        }
        Err(Failure::Log(LogError::ConnectionLost { attempts: REOPEN_MAX, why }))
    }

    /// Replaces a lost connection, unless somebody else has. A database that is gone is not made anew: that would pass
    /// a loss off as a fresh start.
    async fn open_again(&self, lost: Option<Rc<Connection>>) -> Result<Rc<Connection>, IdbError> {
        let current = self.connection.borrow().clone();
        let replaced = |current: &Rc<Connection>| lost.as_ref().is_none_or(|lost| !Rc::ptr_eq(lost, current));
        if let Some(current) = current.filter(replaced).filter(|current| current.database.lost().is_none()) {
            return Ok(current);
        }
        self.connection.take();
        let refuse = |upgrade: &Upgrade| if upgrade.from() == 0 { Err(IdbError::Missing) } else { Ok(()) };
        let connection = Connection::new(Database::open(&self.factory, &self.name, VERSION, refuse).await?);
        *self.connection.borrow_mut() = Some(Rc::clone(&connection));
        Ok(connection)
    }

    /// Whether the log has come to `end`, in whatever block that lies by now.
    async fn holds(&self, end: Tail) -> Result<bool, LogError> {
        let Some(found) = self.read(end.position.previous(), 1).await?.pop() else { return Ok(false) };
        let chain = Block::from_bytes(found.bytes).and_then(|block| block.chain_at(end.position));
        Ok(chain.is_ok_and(|chain| chain == Some(end.chain)))
    }
}

impl EventLog for IndexedDbLog {
    async fn last(&self) -> Result<Position, LogError> {
        let ask = async |transaction: &Transaction| {
            let key = transaction.store(BLOCKS)?.last_key()?.key().await?;
            Ok::<_, Failure>(key.map_or(Ok(Position::ZERO), |key| position_of(&key))?)
        };
        let last = self.run(async |connection| connection.database.transaction(&[BLOCKS], Mode::Read, ask).await).await;
        last.map_err(Failure::into_log_error)
    }

    async fn append(&self, expected: Tail, blocks: &[Block]) -> Result<(), AppendError> {
        let end = tail_after(expected, blocks)?;
        // Everything is encoded here: within the transaction only requests may be awaited.
        let records: Vec<(JsValue, Uint8Array)> =
            blocks.iter().map(|block| (block.header().last().get().into(), Uint8Array::from(block.bytes()))).collect();
        self.before_a_write().await;
        let attempts = Cell::new(0_u32);
        let outcome = self.run(async |connection| {
            attempts.set(attempts.get() + 1);
            let seen = connection.end.get() == Some(expected);
            let write = async |transaction: &Transaction| write_behind(transaction, expected, seen, &records).await;
            connection.database.transaction(&[BLOCKS], Mode::Write(Durability::Strict), write).await?;
            connection.end.set(Some(end));
            Ok(())
        });
        match outcome.await {
            Ok(()) => Ok(()),
            // The connection may have been lost after the commit and before the news of it.
            Err(Failure::Conflict) if attempts.get() > 1 && !blocks.is_empty() && self.holds(end).await? => Ok(()),
            Err(Failure::Conflict) => Err(AppendError::Conflict { expected, actual: self.last().await? }),
            Err(failure) => Err(failure.into_log_error().into()),
        }
    }

    async fn read(&self, after: Position, blocks_max: u32) -> Result<Vec<StoredBlock>, LogError> {
        let after = JsValue::from(after.get());
        let page = async |transaction: &Transaction| {
            Ok::<_, Failure>(transaction.store(BLOCKS)?.page(&after, blocks_max).await?)
        };
        let read = self.run(async |connection| connection.database.transaction(&[BLOCKS], Mode::Read, &page).await);
        let records = read.await.map_err(Failure::into_log_error)?;
        records.into_iter().map(|(key, value)| stored_block(&key, value)).collect()
    }

    async fn merge(&self, parts: &[Position], merged: &Block) -> Result<bool, LogError> {
        let bytes = Uint8Array::from(merged.bytes());
        self.before_a_write().await;
        let replace = async |transaction: &Transaction| replace(transaction, parts, merged.header(), &bytes).await;
        let mode = Mode::Write(Durability::Strict);
        let replaced =
            self.run(async |connection| connection.database.transaction(&[BLOCKS], mode, &replace).await).await;
        replaced.map_err(Failure::into_log_error)
    }
}

/// What is asked of the store of what is derived.
enum Ask<'a> {
    Load(&'a JsValue),
    Save(&'a [(JsValue, Uint8Array)]),
    Clear,
}

impl IndexedDbLog {
    /// One transaction on what is derived. It can be made again, so a system that crashes may lose it.
    async fn derived(&self, ask: &Ask<'_>) -> Result<JsValue, LogError> {
        let mode = if matches!(ask, Ask::Load(_)) { Mode::Read } else { Mode::Write(Durability::Relaxed) };
        if matches!(mode, Mode::Write(_)) {
            self.before_a_write().await;
        }
        let work = async |transaction: &Transaction| {
            let store = transaction.store(DERIVED)?;
            match ask {
                Ask::Load(key) => return Ok::<_, Failure>(store.get(key)?.value().await?),
                Ask::Save(records) => records.iter().try_for_each(|(key, bytes)| store.put(key, bytes))?,
                Ask::Clear => store.clear()?,
            }
            Ok(JsValue::UNDEFINED)
        };
        let done = self.run(async |connection| connection.database.transaction(&[DERIVED], mode, &work).await).await;
        done.map_err(Failure::into_log_error)
    }
}

impl CheckpointStore for IndexedDbLog {
    async fn load(&self, key: &str) -> Result<Option<Arc<[u8]>>, LogError> {
        let found = self.derived(&Ask::Load(&key.into())).await?;
        if found.is_undefined() { Ok(None) } else { bytes_of(found).map(Some) }
    }

    async fn save(&self, records: &[(&str, &[u8])]) -> Result<(), LogError> {
        let records: Vec<_> = records.iter().map(|(key, bytes)| ((*key).into(), (*bytes).into())).collect();
        self.derived(&Ask::Save(&records)).await.map(drop)
    }

    async fn clear(&self) -> Result<(), LogError> {
        self.derived(&Ask::Clear).await.map(drop)
    }
}

/// Writes a block in the place of those under the keys `parts`, if these are all that lie there and they end in the
/// same history.
async fn replace(
    transaction: &Transaction,
    parts: &[Position],
    merged: &BlockHeader,
    bytes: &Uint8Array,
) -> Result<bool, Failure> {
    let store = transaction.store(BLOCKS)?;
    let end = JsValue::from(merged.last().get());
    let (keys, last) = (store.keys_between(&merged.first.previous().get().into(), &end)?, store.get(&end)?);
    let keys = Array::from(&keys.value().await?);
    let last = last.value().await?;
    let same = keys.iter().map(|key| key.as_f64()).eq(parts.iter().map(|part| Some(f64::from(part.get()))));
    if !same || last.is_undefined() {
        return Ok(false);
    }
    let chain = Block::from_bytes(bytes_of(last)?).map(|block| block.header().chain_after);
    if chain != Ok(merged.chain_after) {
        return Ok(false);
    }
    for part in parts.iter().filter(|part| **part != merged.last()) {
        store.delete(&part.get().into())?;
    }
    store.put(&end, bytes)?;
    Ok(true)
}

/// Adds `records` if the log ends at `expected`. Where that end was `seen` in this database, it is enough that its
/// position is still the last: positions only grow, and no event changes. Elsewhere the last block has to say the same
/// of the chain.
async fn write_behind(
    transaction: &Transaction,
    expected: Tail,
    seen: bool,
    records: &[(JsValue, Uint8Array)],
) -> Result<(), Failure> {
    let store = transaction.store(BLOCKS)?;
    let asked = if seen { store.count_from(&expected.position.get().into())? } else { store.last_record()? };
    // The writes are sent before the answer is known, which saves a journey; a stale one is rolled back.
    for (key, bytes) in records {
        store.add(key, bytes)?;
    }
    // Of the keys from the end on there is that one; of an empty log, none.
    let due = f64::from(u8::from(expected.position > Position::ZERO));
    let fits = if seen { asked.value().await? == due } else { is_end(expected, asked.record().await?)? };
    if fits { Ok(()) } else { Err(Failure::Conflict) }
}

/// Whether a log with this last record ends at `expected`.
fn is_end(expected: Tail, last: Option<(JsValue, JsValue)>) -> Result<bool, LogError> {
    let Some((key, value)) = last else { return Ok(expected.position == Position::ZERO) };
    if position_of(&key)? != expected.position {
        return Ok(false);
    }
    // Behind a block that cannot be read nothing is appended.
    let unread = |error| LogError::Backend { why: format!("the last block cannot be read: {error}") };
    Ok(Block::from_bytes(bytes_of(value)?).map_err(unread)?.header().chain_after == expected.chain)
}

fn database_name(ledger: &LedgerId) -> String {
    format!("{DATABASE}{ledger}")
}

fn create_stores(upgrade: &Upgrade) -> Result<(), IdbError> {
    [BLOCKS, DERIVED].into_iter().try_for_each(|store| upgrade.create_store(store))
}

fn position_of(key: &JsValue) -> Result<Position, LogError> {
    let position = key.as_f64().and_then(super::js::whole).map(Position::new);
    position.ok_or_else(|| LogError::Backend { why: format!("the key {key:?} is not a position") })
}

fn bytes_of(value: JsValue) -> Result<Arc<[u8]>, LogError> {
    let array = value.dyn_into::<Uint8Array>();
    let array = array.map_err(|value| LogError::Backend { why: format!("the record {value:?} is not a block") })?;
    let mut bytes: Arc<[u8]> = repeat_n(0, array.length() as usize).collect();
    if let Some(bytes) = Arc::get_mut(&mut bytes) {
        array.copy_to(bytes);
    }
    Ok(bytes)
}

fn stored_block(key: &JsValue, value: JsValue) -> Result<StoredBlock, LogError> {
    Ok(StoredBlock { last: position_of(key)?, bytes: bytes_of(value)? })
}

/// Why an operation failed, before it is known whether that is the end of it.
enum Failure {
    Database(IdbError),
    Conflict,
    Log(LogError),
}

impl Failure {
    fn into_log_error(self) -> LogError {
        match self {
            Self::Database(error) => error.into(),
            Self::Log(error) => error,
            Self::Conflict => LogError::Backend { why: "the log ends elsewhere".to_owned() },
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
            IdbError::Missing => Self::Gone,
            IdbError::Constraint { .. } | IdbError::Other { .. } => Self::Backend { why: error.to_string() },
        }
    }
}
