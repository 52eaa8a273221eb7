//! The API as clients see it: the real server on both databases, through plain HTTP.

mod batches;
mod bodies;
mod creating;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod decoding;
mod deleting;
mod docs;
mod domains;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod drawing;
mod editing;
mod fields;
mod front;
mod front_choice;
mod front_elsewhere;
mod front_managing;
mod front_reading;
mod front_refusals;
mod front_twice;
mod front_visitor;
mod hostile;
mod http;
mod idempotency;
mod if_match;
mod keys;
mod listing;
#[cfg(feature = "postgres")]
mod outage;
mod passwords;
mod paths;
mod place;
mod policies;
mod policy_errors;
mod root_files;
mod rule_errors;
mod searching;
mod simulating;
mod statistics;
mod targets;
mod visitor_keys;

/// Runs each test of a file on both databases.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test] fn $test() { super::$test(&crate::api::place::Api::on_postgres()); })+
        }
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $test() { super::$test(&crate::api::place::Api::on_sqlite()); })+
        }
    };
}
use on_both;
