//! All integration tests of the admin, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the words that tests are written in may fail loudly, too"
)]

mod api;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod pictures;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod publication;
mod store;
