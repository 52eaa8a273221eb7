//! A closed run of records, as it is shipped.
//!
//! ```text
//! 0        1        17      25         33     37    45          53     61
//! version  journal  number  confirmed  count  full  unwritable  check  length of the body, the body (LZ4)
//! ```
//!
//! The body holds the number of hosts, the hosts, then the clicks column by column: the first
//! word of all clicks, the second word of all … What is alike stands together so, and takes
//! little room. The check is of what stands before it and of the body as it is before compression.
//!
//! A segment without clicks is the end of its journal: after it nothing comes.

use std::borrow::Cow;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{Click, JournalId, OTHER_REFERRER, Row, SegmentName};
use crate::wire::{
    VERSION, WireError,
    codec::{Reader, put_bytes, put_length},
};

/// The most clicks of a segment.
pub const MAX_CLICKS: usize = 4096;

/// The most hosts of referrers of a segment; further ones are "other".
pub const MAX_HOSTS: usize = 4096;

/// The longest host, in bytes; a longer one is no name of DNS.
pub const MAX_HOST: usize = 253;

/// Bytes before the check.
const HEAD: usize = 53;

/// No body is longer, whatever bytes say: a bomb is refused before anything is unpacked.
const MAX_BODY: usize = 8 + MAX_HOSTS * (MAX_HOST + 2) + MAX_CLICKS * Row::BYTES;

/// Answers that were not recorded, since the journal's beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Because the journal had all the room that it may take.
    pub full: u64,
    /// Because no file could be made for it: the disk is full, or the folder cannot be written.
    pub unwritable: u64,
}

/// A segment, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What it is called.
    pub name: SegmentName,
    /// Up to this one the edge was told that all segments of the journal are counted. A database that
    /// knows less was set back since then, and nobody has them any more.
    pub confirmed: u64,
    /// What was dropped before it was closed.
    pub dropped: Dropped,
    /// Hosts of referrers; [`Click::referrer`] counts them from 1.
    pub hosts: Vec<Box<str>>,
    /// The clicks in the order in which they were answered.
    pub clicks: Vec<Click>,
}

/// A segment as bytes: at most [`MAX_CLICKS`] rows and [`MAX_HOSTS`] hosts.
#[must_use]
pub fn encode(
    name: SegmentName,
    confirmed: u64,
    dropped: Dropped,
    hosts: &[Cow<'_, str>],
    rows: &[Row],
) -> Vec<u8> {
    let body = body(hosts, rows);
    let mut out = vec![VERSION];
    out.extend_from_slice(&name.journal.0);
    out.extend_from_slice(&name.number.to_be_bytes());
    out.extend_from_slice(&confirmed.to_be_bytes());
    out.extend_from_slice(&(rows.len() as u32).to_be_bytes());
    out.extend_from_slice(&dropped.full.to_be_bytes());
    out.extend_from_slice(&dropped.unwritable.to_be_bytes());
    let check = check(&out, &body);
    out.extend_from_slice(&check.to_be_bytes());
    put_length(&mut out, body.len());
    out.extend_from_slice(&lz4_flex::block::compress(&body));
    out
}

/// A name or a count that was changed on the way must not be believed any more than a click.
fn check(head: &[u8], body: &[u8]) -> u64 {
    xxh3_64_with_seed(body, xxh3_64(head))
}

fn body(hosts: &[Cow<'_, str>], rows: &[Row]) -> Vec<u8> {
    let mut body = Vec::with_capacity(hosts.len() * 24 + rows.len() * Row::BYTES + 8);
    put_length(&mut body, hosts.len());
    for host in hosts {
        put_bytes(&mut body, host.as_bytes());
    }
    for column in 0..7 {
        for row in rows {
            body.extend_from_slice(&row.0[column].to_be_bytes());
        }
    }
    body
}

impl Segment {
    /// Whether nothing comes after it. A journal that a killed edge has left may have another segment
    /// without clicks just before its end, of which that is as true.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.clicks.is_empty()
    }

    /// Reads a segment.
    ///
    /// # Errors
    /// If the bytes are something else, or of a version that is not read here.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::versioned(bytes)?;
        let name = SegmentName {
            journal: JournalId(reader.array()?),
            number: reader.u64()?,
        };
        let confirmed = reader.u64()?;
        let count = reader.u32()? as usize;
        let dropped = Dropped {
            full: reader.u64()?,
            unwritable: reader.u64()?,
        };
        let head = bytes.get(..HEAD).ok_or(WireError::Length)?;
        let said = reader.u64()?;
        let length = reader.length()?;
        if count > MAX_CLICKS
            || length > MAX_BODY
            || !name.is_possible()
            || name.number <= confirmed
        {
            return Err(WireError::Value);
        }
        let body = lz4_flex::block::decompress(reader.rest(), length);
        let body = body.map_err(|_| WireError::Value)?;
        if check(head, &body) != said {
            return Err(WireError::Value);
        }
        let mut reader = Reader::new(&body);
        let hosts = hosts(&mut reader)?;
        let clicks = clicks(reader.rest(), count, hosts.len())?;
        Ok(Self {
            name,
            confirmed,
            dropped,
            hosts,
            clicks,
        })
    }
}

fn hosts(reader: &mut Reader<'_>) -> Result<Vec<Box<str>>, WireError> {
    let count = reader.length()?;
    if count > MAX_HOSTS {
        return Err(WireError::Value);
    }
    let host = |_| match reader.text()? {
        host if host.len() <= MAX_HOST => Ok(host.into()),
        _ => Err(WireError::Value),
    };
    (0..count).map(host).collect()
}

fn clicks(columns: &[u8], count: usize, hosts: usize) -> Result<Vec<Click>, WireError> {
    if columns.len() != count * Row::BYTES {
        return Err(WireError::Length);
    }
    let mut rows = vec![Row::default(); count];
    for (place, word) in columns.chunks_exact(8).enumerate() {
        let word = word.try_into().map_err(|_| WireError::Length)?;
        rows[place % count].0[place / count] = u64::from_be_bytes(word);
    }
    let click = |row: &Row| {
        let is_named = row.referrer() == OTHER_REFERRER || usize::from(row.referrer()) <= hosts;
        if is_named {
            row.read()
        } else {
            Err(WireError::Value)
        }
    };
    rows.iter().map(click).collect()
}
