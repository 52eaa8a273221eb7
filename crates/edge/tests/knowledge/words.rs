//! The words that tests of the knowledge side are written in.

use suo_edge::links::Found;
use suo_link::{
    code::CodeKey,
    domain::{Domain, DomainName, Scheme},
    id::{DomainId, LinkId},
    instance::{Instance, InstanceSecret},
    link::{ForwardQuery, Link, RedirectStatus, Status},
    rev::{Generation, Position, Rev},
    wire::{
        changes::{Change, Changes, Notice},
        names::LinkKey,
        record::{Content, Record},
    },
};

pub(crate) fn key(code: &str) -> LinkKey {
    LinkKey {
        domain: DomainId(1),
        code: CodeKey::from_segment(code, true).unwrap(),
    }
}

pub(crate) fn position(generation: u32, seq: u64) -> Position {
    Position {
        generation: Generation(generation),
        seq,
    }
}

pub(crate) fn rev(generation: u32, number: u64) -> Rev {
    Rev {
        generation: Generation(generation),
        number,
    }
}

/// A record of generation 1 that leads to `target`.
pub(crate) fn record(number: u64, target: &str) -> Vec<u8> {
    record_of(rev(1, number), target)
}

/// The same link, paused.
pub(crate) fn paused(number: u64, target: &str) -> Vec<u8> {
    record_with(rev(1, number), target, Status::Paused)
}

pub(crate) fn record_of(rev: Rev, target: &str) -> Vec<u8> {
    record_with(rev, target, Status::Active)
}

fn record_with(rev: Rev, target: &str, status: Status) -> Vec<u8> {
    let content = Content::Redirect(Link {
        id: LinkId(7),
        status,
        redirect_status: RedirectStatus::Found,
        forward_query: ForwardQuery::Off,
        target: target.into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
        max_clicks: None,
        policy: None,
    });
    Record { rev, content }.encode()
}

pub(crate) fn tombstone(number: u64) -> Vec<u8> {
    let content = Content::Absent;
    Record {
        rev: rev(1, number),
        content,
    }
    .encode()
}

/// A record of a kind that no edge of today knows.
pub(crate) fn of_unknown_kind(number: u64) -> Vec<u8> {
    let mut bytes = record(number, "https://a.example/");
    bytes[1] = 99;
    bytes
}

/// A record with a section that no edge of today knows.
pub(crate) fn with_unknown_section(number: u64) -> Vec<u8> {
    let mut bytes = record(number, "https://a.example/");
    bytes.extend_from_slice(&[99, 0]);
    bytes
}

pub(crate) fn domains(number: u64, name: &str) -> Vec<u8> {
    let content = Content::Domains(Instance {
        secret: InstanceSecret::new([1; 32]),
        domains: vec![Domain {
            id: DomainId(1),
            name: DomainName::parse(name, Scheme::Https).unwrap(),
            scheme: Scheme::Https,
            is_default: true,
            case_sensitive: false,
            root_target: None,
            not_found_target: None,
            files: Vec::new(),
        }],
    });
    Record {
        rev: rev(1, number),
        content,
    }
    .encode()
}

pub(crate) fn created(code: &str) -> Change {
    Change::Created {
        key: key(code),
        record: Vec::new(),
    }
}

pub(crate) fn edited(code: &str, record: Vec<u8>) -> Change {
    Change::Edited {
        key: key(code),
        record,
    }
}

pub(crate) fn notice(position: Position, change: Change) -> Notice {
    Notice {
        position,
        changes: Changes(vec![change]),
    }
}

/// The target, `absent` or `in doubt`.
pub(crate) fn said(found: &Found) -> String {
    match found {
        Found::Link(link) => link.target.to_string(),
        Found::Absent => String::from("absent"),
        Found::InDoubt => String::from("in doubt"),
    }
}
