//! The port through which published changes leave the admin.

#[cfg(feature = "redis")]
pub mod redis;

use std::fmt;

use suo_link::{
    rev::{Generation, Position},
    wire::changes::{Changes, Notice},
};

use crate::store::{Message, RelayState, StoreError};

/// Where the relay publishes: Redis in production, the edge in the same process in the quick start.
pub trait Announce: Send {
    /// Makes every message of `batch` true everywhere: records first, then the notices, in
    /// order. Harmless when repeated. `state` is how far publication had come before.
    ///
    /// # Errors
    /// If it is not known that all of it arrived: the same batch will come again.
    fn announce(&mut self, state: &RelayState, batch: &[Message]) -> Result<(), AnnounceError>;

    /// Makes sure that the far side answers, before the others are kept from publishing.
    ///
    /// # Errors
    /// If it does not.
    fn reach(&mut self) -> Result<(), AnnounceError> {
        Ok(())
    }

    /// Whether it has answered so lately that the others may be kept waiting for it.
    fn has_answered_lately(&self) -> bool {
        true
    }

    /// Looks after the far side; called about twice a second while nothing is announced.
    ///
    /// # Errors
    /// If it could not be looked after. The next call tries again.
    fn look_after(&mut self) -> Result<(), AnnounceError>;
}

/// Why something was not announced.
#[derive(Debug)]
pub enum AnnounceError {
    /// The far side did not answer or could not take it; in words for the log, without secrets.
    Unavailable(String),
    /// The far side answers and refuses, because it is full for instance.
    Refused(String),
    /// The far side is ahead of the database: it remembers a history that the database has lost.
    Ahead(Position),
    /// The database did not answer.
    Store(StoreError),
    /// A waiting message is broken.
    Broken(u64),
}

impl fmt::Display for AnnounceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) | Self::Refused(why) => {
                write!(f, "changes can't be announced: {why}")
            }
            Self::Ahead(top) => write!(f, "the stream stands at {top}, ahead of the database"),
            Self::Store(error) => error.fmt(f),
            Self::Broken(seq) => write!(f, "message {seq} in the outbox can't be read"),
        }
    }
}

impl std::error::Error for AnnounceError {}

impl From<StoreError> for AnnounceError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A waiting message as edges hear of it, with records of this generation.
///
/// # Errors
/// [`AnnounceError::Broken`] if the message can't be read.
pub fn notice(generation: Generation, message: &Message) -> Result<Notice, AnnounceError> {
    let mut changes =
        Changes::decode(&message.changes).map_err(|_| AnnounceError::Broken(message.seq))?;
    changes.stamp(generation);
    Ok(Notice {
        position: Position {
            generation,
            seq: message.seq,
        },
        changes,
    })
}
