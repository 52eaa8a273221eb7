//! The serving side: what visitors and operators get, and how the process lives.

mod answers;
mod client;
mod drain;
mod hosts;
mod limits;
mod matrix;
mod operations;
#[cfg(feature = "redis")]
mod process;
mod stage;
