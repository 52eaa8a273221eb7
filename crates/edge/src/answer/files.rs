//! Files at the root of a domain.

use bytes::Bytes;
use http::HeaderValue;
use suo_link::domain::Domain;

use super::{Edge, Head, Reply};
use crate::page::Notice;

/// Robots may look: what they see is what people see, and pages say `noindex` themselves.
const ROBOTS: &str = "User-agent: *\nDisallow:\n";

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Edge {
    pub(super) fn file(&self, head: Head<'_>, domain: &Domain, path: &str) -> Reply {
        if path == "robots.txt" {
            return Reply::file(TEXT, Bytes::from_static(ROBOTS.as_bytes()));
        }
        let file = domain.files.iter().find(|file| *file.path == *path);
        match file {
            Some(file) => Reply::file(kind(path), Bytes::copy_from_slice(&file.body)),
            None => self.notice(head, Notice::NotFound),
        }
    }
}

/// iOS asks for `apple-app-site-association`, which is JSON without an ending.
fn kind(path: &str) -> HeaderValue {
    let is_json = path.ends_with(".json") || path.ends_with("/apple-app-site-association");
    if is_json { JSON } else { TEXT }
}
