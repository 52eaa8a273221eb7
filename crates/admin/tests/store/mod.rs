//! The contract of `Store`, the same for both databases. Postgres is not optional: without it
//! these tests fail.

mod auditing;
mod claims;
pub(crate) mod clicks;
mod clock;
mod creating;
mod deleting;
mod domains;
mod drawing;
mod editing;
mod events;
mod finding;
mod keys;
mod leases;
mod leases_at_random;
mod logos;
mod managing;
mod outbox;
pub(crate) mod place;
mod policies;
mod root_files;
mod schema;
mod statistics;
mod twins;
mod visitor_keys;

/// Runs each test of a file on both databases.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test] fn $test() { super::$test(&crate::store::place::Place::postgres_with(suo_admin::random::system)); })+
        }
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $test() { super::$test(&crate::store::place::Place::sqlite_with(suo_admin::random::system)); })+
        }
    };
}
use on_both;
