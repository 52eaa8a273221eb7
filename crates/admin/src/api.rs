//! The API: one endpoint, one file.

pub mod api_keys;
pub mod body;
pub mod docs;
pub mod domains;
pub mod events;
mod failures;
mod fields;
pub mod health;
mod if_match;
mod inputs;
mod items;
pub mod links;
pub mod metrics;
pub(crate) mod qr;
mod query;
pub mod simulate;
pub mod stats;
pub(crate) mod target;
