//! What an edge learns when it asks about a code: from Redis, from an admin, or from the
//! store in the same process, always in the same shape.

use super::{
    VERSION, WireError, changes,
    codec::{Reader, put_bytes, put_length},
    names::LinkKey,
};
use crate::rev::{Generation, Position};

/// The most codes that one question to an admin holds.
pub const MAX_QUESTIONS: usize = 500;

/// What was seen about one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Everything published up to here is in what was seen; `None`: nobody knows.
    pub marker: Option<Position>,
    /// The encoded record; `None` if there is none.
    pub record: Option<Vec<u8>>,
}

/// A question to an admin's internal endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// What do these codes lead to? Answered in the same order; at most [`MAX_QUESTIONS`].
    Links(Vec<LinkKey>),
    /// Which domains are there? Answered by one sighting.
    Domains,
}

impl Question {
    /// The question as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        match self {
            Self::Domains => out.push(1),
            Self::Links(keys) => {
                out.push(0);
                put_length(&mut out, keys.len());
                for key in keys {
                    out.extend_from_slice(&key.domain.0.to_be_bytes());
                    put_bytes(&mut out, key.code.as_str().as_bytes());
                }
            }
        }
        out
    }

    /// Reads a question.
    ///
    /// # Errors
    /// If the bytes are something else, or ask for too much.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::versioned(bytes)?;
        let question = match reader.u8()? {
            0 => match reader.length()? {
                count if count > MAX_QUESTIONS => return Err(WireError::Value),
                count => {
                    let keys = (0..count).map(|_| changes::key(&mut reader));
                    Self::Links(keys.collect::<Result<_, _>>()?)
                }
            },
            1 => Self::Domains,
            _ => return Err(WireError::Value),
        };
        reader.finish()?;
        Ok(question)
    }
}

/// The answer to a [`Question`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Everything published up to here is in the records.
    pub marker: Position,
    /// One for each question, in order.
    pub records: Vec<Option<Vec<u8>>>,
}

impl Answer {
    /// The answer as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.marker.generation.0.to_be_bytes());
        out.extend_from_slice(&self.marker.seq.to_be_bytes());
        put_length(&mut out, self.records.len());
        for record in &self.records {
            // No record is empty: it has a header.
            put_bytes(&mut out, record.as_deref().unwrap_or_default());
        }
        out
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// If the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::versioned(bytes)?;
        let marker = Position {
            generation: Generation(reader.u32()?),
            seq: reader.u64()?,
        };
        let count = reader.length()?;
        let record = |bytes: &[u8]| (!bytes.is_empty()).then(|| bytes.to_vec());
        let records = (0..count)
            .map(|_| reader.bytes().map(record))
            .collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { marker, records })
    }

    /// The answer as one sighting a question.
    pub fn into_sightings(self) -> impl Iterator<Item = Sighting> {
        let marker = Some(self.marker);
        self.records
            .into_iter()
            .map(move |record| Sighting { marker, record })
    }
}
