//! The bytes between the programs, versioned and pinned by golden files.
//!
//! [`record`]: what Redis holds about a code. [`changes`]: what one commit changed, as it waits in the
//! database and as edges hear of it. [`sighting`]: what an edge learns when it asks about a
//! code. [`names`]: keys and channels in Redis. [`slots`]: which node of a cluster holds a key.
//! [`clicks`]: what edges have counted, on its way to the database. [`leases`]: how edges share what a
//! link has left of its `max_clicks`. [`visitor_keys`]: what edges tell visitors apart with.
//! Numbers are big-endian, lengths are LEB128.

pub mod changes;
pub mod clicks;
mod codec;
pub mod leases;
pub mod names;
pub mod record;
pub mod sighting;
pub mod slots;
pub mod visitor_keys;

use std::fmt;

/// The first byte of everything. Readers accept this version and the one before it.
pub const VERSION: u8 = 1;

/// Why bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireError {
    /// The bytes end too early, or go on too long.
    Length,
    /// A version that this program does not read.
    Version(u8),
    /// A kind of record that this program does not know: not broken, but not for us.
    UnknownKind(u8),
    /// A section of a record that this program does not know; leaving it out could let
    /// somebody pass who may not.
    UnknownSection(u8),
    /// A value out of its range.
    Value,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("the bytes have the wrong length"),
            Self::Version(version) => write!(f, "wire version {version} is not read here"),
            Self::UnknownKind(kind) => write!(f, "records of kind {kind} are not known here"),
            Self::UnknownSection(tag) => write!(f, "record section {tag} is not known here"),
            Self::Value => f.write_str("a value is out of range"),
        }
    }
}

impl std::error::Error for WireError {}
