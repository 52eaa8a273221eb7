//! The serving side: what visitors and operators get, and how the process lives.

mod addresses;
mod answers;
mod client;
mod drain;
mod hosts;
mod limits;
mod matrix;
mod operations;
mod parts;
mod passwords;
#[cfg(feature = "redis")]
mod process;
#[cfg(feature = "redis")]
mod slow_admins;
mod stage;
