//! Domains as the store keeps them.

use suo_link::{
    domain::{Domain, DomainName, Scheme},
    time::Timestamp,
};

/// A domain with what only the admin needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDomain {
    /// What edges know of it.
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
