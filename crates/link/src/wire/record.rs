//! What Redis holds about one code, and about all domains.
//!
//! ```text
//! 0        1      2            6        14
//! version  kind   generation   number   body
//! ```
//!
//! The header is the same for every kind, so that a script can compare two records and an
//! older edge can tell "a kind I do not know" from "broken".

use super::{
    VERSION, WireError,
    codec::{Reader, put_bytes, put_length},
};
use crate::{
    domain::{Domain, DomainName, Scheme},
    id::{DomainId, LinkId},
    link::{ForwardQuery, Link, RedirectStatus, Status},
    rev::{Generation, Rev},
    time::Timestamp,
};

const ABSENT: u8 = 0;
const REDIRECT: u8 = 1;
const DOMAINS: u8 = 16;

const TARGET: u8 = 1;
const STARTS_AT: u8 = 2;
const EXPIRES_AT: u8 = 3;
const EXPIRED_TARGET: u8 = 4;

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
    /// These are all the domains.
    Domains(Vec<Domain>),
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
            Content::Redirect(link) => put_link(&mut out, link),
            Content::Domains(domains) => put_domains(&mut out, domains),
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
            REDIRECT => Content::Redirect(link(&mut reader)?),
            DOMAINS => Content::Domains(domains(&mut reader)?),
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

fn put_link(out: &mut Vec<u8>, link: &Link) {
    out.extend_from_slice(&link.id.0.to_be_bytes());
    out.push(position(Status::ALL, link.status));
    out.push(position(RedirectStatus::ALL, link.redirect_status));
    out.push(position(ForwardQuery::ALL, link.forward_query));
    put_section(out, TARGET, link.target.as_bytes());
    for (tag, time) in [(STARTS_AT, link.starts_at), (EXPIRES_AT, link.expires_at)] {
        if let Some(time) = time {
            put_section(out, tag, &time.0.to_be_bytes());
        }
    }
    if let Some(target) = &link.expired_target {
        put_section(out, EXPIRED_TARGET, target.as_bytes());
    }
}

fn put_section(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    put_bytes(out, bytes);
}

fn link(reader: &mut Reader<'_>) -> Result<Link, WireError> {
    let mut link = Link {
        id: LinkId(reader.u64()?),
        status: at(Status::ALL, reader.u8()?)?,
        redirect_status: at(RedirectStatus::ALL, reader.u8()?)?,
        forward_query: at(ForwardQuery::ALL, reader.u8()?)?,
        target: "".into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
    };
    while !reader.is_empty() {
        let tag = reader.u8()?;
        let section = reader.bytes()?;
        match tag {
            TARGET => link.target = url(section)?,
            STARTS_AT => link.starts_at = Some(time(section)?),
            EXPIRES_AT => link.expires_at = Some(time(section)?),
            EXPIRED_TARGET => link.expired_target = Some(url(section)?),
            other => return Err(WireError::UnknownSection(other)),
        }
    }
    if link.target.is_empty() {
        Err(WireError::Value)
    } else {
        Ok(link)
    }
}

/// What will be sent as a header must be fit for one, whoever wrote the record.
fn url(section: &[u8]) -> Result<Box<str>, WireError> {
    let text = std::str::from_utf8(section).map_err(|_| WireError::Value)?;
    let fits = text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(text.into())
    } else {
        Err(WireError::Value)
    }
}

fn time(section: &[u8]) -> Result<Timestamp, WireError> {
    section
        .try_into()
        .map(|bytes| Timestamp(i64::from_be_bytes(bytes)))
        .map_err(|_| WireError::Length)
}

const IS_DEFAULT: u8 = 1;
const IS_CASE_SENSITIVE: u8 = 2;

fn put_domains(out: &mut Vec<u8>, domains: &[Domain]) {
    put_length(out, domains.len());
    for domain in domains {
        out.extend_from_slice(&domain.id.0.to_be_bytes());
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        out.push(
            flag(domain.is_default, IS_DEFAULT) | flag(domain.case_sensitive, IS_CASE_SENSITIVE),
        );
        put_bytes(out, domain.name.as_str().as_bytes());
        for target in [&domain.root_target, &domain.not_found_target] {
            put_bytes(out, target.as_deref().unwrap_or("").as_bytes());
        }
    }
}

fn domains(reader: &mut Reader<'_>) -> Result<Vec<Domain>, WireError> {
    let count = reader.length()?;
    (0..count).map(|_| domain(reader)).collect()
}

fn domain(reader: &mut Reader<'_>) -> Result<Domain, WireError> {
    let id = DomainId(reader.u32()?);
    let flags = reader.u8()?;
    // No default port is left in a stored name, so the scheme makes no difference here.
    let name = DomainName::parse(reader.text()?, Scheme::Https).map_err(|_| WireError::Value)?;
    Ok(Domain {
        id,
        name,
        is_default: flags & IS_DEFAULT != 0,
        case_sensitive: flags & IS_CASE_SENSITIVE != 0,
        root_target: optional_url(reader.bytes()?)?,
        not_found_target: optional_url(reader.bytes()?)?,
    })
}

fn optional_url(section: &[u8]) -> Result<Option<Box<str>>, WireError> {
    if section.is_empty() {
        Ok(None)
    } else {
        url(section).map(Some)
    }
}

fn position<T: PartialEq>(all: &[T], value: T) -> u8 {
    all.iter().position(|other| *other == value).unwrap_or(0) as u8
}

fn at<T: Copy>(all: &[T], position: u8) -> Result<T, WireError> {
    all.get(usize::from(position))
        .copied()
        .ok_or(WireError::Value)
}
