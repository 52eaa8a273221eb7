//! What an edge and an admin say about blocks of clicks: how `max_clicks` is exact across edges.
//!
//! A [`Request`] says everything about the blocks of one journal: which it holds, which it has
//! finished with, and what it needs. So an admin can tell a block whose grant was never heard of
//! (it is neither) and free it. Requests of a journal are numbered: one that arrives after a
//! later one would tell an old truth, and is refused.

use super::{
    VERSION, WireError,
    clicks::JournalId,
    codec::{Reader, put_length},
};
use crate::id::LinkId;

/// The most links of one request.
pub const MAX_ASKS: usize = 500;

/// The most blocks that a journal holds or gives back at a time.
pub const MAX_LEASES: usize = 4096;

/// The number of a block; never 0.
pub type LeaseId = u64;

/// What a journal says about all its blocks, and asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The journal: in its records the blocks are named.
    pub journal: JournalId,
    /// Rises with every request of the journal.
    pub turn: u64,
    /// Blocks that it may still use.
    pub held: Vec<LeaseId>,
    /// Blocks that it does not use any more; at least until this was answered once.
    pub closed: Vec<Closed>,
    /// What it needs; answered in the same order, at most [`MAX_ASKS`].
    pub asks: Vec<Ask>,
}

/// A block that is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The block.
    pub lease: LeaseId,
    /// How many of its units were used.
    pub used: u64,
}

/// What is needed of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The link.
    pub link: LinkId,
    /// How many visitors wait for a unit; 0: it is only asked whether the link is used up.
    pub wanted: u32,
}

/// How it stands with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Here is a block.
    Granted {
        /// Its number.
        lease: LeaseId,
        /// How many clicks it is good for.
        units: u64,
    },
    /// There are units; none was wanted.
    Open,
    /// All that is not used is in blocks of others.
    Elsewhere,
    /// All is used.
    UsedUp,
    /// The link may be followed as often as anybody likes.
    Unlimited,
    /// There is no such link.
    Unknown,
}

/// The answer to a [`Request`]; what it has given back is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// One for each link that was asked about, in order.
    pub standings: Vec<Standing>,
}

impl Request {
    /// The request as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.journal.0);
        out.extend_from_slice(&self.turn.to_be_bytes());
        put_length(&mut out, self.held.len());
        for lease in &self.held {
            out.extend_from_slice(&lease.to_be_bytes());
        }
        put_length(&mut out, self.closed.len());
        for closed in &self.closed {
            out.extend_from_slice(&closed.lease.to_be_bytes());
            out.extend_from_slice(&closed.used.to_be_bytes());
        }
        put_length(&mut out, self.asks.len());
        for ask in &self.asks {
            out.extend_from_slice(&ask.link.0.to_be_bytes());
            out.extend_from_slice(&ask.wanted.to_be_bytes());
        }
        out
    }

    /// Reads a request.
    ///
    /// # Errors
    /// If the bytes are something else, or ask for too much.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::versioned(bytes)?;
        let request = Self {
            journal: JournalId(reader.array()?),
            turn: reader.u64()?,
            held: list(&mut reader, MAX_LEASES, Reader::u64)?,
            closed: list(&mut reader, MAX_LEASES, |reader| {
                Ok(Closed {
                    lease: reader.u64()?,
                    used: reader.u64()?,
                })
            })?,
            asks: list(&mut reader, MAX_ASKS, |reader| {
                Ok(Ask {
                    link: LinkId(reader.u64()?),
                    wanted: reader.u32()?,
                })
            })?,
        };
        reader.finish()?;
        Ok(request)
    }
}

impl Reply {
    /// The reply as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        put_length(&mut out, self.standings.len());
        for standing in &self.standings {
            match standing {
                Standing::Granted { lease, units } => {
                    out.push(0);
                    out.extend_from_slice(&lease.to_be_bytes());
                    out.extend_from_slice(&units.to_be_bytes());
                }
                Standing::Open => out.push(1),
                Standing::Elsewhere => out.push(2),
                Standing::UsedUp => out.push(3),
                Standing::Unlimited => out.push(4),
                Standing::Unknown => out.push(5),
            }
        }
        out
    }

    /// Reads a reply.
    ///
    /// # Errors
    /// If the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::versioned(bytes)?;
        let standings = list(&mut reader, MAX_ASKS, |reader| {
            Ok(match reader.u8()? {
                0 => Standing::Granted {
                    lease: reader.u64()?,
                    units: reader.u64()?,
                },
                1 => Standing::Open,
                2 => Standing::Elsewhere,
                3 => Standing::UsedUp,
                4 => Standing::Unlimited,
                5 => Standing::Unknown,
                _ => return Err(WireError::Value),
            })
        })?;
        reader.finish()?;
        Ok(Self { standings })
    }
}

fn list<'a, T>(
    reader: &mut Reader<'a>,
    most: usize,
    read: impl Fn(&mut Reader<'a>) -> Result<T, WireError>,
) -> Result<Vec<T>, WireError> {
    let count = reader.length()?;
    if count > most {
        return Err(WireError::Value);
    }
    (0..count).map(|_| read(reader)).collect()
}
