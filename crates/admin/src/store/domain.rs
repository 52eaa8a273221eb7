//! Domains as the store keeps them.

use suo_link::{
    domain::{Domain, DomainName, Scheme},
    id::DomainId,
    time::Timestamp,
};

/// A domain with what only the admin needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDomain {
    /// What edges know of it, but for its files: those are asked for by themselves.
    pub domain: Domain,
    /// The scheme of its short links.
    pub scheme: Scheme,
    /// Whether it has or had links: from then on the case rule stays.
    pub had_links: bool,
    /// Counts its changes, from 1.
    pub version: u64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl StoredDomain {
    /// The short URL of a code.
    #[must_use]
    pub fn short_url(&self, code: &str) -> String {
        let scheme = self.scheme.as_str();
        [scheme, "://", self.domain.name.as_str(), "/", code].concat()
    }
}

/// A domain to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDomain {
    /// Host and non-default port.
    pub name: DomainName,
    /// The scheme of its short links.
    pub scheme: Scheme,
    /// Whether `/Ab` and `/ab` are two codes.
    pub case_sensitive: bool,
    /// Where `/` leads.
    pub root_target: Option<String>,
    /// Where unknown codes lead.
    pub not_found_target: Option<String>,
}

/// What became of a domain to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainAdded {
    /// It was added.
    Added(StoredDomain),
    /// There is one with this name.
    Taken,
}

/// Settings to be changed; `None` keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEdit {
    /// Whether `/Ab` and `/ab` are two codes.
    pub case_sensitive: Option<bool>,
    /// Where `/` leads; `Some(None)` clears.
    pub root_target: Option<Option<String>>,
    /// Where unknown codes lead; `Some(None)` clears.
    pub not_found_target: Option<Option<String>>,
}

/// What became of a domain's change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainPatched {
    /// This is the domain now.
    Done(StoredDomain),
    /// There is no such domain.
    NotFound,
    /// It has another version.
    OtherVersion,
    /// Its case rule can't change any more, because it has or had links.
    HadLinks,
}

/// A root file of a domain, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its domain.
    pub domain: DomainId,
    /// Its path, without a slash before it.
    pub path: String,
    /// In bytes.
    pub size: u32,
    /// When it was written last.
    pub updated_at: Timestamp,
}

/// What became of a root file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilePut {
    /// It is new; this is the domain now.
    Created(StoredDomain),
    /// It was there, perhaps with the same content; this is the domain now.
    Replaced(StoredDomain),
    /// There is no such domain.
    NotFound,
    /// The domain has another version.
    OtherVersion,
    /// The domain has [`suo_link::domain::files::MAX_FILES`] others.
    TooMany,
}

/// What became of a root file to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileDeleted {
    /// It is gone.
    Done,
    /// There is no such domain or file.
    NotFound,
    /// The domain has another version.
    OtherVersion,
}

/// What [`super::Store::ensure_default_domain`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultDomain {
    /// The first start: the domain was made and is the default.
    Created,
    /// The domain was there.
    Known,
    /// The domain was added beside the default one, which stays: worth a warning.
    Added,
}
