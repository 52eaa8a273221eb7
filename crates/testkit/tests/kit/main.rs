//! The kit's own tests: what other tests rely on.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail loudly, in their own functions too"
)]

mod fault_proxy;
mod nothing_outlives_the_tests;
mod postgres;
mod program;
mod redis;
mod wait;
