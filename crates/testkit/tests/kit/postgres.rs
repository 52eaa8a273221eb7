//! Databases are private; servers crash, come back and take TLS.

use suo_testkit::{Postgres, Profile, TestDatabase, postgres, postgres_with_tls};

#[test]
fn every_database_is_empty_and_goes_with_its_test() {
    let one = TestDatabase::new();
    let two = TestDatabase::new();
    one.sql("CREATE TABLE links (id bigint)");
    assert_eq!(two.sql("SELECT to_regclass('links') IS NULL"), "t");
    let name = one.name().to_owned();
    drop(one);
    let count = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(postgres().sql("postgres", &count), "0");
}

#[test]
fn the_shared_server_is_fast_and_has_room() {
    assert_eq!(postgres().sql("postgres", "SHOW fsync"), "off");
    assert_eq!(postgres().sql("postgres", "SHOW max_connections"), "300");
}

#[test]
fn a_crashed_server_comes_back_with_what_was_committed() {
    let server = Postgres::start(Profile::Durable);
    let database = TestDatabase::on(&server);
    assert_eq!(database.sql("SHOW fsync"), "on");
    database.sql("CREATE TABLE kept AS SELECT 1 AS id");
    server.crash();
    server.restart();
    assert_eq!(database.sql("SELECT id FROM kept"), "1");
}

#[test]
#[should_panic(expected = "does not exist")]
fn a_failing_statement_fails_the_test() {
    TestDatabase::new().sql("SELECT * FROM nothing");
}

#[test]
fn tls_is_verified_against_the_ca() {
    let server = postgres_with_tls();
    let ca = server.tls().unwrap().ca();
    let database = format!("postgres?sslmode=verify-full&sslrootcert={}", ca.display());
    let question = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(server.sql(&database, question), "t");
}
