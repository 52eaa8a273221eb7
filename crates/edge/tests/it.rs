//! What `suo-edge` promises, tested through its public face.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail loudly, and so do their helpers"
)]

mod knowledge;
mod serving;
