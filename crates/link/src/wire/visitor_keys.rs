//! The keys of visitors' hashes, as an admin hands them to edges: one for each day.

use super::{
    VERSION, WireError,
    codec::{Reader, put_length},
};
use crate::{time::Timestamp, visitor::VisitorKey};

/// The most keys of one message: today's, tomorrow's, and room for a change of the zone.
const MAX_KEYS: usize = 8;

/// The key of a day of the instance's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayKey {
    /// When the day begins.
    pub begins: Timestamp,
    /// When the next one begins.
    pub ends: Timestamp,
    /// What visitors are hashed with meanwhile.
    pub key: VisitorKey,
}

impl DayKey {
    /// Whether the moment is of this day.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.begins <= at && at < self.ends
    }
}

/// The keys as bytes; the first eight of them.
#[must_use]
pub fn encode(keys: &[DayKey]) -> Vec<u8> {
    let keys = &keys[..keys.len().min(MAX_KEYS)];
    let mut out = vec![VERSION];
    put_length(&mut out, keys.len());
    for day in keys {
        out.extend_from_slice(&day.begins.0.to_be_bytes());
        out.extend_from_slice(&day.ends.0.to_be_bytes());
        out.extend_from_slice(&day.key.to_bytes());
    }
    out
}

/// Reads keys.
///
/// # Errors
/// If the bytes are something else.
pub fn decode(bytes: &[u8]) -> Result<Vec<DayKey>, WireError> {
    let mut reader = Reader::versioned(bytes)?;
    let count = reader.length()?;
    if count > MAX_KEYS {
        return Err(WireError::Value);
    }
    let key = |_| {
        Ok(DayKey {
            begins: Timestamp(i64::from_be_bytes(reader.array()?)),
            ends: Timestamp(i64::from_be_bytes(reader.array()?)),
            key: VisitorKey::new(reader.array()?),
        })
    };
    let keys = (0..count).map(key).collect::<Result<_, _>>()?;
    reader.finish()?;
    Ok(keys)
}
