//! The API: one endpoint, one file.

pub mod api_keys;
pub mod body;
pub mod docs;
pub mod domains;
mod failures;
mod fields;
pub mod health;
mod if_match;
mod inputs;
mod items;
pub mod links;
pub mod metrics;
pub(crate) mod qr;
pub mod simulate;
pub(crate) mod target;
