//! Domains.

pub mod create;
pub mod delete_file;
pub mod list;
pub mod patch;
pub mod put_file;

use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode};
use serde::Serialize;
use suo_link::domain::DomainName;
use utoipa::ToSchema;

use crate::{
    problem::Finding,
    store::{StoredDomain, StoredFile},
    time,
};

/// A domain.
#[derive(Serialize, ToSchema)]
pub struct DomainBody {
    /// Opaque.
    #[schema(example = "1")]
    pub id: String,
    /// Host and non-default port.
    #[schema(example = "s.example.com")]
    pub domain: String,
    /// The scheme of its short links: `http` or `https`.
    #[schema(example = "https")]
    pub scheme: &'static str,
    /// Whether new links are made here unless they name another domain.
    pub is_default: bool,
    /// Whether `/Ab` and `/ab` are two codes; fixed by the first link.
    pub case_sensitive: bool,
    /// Where `/` leads; 404 without.
    pub root_target: Option<String>,
    /// Where unknown codes lead; 404 without.
    pub not_found_target: Option<String>,
    /// Its root files, in order of their paths.
    pub files: Vec<FileBody>,
    /// Counts the domain's changes, from 1; for `If-Match`.
    pub version: u64,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
}

/// A root file of a domain.
#[derive(PartialEq, Eq, Serialize, ToSchema)]
pub struct FileBody {
    /// Without a slash before it.
    #[schema(example = "MP_verify_x1.txt")]
    pub path: String,
    /// In bytes.
    #[schema(example = 16)]
    pub size: u32,
    /// RFC 3339.
    pub updated_at: String,
}

impl DomainBody {
    /// A domain with those of `files` that are its own.
    fn new(known: &StoredDomain, files: &[StoredFile]) -> Self {
        let domain = &known.domain;
        let own = files.iter().filter(|file| file.domain == domain.id);
        let file = |file: &StoredFile| FileBody {
            path: file.path.clone(),
            size: file.size,
            updated_at: time::to_text(file.updated_at),
        };
        Self {
            id: domain.id.to_string(),
            domain: domain.name.as_str().to_owned(),
            scheme: known.scheme.as_str(),
            is_default: domain.is_default,
            case_sensitive: domain.case_sensitive,
            root_target: domain.root_target.as_deref().map(str::to_owned),
            not_found_target: domain.not_found_target.as_deref().map(str::to_owned),
            files: own.map(file).collect(),
            version: known.version,
            created_at: time::to_text(known.created_at),
            updated_at: time::to_text(known.updated_at),
        }
    }

    fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }
}

/// A domain that was just saved, with what is doubtful about it.
#[derive(Serialize, ToSchema)]
pub struct SavedDomain {
    /// The domain.
    #[serde(flatten)]
    pub domain: DomainBody,
    /// What is doubtful but possible.
    pub warnings: Vec<Finding>,
}

/// A reply that is a domain with what is doubtful about it.
fn saved(
    status: StatusCode,
    domain: &StoredDomain,
    files: &[StoredFile],
    warnings: Vec<Finding>,
) -> HttpResponse {
    let domain = DomainBody::new(domain, files);
    HttpResponseBuilder::new(status)
        .insert_header(("ETag", domain.etag()))
        .json(SavedDomain { domain, warnings })
}

/// A reply that is one domain.
fn answer(status: StatusCode, domain: &StoredDomain, files: &[StoredFile]) -> HttpResponse {
    let body = DomainBody::new(domain, files);
    HttpResponseBuilder::new(status)
        .insert_header(("ETag", body.etag()))
        .json(body)
}

/// The domain of this name, in whichever spelling.
pub(super) fn named<'a>(domains: &'a [StoredDomain], name: &str) -> Option<&'a StoredDomain> {
    let name = name.trim();
    let is_written_so =
        |known: &&StoredDomain| known.domain.name.as_str().eq_ignore_ascii_case(name);
    let is_meant = |known: &&StoredDomain| {
        DomainName::parse(name, known.scheme).is_ok_and(|name| name == known.domain.name)
    };
    // Reading a name is slow; most are written as they are kept.
    domains
        .iter()
        .find(is_written_so)
        .or_else(|| domains.iter().find(is_meant))
}
