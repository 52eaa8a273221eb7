//! The body of a link's record: what every link has, then sections for what it may have.

use std::num::NonZeroU64;

use super::{policy, put_section, time, url};
use crate::{
    id::LinkId,
    link::{ForwardQuery, Link, RedirectStatus, Status},
    wire::{WireError, codec::Reader},
};

const TARGET: u8 = 1;
const STARTS_AT: u8 = 2;
const EXPIRES_AT: u8 = 3;
const EXPIRED_TARGET: u8 = 4;
/// Behind the sections of policies.
const MAX_CLICKS: u8 = 10;

pub(super) fn put(out: &mut Vec<u8>, link: &Link) {
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
    if let Some(most) = link.max_clicks {
        put_section(out, MAX_CLICKS, &most.get().to_be_bytes());
    }
    if let Some(policy) = &link.policy {
        policy::put(out, policy);
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Link, WireError> {
    let mut link = Link {
        id: LinkId(reader.u64()?),
        status: at(Status::ALL, reader.u8()?)?,
        redirect_status: at(RedirectStatus::ALL, reader.u8()?)?,
        forward_query: at(ForwardQuery::ALL, reader.u8()?)?,
        target: "".into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
        max_clicks: None,
        policy: None,
    };
    let mut policy = policy::Parts::default();
    while !reader.is_empty() {
        let tag = reader.u8()?;
        let section = reader.bytes()?;
        match tag {
            TARGET => link.target = url(section)?,
            STARTS_AT => link.starts_at = Some(time(section)?),
            EXPIRES_AT => link.expires_at = Some(time(section)?),
            EXPIRED_TARGET => link.expired_target = Some(url(section)?),
            MAX_CLICKS => link.max_clicks = Some(clicks(section)?),
            other => policy.read(other, section)?,
        }
    }
    link.policy = policy.finish();
    if link.target.is_empty() {
        Err(WireError::Value)
    } else {
        Ok(link)
    }
}

fn clicks(section: &[u8]) -> Result<NonZeroU64, WireError> {
    let bytes = section.try_into().map_err(|_| WireError::Length)?;
    NonZeroU64::new(u64::from_be_bytes(bytes)).ok_or(WireError::Value)
}

fn position<T: PartialEq>(all: &[T], value: T) -> u8 {
    all.iter().position(|other| *other == value).unwrap_or(0) as u8
}

fn at<T: Copy>(all: &[T], position: u8) -> Result<T, WireError> {
    all.get(usize::from(position))
        .copied()
        .ok_or(WireError::Value)
}
