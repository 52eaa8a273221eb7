//! What an audit is asked for on the command line.

use clap::Args;
use suo_link::time::Timestamp;

use crate::{
    clicks::audit::Audit,
    store::{Period, StoreError},
    time,
};

/// How an audit ends that found something.
pub const DOES_NOT_ADD_UP: u8 = 2;

/// Arguments of `audit`.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditWish {
    /// From which moment on, such as 2026-11-23T00:00:00Z; counted by the hour [default: the beginning]
    #[arg(long, value_parser = moment)]
    from: Option<Timestamp>,
    /// Up to which moment, itself left out [default: now]
    #[arg(long, value_parser = moment)]
    to: Option<Timestamp>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

impl AuditWish {
    /// The period.
    #[must_use]
    pub fn period(&self) -> Period {
        Period {
            from: self.from,
            to: self.to,
        }
    }

    /// What is written to standard output.
    ///
    /// # Errors
    /// None in practice: what was found can be written as JSON.
    pub fn shown(&self, audit: &Audit) -> Result<String, StoreError> {
        if !self.json {
            return Ok(audit.to_string());
        }
        serde_json::to_string(audit).map_err(|error| StoreError::Broken(error.into()))
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    time::from_text(text).ok_or_else(|| "it is no moment such as 2026-11-23T00:00:00Z".to_owned())
}
