//! The redirector: answers visitors from memory, and keeps that memory true.
//!
//! Serving side: [`serve`] runs listeners and workers, `answer` says what each request gets,
//! `ops` and [`metrics`] are for the operator, `settings` and [`data_folder`] for the process.
//!
//! Knowledge side: [`links`] is all that the serving side sees of it. It answers from `cache`,
//! else by `lookup`, which asks an [`origin`]; the feed of changes keeps it true.

mod answer;
mod asking;
mod breaker;
mod cache;
pub mod clicks;
mod clock;
pub mod counters;
mod countries;
pub mod data_folder;
pub mod domains;
#[cfg(feature = "redis")]
pub mod feed;
mod flights;
mod found;
mod hash;
mod hearing;
mod knowledge;
mod leases;
pub mod links;
mod lookup;
pub mod metrics;
pub mod open_files;
mod ops;
pub mod origin;
mod outcome;
mod page;
mod password;
mod pictures;
mod prefetch;
pub mod proxies;
pub mod serve;
#[cfg(feature = "redis")]
pub mod settings;
pub mod shutdown;
mod site;
pub mod stopwatch;
#[cfg(feature = "redis")]
mod tls;
mod workshop;

pub use answer::Config as AnswerConfig;
pub use countries::BadDatabase;
pub use outcome::Outcome;
pub use page::{BadSite, Site};
