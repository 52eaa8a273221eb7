//! What one commit changed: as it waits in the database ([`Changes`]), and as edges hear of
//! it ([`Notice`]).

use super::{
    VERSION, WireError,
    codec::{Reader, put_bytes, put_length},
    names::{Bucket, LinkKey},
};
use crate::{
    code::CodeKey,
    id::DomainId,
    rev::{Generation, Position},
};

/// The most changes that one message carries.
pub const MAX_CHANGES: usize = 500;

const CREATED: u8 = 0;
const EDITED: u8 = 1;
const DOMAINS: u8 = 2;

/// One change, with the record that is true now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A code that answered nobody before.
    Created {
        /// The code.
        key: LinkKey,
        /// Its encoded record; empty in a notice, because no edge can hold an older one.
        record: Vec<u8>,
    },
    /// A code whose record is another now, or a tombstone.
    Edited {
        /// The code.
        key: LinkKey,
        /// Its encoded record.
        record: Vec<u8>,
    },
    /// The domains.
    Domains {
        /// The encoded record of all domains.
        record: Vec<u8>,
    },
}

impl Change {
    /// The bucket that the change falls into.
    #[must_use]
    pub fn bucket(&self) -> Bucket {
        match self {
            Self::Created { key, .. } | Self::Edited { key, .. } => key.bucket(),
            Self::Domains { .. } => Bucket::DOMAINS,
        }
    }

    /// The encoded record.
    #[must_use]
    pub fn record(&self) -> &[u8] {
        match self {
            Self::Created { record, .. }
            | Self::Edited { record, .. }
            | Self::Domains { record } => record,
        }
    }

    fn record_mut(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Created { record, .. }
            | Self::Edited { record, .. }
            | Self::Domains { record } => record,
        }
    }
}

/// The changes of one message, in the order in which they were made; at most [`MAX_CHANGES`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// The changes as they wait in the database, with all records.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        self.put(&mut out, Change::record);
        out
    }

    /// Reads what [`Changes::encode`] wrote.
    ///
    /// # Errors
    /// If the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::versioned(bytes)?;
        let changes = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(changes)
    }

    /// Writes the generation into all records ([`super::record::stamp`]).
    pub fn stamp(&mut self, generation: Generation) {
        for change in &mut self.0 {
            super::record::stamp(change.record_mut(), generation);
        }
    }

    fn put<'a>(&'a self, out: &mut Vec<u8>, record: impl Fn(&'a Change) -> &'a [u8]) {
        put_length(out, self.0.len());
        for change in &self.0 {
            match change {
                Change::Created { key, .. } => put_key(out, CREATED, key),
                Change::Edited { key, .. } => put_key(out, EDITED, key),
                Change::Domains { .. } => out.push(DOMAINS),
            }
            put_bytes(out, record(change));
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let count = reader.length()?;
        (0..count)
            .map(|_| change(reader))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// What edges hear of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its place in the published history.
    pub position: Position,
    /// What changed; creations without their records.
    pub changes: Changes,
}

impl Notice {
    /// The notice as bytes. Records of creations are left out.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.position.generation.0.to_be_bytes());
        out.extend_from_slice(&self.position.seq.to_be_bytes());
        self.changes.put(&mut out, |change| match change {
            Change::Created { .. } => &[],
            edited => edited.record(),
        });
        out
    }

    /// Reads a notice.
    ///
    /// # Errors
    /// If the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::versioned(bytes)?;
        let position = Position {
            generation: Generation(reader.u32()?),
            seq: reader.u64()?,
        };
        let changes = Changes::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { position, changes })
    }
}

fn put_key(out: &mut Vec<u8>, tag: u8, key: &LinkKey) {
    out.push(tag);
    out.extend_from_slice(&key.domain.0.to_be_bytes());
    put_bytes(out, key.code.as_str().as_bytes());
}

fn change(reader: &mut Reader<'_>) -> Result<Change, WireError> {
    match reader.u8()? {
        CREATED => Ok(Change::Created {
            key: key(reader)?,
            record: reader.bytes()?.to_vec(),
        }),
        EDITED => Ok(Change::Edited {
            key: key(reader)?,
            record: reader.bytes()?.to_vec(),
        }),
        DOMAINS => Ok(Change::Domains {
            record: reader.bytes()?.to_vec(),
        }),
        _ => Err(WireError::Value),
    }
}

pub(super) fn key(reader: &mut Reader<'_>) -> Result<LinkKey, WireError> {
    let domain = DomainId(reader.u32()?);
    let code = CodeKey::from_segment(reader.text()?, true).ok_or(WireError::Value)?;
    Ok(LinkKey { domain, code })
}
