//! Links.

pub mod batch;
pub mod create;
pub mod delete;
mod idempotency;
mod input;
pub mod list;
pub mod patch;
mod policy;
pub mod read;
mod view;

pub(crate) use input::{Reading, edit, new_link};
pub(super) use read::unknown;
pub use view::{LinkBody, SavedLink};
