//! Opening, keeping and deleting databases.

use super::{super::js, IdbError, Mode, Transaction, events::Events};
use futures_channel::oneshot;
use gloo_events::EventListener;
use js_sys::Array;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbVersionChangeEvent};

/// Where databases are opened.
#[derive(Clone, Debug)]
pub struct Factory {
    raw: IdbFactory,
}

impl Factory {
    /// The page's.
    ///
    /// # Errors
    /// [`IdbError::Unavailable`] where the page has none.
    pub fn of_page() -> Result<Self, IdbError> {
        Self::of(&js_sys::global())
    }

    /// The `indexedDB` of a scope: of a window, a worker or a storage bucket.
    ///
    /// # Errors
    /// [`IdbError::Unavailable`] where it has none, or does not give it away.
    pub fn of(scope: &JsValue) -> Result<Self, IdbError> {
        match js_sys::Reflect::get(scope, &"indexedDB".into()) {
            Ok(raw) if raw.is_undefined() || raw.is_null() => {
                Err(IdbError::Unavailable { why: "indexedDB is not there".to_owned() })
            }
            Ok(raw) => Ok(Self { raw: raw.unchecked_into() }),
            Err(thrown) => Err(IdbError::Unavailable { why: js::describe(&thrown) }),
        }
    }

    /// Deletes a database; one that is not there is deleted already.
    ///
    /// # Errors
    /// [`IdbError::Blocked`] when another connection stays open: the browser deletes as soon as that one closes.
    pub async fn delete(&self, name: &str) -> Result<(), IdbError> {
        let request = self.raw.delete_database(name).map_err(|thrown| IdbError::from_opening(&thrown))?;
        let mut events = Events::of(&request, &["success", "error", "blocked"]);
        match events.next().await {
            "success" => Ok(()),
            "blocked" => Err(IdbError::Blocked),
            _ => Err(failure_of(&request)),
        }
    }

    /// The names of all databases of the origin; `None` when the browser does not say.
    pub async fn names(&self) -> Option<Vec<String>> {
        let listed = js::DatabaseLister::databases(self.raw.unchecked_ref()).ok()?;
        let listed = Array::from(&JsFuture::from(listed).await.ok()?);
        Some(listed.iter().filter_map(|one| js::property(&one, "name")?.as_string()).collect())
    }

    /// Has the browser begin a new log beneath its databases, by making a database and deleting it. Costs some
    /// milliseconds; a browser that keeps its databases otherwise is none the worse for it.
    ///
    /// Chromium keeps the databases of an origin in `LevelDB`, which writes to a log of its own first. When the browser is
    /// killed amid a write, that log ends in half a record. The next browser leaves it out and writes on *behind* it. So
    /// whatever comes then is saved for as long as this browser runs: the one after it finds half a record in the middle,
    /// and either ends its reading there or takes all of the origin's databases for corrupt and begins with none. After
    /// a database was deleted, Chromium compacts: what is in the log goes into a table, and a new log is begun.
    ///
    /// A failure is not told. Where no database can be made, nothing can be saved either, and that is told.
    pub async fn begin_new_log(&self) {
        const NAME: &str = "annals-renewal";
        if let Ok(made) = Database::open(self, NAME, 1, |_| Ok(())).await {
            drop(made);
            self.delete(NAME).await.unwrap_or_default();
        }
    }

    /// The version that a database has now; `None` when the browser does not say.
    async fn version_of(&self, name: &str) -> Option<u32> {
        let request = self.raw.open(name).ok()?;
        let mut events = Events::of(&request, &["success", "error", "blocked"]);
        if events.next().await != "success" {
            return None;
        }
        let database = Database::connected(request.result().ok()?.unchecked_into());
        js::whole(database.raw.version())
    }
}

/// The change of a database to a newer version, while it is being opened.
#[derive(Debug)]
pub struct Upgrade {
    database: IdbDatabase,
    from: u32,
}

impl Upgrade {
    /// The version that the database had; 0 when it was not there.
    pub fn from(&self) -> u32 {
        self.from
    }

    /// Makes a store whose keys are given with each record.
    ///
    /// # Errors
    /// [`IdbError`] when there is one of this name.
    pub fn create_store(&self, name: &str) -> Result<(), IdbError> {
        self.database.create_object_store(name).map(drop).map_err(|thrown| IdbError::from_js(&thrown))
    }
}

/// A connection to a database. Closes when dropped, after the transactions under way.
#[derive(Debug)]
pub struct Database {
    raw: IdbDatabase,
    lost: Rc<RefCell<Option<String>>>,
    _listeners: [EventListener; 2],
}

impl Drop for Database {
    fn drop(&mut self) {
        self.raw.close();
    }
}

impl Database {
    /// Opens a database at a version. `upgrade` makes the stores where the database is older or not there; when it
    /// fails, the database stays as it was.
    ///
    /// # Errors
    /// [`IdbError::Newer`], [`IdbError::Blocked`], [`IdbError::Unavailable`], what `upgrade` returns, and others.
    pub async fn open(
        factory: &Factory,
        name: &str,
        version: u32,
        upgrade: impl FnOnce(&Upgrade) -> Result<(), IdbError> + 'static,
    ) -> Result<Self, IdbError> {
        let request = factory.raw.open_with_u32(name, version).map_err(|thrown| IdbError::from_opening(&thrown))?;
        let opening = Opening::new(request, upgrade);
        // A request cannot be taken back. So it is seen to its end even if nobody waits for it any more: a connection
        // that nobody holds must not stay open.
        let (sender, answer) = oneshot::channel();
        spawn_local(opening.run(factory.clone(), name.to_owned(), version, sender));
        answer.await.unwrap_or(Err(IdbError::Missing))
    }

    fn connected(raw: IdbDatabase) -> Self {
        let lost = Rc::new(RefCell::new(None));
        let on = |event: &'static str, why: &'static str| {
            let (closing, lost) = (raw.clone(), Rc::clone(&lost));
            EventListener::new(&raw, event, move |_| {
                closing.close();
                *lost.borrow_mut() = Some(why.to_owned());
            })
        };
        // Another tab that upgrades or deletes the database hangs until this connection is closed.
        let changed = on("versionchange", "another tab changes or deletes the database");
        let closed = on("close", "the browser closed it");
        Self { lost, _listeners: [changed, closed], raw }
    }

    /// Whether the connection is known to be closed, and why.
    pub fn lost(&self) -> Option<String> {
        self.lost.borrow().clone()
    }

    /// Runs `work` in one transaction on some stores. It is committed when `work` returns `Ok`, and where it may write, `Ok`
    /// comes back only when the browser says that it is complete. It is rolled back when `work` fails.
    ///
    /// `work` must await nothing but the transaction's own requests.
    ///
    /// # Errors
    /// What `work` returns; [`IdbError::ConnectionLost`]; why the transaction failed, [`IdbError::QuotaExceeded`] for
    /// one.
    pub async fn transaction<T, E: From<IdbError>>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(why) = self.lost() {
            return Err(IdbError::ConnectionLost { why }.into());
        }
        let transaction = Transaction::begin(&self.raw, stores, mode)?;
        match work(&transaction).await {
            // What was read stays read, however the transaction ends: to wait for that takes as long as a small read does.
            Ok(value) if mode == Mode::Read => {
                transaction.leave();
                Ok(value)
            }
            Ok(value) => transaction.commit().await.map(|()| value).map_err(E::from),
            Err(error) => Err(transaction.roll_back().await.map_or(error, E::from)),
        }
    }
}

/// A request to open a database, with all that has to live until it is answered.
struct Opening {
    request: IdbOpenDbRequest,
    events: Events,
    refused: Rc<RefCell<Option<IdbError>>>,
    _upgrade: EventListener,
}

impl Opening {
    fn new(request: IdbOpenDbRequest, upgrade: impl FnOnce(&Upgrade) -> Result<(), IdbError> + 'static) -> Self {
        let refused = Rc::new(RefCell::new(None));
        let listener = {
            let (request, refused) = (request.clone(), Rc::clone(&refused));
            EventListener::once(&request.clone(), "upgradeneeded", move |event| {
                let Some(error) = run_upgrade(&request, event, upgrade).err() else { return };
                *refused.borrow_mut() = Some(error);
                // Throws only if the transaction is over, and then the request tells.
                request.transaction().map(|transaction| transaction.abort().ok());
            })
        };
        let events = Events::of(&request, &["success", "error", "blocked"]);
        Self { request, events, refused, _upgrade: listener }
    }

    /// Sends the answer; what is sent to nobody is dropped, and so closed.
    async fn run(
        mut self,
        factory: Factory,
        name: String,
        known: u32,
        sender: oneshot::Sender<Result<Database, IdbError>>,
    ) {
        let answer = match self.events.next().await {
            "success" => self.database(),
            "blocked" => {
                sender.send(Err(IdbError::Blocked)).ok();
                self.events.next().await;
                drop(self.database());
                return;
            }
            _ => match self.failure() {
                error if error.is_named("VersionError") => {
                    Err(IdbError::Newer { found: factory.version_of(&name).await.unwrap_or_default(), known })
                }
                error => Err(error),
            },
        };
        sender.send(answer).ok();
    }

    fn database(&self) -> Result<Database, IdbError> {
        let raw = self.request.result().map_err(|thrown| IdbError::from_opening(&thrown))?;
        Ok(Database::connected(raw.unchecked_into()))
    }

    fn failure(&self) -> IdbError {
        self.refused.take().unwrap_or_else(|| failure_of(&self.request))
    }
}

fn run_upgrade(
    request: &IdbOpenDbRequest,
    event: &Event,
    upgrade: impl FnOnce(&Upgrade) -> Result<(), IdbError>,
) -> Result<(), IdbError> {
    let database = request.result().map_err(|thrown| IdbError::from_js(&thrown))?.unchecked_into();
    let from = event.dyn_ref::<IdbVersionChangeEvent>().and_then(|event| js::whole(event.old_version()));
    upgrade(&Upgrade { database, from: from.unwrap_or_default() })
}

fn failure_of(request: &IdbOpenDbRequest) -> IdbError {
    match request.error() {
        Ok(Some(error)) => IdbError::from_opening(&error),
        Ok(None) => IdbError::Other { name: "Error".to_owned(), why: "no reason given".to_owned() },
        Err(thrown) => IdbError::from_opening(&thrown),
    }
}
