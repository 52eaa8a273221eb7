//! Programs and databases of different ages.

use suo_admin::store::SchemaState;

use super::{on_both, place::Place};

on_both!(
    migrating_again_changes_nothing,
    programs_migrate_one_at_a_time
);

fn migrating_again_changes_nothing(place: &Place) {
    assert_eq!(place.schema_state().unwrap(), SchemaState::Current);
    assert_eq!(place.migrate().unwrap(), Vec::<String>::new());
}

fn programs_migrate_one_at_a_time(place: &Place) {
    place.at_once(4, |_, store| store.migrate().unwrap());
    assert_eq!(place.schema_state().unwrap(), SchemaState::Current);
}

#[cfg(feature = "postgres")]
#[test]
fn an_empty_postgres_needs_every_migration_and_several_programs_may_try() {
    let database = suo_testkit::TestDatabase::new();
    let open = || suo_admin::store::pg::PgStore::open(&database.url()).unwrap();
    use suo_admin::store::Store;
    let store = open();
    let SchemaState::NeedsMigration(missing) = store.schema_state().unwrap() else {
        panic!("an empty database has tables");
    };
    assert!(!missing.is_empty());
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| open().migrate().unwrap().len()))
            .collect();
        let applied: usize = started
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum();
        assert_eq!(applied, missing.len());
    });
    database.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')");
    assert_eq!(
        store.schema_state().unwrap(),
        SchemaState::Newer(vec!["99990101000000".into()])
    );
}

#[cfg(feature = "sqlite")]
#[test]
fn an_empty_sqlite_needs_every_migration() {
    use suo_admin::store::{Store, sqlite::SqliteStore};
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("suo.db")).unwrap();
    let state = store.schema_state().unwrap();
    assert!(matches!(state, SchemaState::NeedsMigration(missing) if !missing.is_empty()));
}

#[cfg(feature = "postgres")]
#[test]
fn a_postgres_that_is_away_is_unavailable_within_two_seconds() {
    use std::time::{Duration, Instant};
    use suo_admin::store::{Store, StoreError, pg::PgStore};
    let server = suo_testkit::Postgres::start(suo_testkit::Profile::Fast);
    let database = suo_testkit::TestDatabase::on(&server);
    let store = PgStore::open(&database.url()).unwrap();
    store.migrate().unwrap();
    store.domains().unwrap();
    server.crash();
    let start = Instant::now();
    assert!(matches!(store.domains(), Err(StoreError::Unavailable(_))));
    assert!(
        start.elapsed() < Duration::from_millis(2500),
        "{:?}",
        start.elapsed()
    );
    server.restart();
    suo_testkit::wait_until("an answer", Duration::from_secs(10), || store.domains());
}
