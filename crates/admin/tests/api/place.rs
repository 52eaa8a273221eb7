//! A served API with a key that may do everything, and short words for tests.

use std::{
    any::Any,
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
    thread,
};

use actix_web::{dev::ServerHandle, rt::System};
use jiff::tz::TimeZone;
use serde_json::Value;
use suo_admin::{
    auth,
    clicks::Rules,
    clock::Clock,
    front::{Front, FrontSettings, Said},
    live::Live,
    pictures::Reader,
    relay::RelayHandle,
    server,
    state::State,
    store::{Scopes, Store},
    token::InternalToken,
};
use suo_link::{destination::PrivateTargets, domain::ShortUrl, time::Timestamp};

use super::http::{Answer, Call};

/// When everything happens until a test moves the clock: 2025-11-24T16:00:00.000Z.
const NOW: i64 = 1_764_000_000_000;

/// The key that may do everything.
const KEY: &str = "test_key_of_forty_characters_0123456789";

/// What edges ask with.
pub(super) const TOKEN: &str = "test_token";

/// An admin of the test's own, with the default domain `s.example.com`.
pub(super) struct Api {
    address: SocketAddr,
    key: String,
    clock: Arc<AtomicI64>,
    /// The store behind it.
    pub(super) store: Arc<dyn Store>,
    /// What clients watch.
    pub(super) live: Arc<Live>,
    server: ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
    // What lives as long as the store.
    database: Box<dyn Any + Send + Sync>,
}

impl Api {
    #[cfg(feature = "postgres")]
    pub(super) fn on_postgres() -> Self {
        let database = suo_testkit::TestDatabase::new();
        let url = database.url();
        Self::on_postgres_at(&url, database)
    }

    /// On this database by way of another URL.
    #[cfg(feature = "postgres")]
    pub(super) fn on_postgres_at(url: &str, database: suo_testkit::TestDatabase) -> Self {
        let store = suo_admin::store::pg::PgStore::open(url).unwrap();
        Self::serve(Arc::new(store), Box::new(database))
    }

    #[cfg(feature = "sqlite")]
    pub(super) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("suo.db");
        let store = suo_admin::store::sqlite::SqliteStore::open(&file).unwrap();
        Self::serve(Arc::new(store), Box::new(folder))
    }

    fn serve(store: Arc<dyn Store>, database: Box<dyn Any + Send + Sync>) -> Self {
        let open = Said {
            create: "on",
            ..Said::default()
        };
        let settings = FrontSettings::production(open, TimeZone::UTC).unwrap();
        Self::serve_with(store, database, settings)
    }

    /// On SQLite, with another front page.
    #[cfg(feature = "sqlite")]
    pub(super) fn with_front(settings: FrontSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("suo.db");
        let store = suo_admin::store::sqlite::SqliteStore::open(&file).unwrap();
        Self::serve_with(Arc::new(store), Box::new(folder), settings)
    }

    fn serve_with(
        store: Arc<dyn Store>,
        database: Box<dyn Any + Send + Sync>,
        settings: FrontSettings,
    ) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        prepare(&*store);
        let live = Live::new(store.clone());
        let state = State {
            live: live.clone(),
            store: store.clone(),
            relay: RelayHandle::detached(),
            segments_in_stream: Arc::default(),
            clock: shown_by(clock.clone()),
            private_targets: PrivateTargets::Refused,
            internal_token: Some(InternalToken::new(TOKEN)),
            rules: Rules::of(TimeZone::get("Asia/Shanghai").unwrap()),
            front: Arc::new(Front::new(settings)),
            pictures: reader(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (started, server) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async {
                let server = server::run(listener, state).unwrap();
                started.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self {
            address,
            key: KEY.to_owned(),
            clock,
            store,
            live,
            server: server.recv().unwrap(),
            thread: Some(thread),
            database,
        }
    }

    /// A call by whoever may do everything; `path` begins behind `/api/v1`.
    pub(super) fn call(&self, method: &str, path: &str) -> Call {
        let path = format!("/api/v1{path}");
        Call::new(self.address, method, &path).bearer(&self.key)
    }

    /// A call by nobody; `path` is the whole path.
    pub(super) fn stranger(&self, method: &str, path: &str) -> Call {
        Call::new(self.address, method, path)
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send()
    }

    pub(super) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path).json(body).send()
    }

    pub(super) fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send()
    }

    /// Makes a link.
    #[track_caller]
    pub(super) fn create(&self, link: &Value) -> Value {
        self.post("/links", link).ok(201)
    }

    /// Changes a link.
    #[track_caller]
    pub(super) fn edit(&self, link: &Value, change: &Value) -> Value {
        self.patch(&path_of(link), change).ok(200)
    }

    /// Moves the clock on.
    pub(super) fn later(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// The database on which the store is, if it is one of this type.
    pub(super) fn database<T: 'static>(&self) -> Option<&T> {
        self.database.downcast_ref()
    }

    /// Does the same on several threads at once, and returns the answers.
    pub(super) fn at_once(
        &self,
        threads: usize,
        act: impl Fn(usize) -> Answer + Sync,
    ) -> Vec<Answer> {
        let act = &act;
        thread::scope(|scope| {
            let started: Vec<_> = (0..threads)
                .map(|number| scope.spawn(move || act(number)))
                .collect();
            let answers = started.into_iter().map(|thread| thread.join().unwrap());
            answers.collect()
        })
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.live.end();
        // The request to stop is sent here; the future only waits for it.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A link's path behind `/api/v1`.
pub(super) fn path_of(link: &Value) -> String {
    format!("/links/{}", link["id"].as_str().unwrap())
}

/// How many of the answers have this status.
pub(super) fn count(answers: &[Answer], status: u16) -> usize {
    let same = |answer: &&Answer| answer.status == status;
    answers.iter().filter(same).count()
}

fn prepare(store: &dyn Store) {
    store.migrate().unwrap();
    let url = ShortUrl::parse("https://s.example.com").unwrap();
    store.ensure_default_domain(&url, Timestamp(NOW)).unwrap();
    let key = auth::kept(KEY, "test", Scopes::ALL);
    store.add_api_key(&key, Timestamp(NOW)).unwrap();
}

fn shown_by(clock: Arc<AtomicI64>) -> Clock {
    Arc::new(move || Timestamp(clock.load(Ordering::Relaxed)))
}

/// Its children are the program: the test's own is another one.
fn reader() -> Reader {
    let program = option_env!("CARGO_BIN_EXE_suo-admin").unwrap_or("suo-admin");
    Reader::with_program(program.into()).unwrap()
}
