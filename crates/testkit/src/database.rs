//! A fresh database per test.

use std::io::Write;
use std::net::SocketAddr;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::NamedTempFile;

use crate::postgres::{USER, psql, try_psql};
use crate::{Postgres, postgres};

/// An empty database of its own, dropped when the test ends.
///
/// A database and not a schema: sequences, locks and extensions are private, too.
pub struct TestDatabase {
    server: SocketAddr,
    name: String,
}

impl TestDatabase {
    /// On the server of this test binary ([`postgres`]).
    #[expect(
        clippy::new_without_default,
        reason = "a default that starts a server would surprise"
    )]
    pub fn new() -> Self {
        Self::on(postgres())
    }

    /// On a server of the test's own.
    pub fn on(server: &Postgres) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", process::id());
        server.sql("postgres", &format!("CREATE DATABASE {name}"));
        Self {
            server: server.address(),
            name,
        }
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `postgres://…`, straight to the server.
    pub fn url(&self) -> String {
        self.url_through(self.server)
    }

    /// `postgres://…` by way of `address`, for instance of a [`crate::FaultProxy`].
    pub fn url_through(&self, address: SocketAddr) -> String {
        format!("postgres://{USER}@{address}/{}", self.name)
    }

    /// The server's own address: what a [`crate::FaultProxy`] takes as upstream.
    pub fn address(&self) -> SocketAddr {
        self.server
    }

    /// [`TestDatabase::sql`] by way of `address`, for instance of a [`crate::PgBouncer`].
    ///
    /// # Panics
    /// If the statement fails.
    #[track_caller]
    pub fn sql_through(&self, address: SocketAddr, statement: &str) -> String {
        psql(&self.url_through(address), statement)
    }

    /// What it holds now.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn dump(&self) -> Dump {
        let mut file = NamedTempFile::new().expect("a temporary file");
        let statements = postgres::dump(&self.url());
        file.write_all(&statements).expect("a temporary file");
        Dump { file }
    }

    /// Sets it back: sessions end, and everything is as it was when it was dumped. Programs that
    /// connect meanwhile find all of it or nothing.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn restore(&self, dump: &Dump) {
        let aside = format!("{}_aside", self.name);
        psql(&self.beside(), &format!("CREATE DATABASE {aside}"));
        let url = format!("postgres://{USER}@{}/{aside}", self.server);
        postgres::restore(&url, dump.file.path());
        psql(&self.beside(), &self.end());
        let rename = format!("ALTER DATABASE {aside} RENAME TO {}", self.name);
        psql(&self.beside(), &rename);
    }

    /// The database from which others are made and dropped.
    fn beside(&self) -> String {
        format!("postgres://{USER}@{}/postgres", self.server)
    }

    fn end(&self) -> String {
        format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
    }

    /// Runs one statement by `psql` and returns its rows, columns separated by `|`.
    ///
    /// # Panics
    /// If the statement fails.
    #[track_caller]
    pub fn sql(&self, statement: &str) -> String {
        psql(&self.url(), statement)
    }
}

/// All of a database at one moment (`pg_dump`).
pub struct Dump {
    file: NamedTempFile,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // The test may have stopped the server; then its folder goes with everything in it.
        let _ = try_psql(&self.beside(), &self.end());
    }
}
