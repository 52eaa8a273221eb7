//! Saying that something does not go on, again every minute, and that it does.

use std::time::{Duration, Instant};

/// How often is said that something does not go on.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);

/// What an operator is told when something does not go on, and when it does again.
pub(super) struct Complaint {
    waits: &'static str,
    goes_on: &'static str,
    said: Option<Instant>,
}

impl Complaint {
    pub(super) fn new(waits: &'static str, goes_on: &'static str) -> Self {
        Self {
            waits,
            goes_on,
            said: None,
        }
    }

    pub(super) fn report(&mut self, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => {
                if self.said.take().is_some() {
                    tracing::info!("{}", self.goes_on);
                }
            }
            Err(error) => {
                let is_due = |said: Instant| said.elapsed() >= COMPLAIN_EVERY;
                if self.said.is_none_or(is_due) {
                    tracing::warn!(error, "{}", self.waits);
                    self.said = Some(Instant::now());
                }
            }
        }
    }
}
