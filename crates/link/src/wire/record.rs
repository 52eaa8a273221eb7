//! What Redis holds about one code, and about all domains.
//!
//! ```text
//! 0        1      2            6        14
//! version  kind   generation   number   body
//! ```
//!
//! The header is the same for every kind, so that a script can compare two records and an
//! older edge can tell "a kind I do not know" from "broken".

mod instance;
mod link;
mod policy;

use super::{
    VERSION, WireError,
    codec::{Reader, put_bytes},
};
use crate::{
    instance::Instance,
    link::Link,
    rev::{Generation, Rev},
    time::Timestamp,
};

const ABSENT: u8 = 0;
const REDIRECT: u8 = 1;
const DOMAINS: u8 = 16;

const GENERATION_BYTES: std::ops::Range<usize> = 2..6;

/// A record: its age and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// How old it is.
    pub rev: Rev,
    /// What it says.
    pub content: Content,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// There is no such code: a tombstone.
    Absent,
    /// The code leads to this link.
    Redirect(Link),
    /// These are all the domains, and the instance's secret.
    Domains(Instance),
}

impl Record {
    /// The record as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let kind = match &self.content {
            Content::Absent => ABSENT,
            Content::Redirect(_) => REDIRECT,
            Content::Domains(_) => DOMAINS,
        };
        let mut out = vec![VERSION, kind];
        out.extend_from_slice(&self.rev.generation.0.to_be_bytes());
        out.extend_from_slice(&self.rev.number.to_be_bytes());
        match &self.content {
            Content::Absent => {}
            Content::Redirect(link) => link::put(&mut out, link),
            Content::Domains(instance) => instance::put(&mut out, instance),
        }
        out
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`WireError::UnknownKind`] and [`WireError::UnknownSection`] for what a newer program
    /// wrote, others for what nobody wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let (rev, kind, mut reader) = header(bytes)?;
        let content = match kind {
            ABSENT => Content::Absent,
            REDIRECT => Content::Redirect(link::read(&mut reader)?),
            DOMAINS => Content::Domains(instance::read(&mut reader)?),
            other => return Err(WireError::UnknownKind(other)),
        };
        reader.finish()?;
        Ok(Self { rev, content })
    }
}

/// The age of an encoded record, of any kind.
///
/// # Errors
/// If the bytes do not even have a header.
pub fn rev_of(bytes: &[u8]) -> Result<Rev, WireError> {
    header(bytes).map(|(rev, ..)| rev)
}

/// Writes the generation into an encoded record: known only when it is published.
/// Bytes without a header stay as they are.
pub fn stamp(bytes: &mut [u8], generation: Generation) {
    if let Some(place) = bytes.get_mut(GENERATION_BYTES) {
        place.copy_from_slice(&generation.0.to_be_bytes());
    }
}

fn header(bytes: &[u8]) -> Result<(Rev, u8, Reader<'_>), WireError> {
    let mut reader = Reader::versioned(bytes)?;
    let kind = reader.u8()?;
    let rev = Rev {
        generation: Generation(reader.u32()?),
        number: reader.u64()?,
    };
    Ok((rev, kind, reader))
}

/// Tag, length and bytes.
fn put_section(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    put_bytes(out, bytes);
}

/// What will be sent as a header must be fit for one, whoever wrote the record.
fn url(section: &[u8]) -> Result<Box<str>, WireError> {
    let text = text(section)?;
    let fits = text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(text.into())
    } else {
        Err(WireError::Value)
    }
}

fn text(section: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(section).map_err(|_| WireError::Value)
}

fn time(section: &[u8]) -> Result<Timestamp, WireError> {
    section
        .try_into()
        .map(|bytes| Timestamp(i64::from_be_bytes(bytes)))
        .map_err(|_| WireError::Length)
}
