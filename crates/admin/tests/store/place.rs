//! A migrated database with the default domain `s.example.com`, and short words for tests.

use std::{ops::Deref, sync::Arc, thread};

use suo_admin::random::Random;
use suo_admin::store::{
    Creation, Expected, IfExists, LinkEdit, LinkFields, NewLink, Patched, Store, StoredLink,
};
use suo_link::{
    code::Code,
    domain::ShortUrl,
    id::{DomainId, LinkId},
    time::Timestamp,
    wire::{
        changes::{Change, Changes},
        names::LinkKey,
        record::{Content, Record},
        sighting::Question,
    },
};

/// When everything happens, unless a test says otherwise.
pub(crate) const NOW: Timestamp = Timestamp(1_764_000_000_000);

/// The domain that every place has.
pub(crate) const DOMAIN: DomainId = DomainId(1);

/// A store of the test's own, ready for links.
pub(crate) struct Place {
    store: Arc<dyn Store>,
    // Lives as long as the store.
    database: Box<dyn std::any::Any>,
}

impl Place {
    #[cfg(feature = "postgres")]
    pub(crate) fn postgres_with(random: Random) -> Self {
        let database = suo_testkit::TestDatabase::new();
        let store = suo_admin::store::pg::PgStore::open(&database.url()).unwrap();
        Self::ready(Arc::new(store.with_random(random)), Box::new(database))
    }

    #[cfg(feature = "sqlite")]
    pub(crate) fn sqlite_with(random: Random) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("suo.db");
        let store = suo_admin::store::sqlite::SqliteStore::open(&file).unwrap();
        Self::ready(Arc::new(store.with_random(random)), Box::new(folder))
    }

    fn ready(store: Arc<dyn Store>, database: Box<dyn std::any::Any>) -> Self {
        store.migrate().unwrap();
        let url = ShortUrl::parse("https://s.example.com").unwrap();
        store.ensure_default_domain(&url, NOW).unwrap();
        Self { store, database }
    }

    /// Runs statements behind the store's back.
    pub(crate) fn sql(&self, statements: &str) {
        #[cfg(feature = "postgres")]
        if let Some(database) = self.database.downcast_ref::<suo_testkit::TestDatabase>() {
            database.sql(statements);
        }
        #[cfg(feature = "sqlite")]
        if let Some(folder) = self.database.downcast_ref::<tempfile::TempDir>() {
            use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
            let file = folder.path().join("suo.db");
            let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
            conn.batch_execute(statements).unwrap();
        }
    }

    /// The store, for whoever keeps it.
    pub(crate) fn shared(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// Creates one link with this code.
    pub(crate) fn create(&self, code: &str, target: &str) -> StoredLink {
        created(self.create_as(new(Some(code), target)))
    }

    /// Creates one link.
    pub(crate) fn create_as(&self, link: NewLink) -> Creation {
        let mut creations = self.create_links(&[link], NOW, None).unwrap();
        creations.pop().unwrap()
    }

    /// Changes a link's fields and code, whatever its version.
    pub(crate) fn edit(
        &self,
        id: LinkId,
        change: impl Fn(&mut LinkFields),
        code: Option<&str>,
    ) -> Patched {
        let mut edit = |link: &StoredLink| {
            let mut fields = link.fields.clone();
            change(&mut fields);
            let code = code.map(|code| Code::parse(code).unwrap());
            Some(LinkEdit { code, fields })
        };
        self.patch_link(id, &Expected::Any, &mut edit, NOW.plus(1))
            .unwrap()
    }

    /// What an edge is told about a code.
    pub(crate) fn record(&self, code: &str) -> Option<Record> {
        let question = Question::Links(vec![key(code)]);
        let mut answer = self.answer(&question).unwrap();
        let bytes = answer.records.pop().unwrap();
        bytes.map(|bytes| Record::decode(&bytes).unwrap())
    }

    /// Where an edge sends visitors of a code.
    pub(crate) fn target(&self, code: &str) -> Option<String> {
        match self.record(code)?.content {
            Content::Redirect(link) => Some(link.target.into()),
            other => panic!("{other:?}"),
        }
    }

    /// All changes of the outbox that have no number yet; they get one.
    pub(crate) fn fresh_changes(&self) -> Vec<Change> {
        let before = self.relay_state().unwrap().numbered;
        self.number_outbox().unwrap();
        let messages = self.messages_after(before, 10_000).unwrap();
        let changes = messages
            .iter()
            .flat_map(|message| Changes::decode(&message.changes).unwrap().0);
        changes.collect()
    }

    /// Does the same on several threads at once, and returns what each got.
    pub(crate) fn at_once<T: Send>(
        &self,
        threads: usize,
        act: impl Fn(usize, &dyn Store) -> T + Sync,
    ) -> Vec<T> {
        let act = &act;
        let store = &*self.store;
        thread::scope(|scope| {
            let started: Vec<_> = (0..threads)
                .map(|number| scope.spawn(move || act(number, store)))
                .collect();
            started
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        })
    }
}

impl Deref for Place {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

/// The key of a code on the default domain.
pub(crate) fn key(code: &str) -> LinkKey {
    LinkKey {
        domain: DOMAIN,
        code: Code::parse(code).unwrap().key(false),
    }
}

/// A link to be created.
pub(crate) fn new(code: Option<&str>, target: &str) -> NewLink {
    NewLink {
        domain: DOMAIN,
        code: code.map(|code| Code::parse(code).unwrap()),
        fields: fields(target),
        if_exists: IfExists::Create,
    }
}

/// The fields of a plain link.
pub(crate) fn fields(target: &str) -> LinkFields {
    let host = target.split('/').nth(2).unwrap().to_owned();
    LinkFields::plain(target.to_owned(), host)
}

/// The link that must have been created.
#[track_caller]
pub(crate) fn created(creation: Creation) -> StoredLink {
    match creation {
        Creation::Created(link) => link,
        other => panic!("not created: {other:?}"),
    }
}

/// The link that must have been changed.
#[track_caller]
pub(crate) fn patched(patched: Patched) -> StoredLink {
    match patched {
        Patched::Done(link) => link,
        other => panic!("not changed: {other:?}"),
    }
}
