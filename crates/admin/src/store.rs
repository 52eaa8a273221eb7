//! Where links are kept: one trait, two databases. Parts of the trait that somebody else needs than who
//! serves the API are traits of their own: [`Counting`], [`Publication`], [`Statistics`].
//!
//! All calls block; handlers run them on threads for blocking work. Every change of what a
//! visitor may see writes its outbox rows in the same transaction.

mod books;
mod clicks;
mod domain;
mod error;
mod key;
mod link;
mod logo;
mod patience;
#[cfg(feature = "postgres")]
pub mod pg;
mod publication;
mod rows;
mod schema;
mod schema_state;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod statistics;
mod usage;

use std::time::Duration;

use suo_link::{
    domain::{DomainName, ShortUrl, files::RootFile},
    id::{DomainId, LinkId},
    instance::InstanceSecret,
    time::Timestamp,
};

pub use books::{Books, Cuts, Depth, JournalEntry, LedgerHour, Period, SumKey};
pub use clicks::{ClickTotals, ClicksState, Counting, Watermark};
pub use domain::{
    DefaultDomain, DomainAdded, DomainEdit, DomainPatched, FileDeleted, FilePut, NewDomain,
    StoredDomain, StoredFile,
};
pub use error::{Cause, StoreError};
pub use key::{
    ApiKey, ApiKeyId, Claim, ClaimToken, Claimed, Fingerprint, KeyDeleted, KeyHash, NewApiKey,
    Reply, Scopes,
};
pub use link::{
    Creation, Deleted, Expected, Filter, IfExists, Keep, LinkEdit, LinkFields, NewLink, Page,
    Patched, StoredLink,
};
pub use logo::{LogoAdded, LogoHash, MAX_LOGOS};
pub use patience::Call;
pub use publication::{Message, NUMBERED_AT_ONCE, Publication, RelayState};
pub use schema_state::SchemaState;
pub use statistics::{EventFilter, Interval, Numbers, NumbersOf, Statistics, StoredEvent};
pub use usage::Usage;

/// Keeps links and everything about them.
pub trait Store: Counting + Publication + Statistics {
    /// How long a handler waits for one call before it gives up; `None`: as long as it takes.
    fn patience(&self) -> Option<Duration>;

    /// Compares the database's migrations with the program's. Changes nothing.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn schema_state(&self) -> Result<SchemaState, StoreError>;

    /// Applies what is missing, one program at a time, and returns what it applied.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn migrate(&self) -> Result<Vec<String>, StoreError>;

    /// What the database's own clock shows.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn now(&self) -> Result<Timestamp, StoreError>;

    /// Makes workspace 1 and the default domain on the very first start; adds the domain if
    /// the instance has others only.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn ensure_default_domain(
        &self,
        url: &ShortUrl,
        now: Timestamp,
    ) -> Result<DefaultDomain, StoreError>;

    /// All domains, in order of their numbers.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn domains(&self) -> Result<Vec<StoredDomain>, StoreError>;

    /// Active links, newest first, whose own target is on this domain: some of them, if there are
    /// many. Targets of rules are not looked at.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn links_leading_to(&self, domain: &DomainName) -> Result<Vec<LinkId>, StoreError>;

    /// Adds a domain; its name is free or [`DomainAdded::Taken`].
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn add_domain(&self, new: &NewDomain, now: Timestamp) -> Result<DomainAdded, StoreError>;

    /// Changes a domain's settings.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn patch_domain(
        &self,
        id: DomainId,
        expected: &Expected,
        edit: &DomainEdit,
        now: Timestamp,
    ) -> Result<DomainPatched, StoreError>;

    /// What the instance's keys are made of; the same for good.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn secret(&self) -> Result<InstanceSecret, StoreError>;

    /// The root files of all domains, in order, without what is in them.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn files(&self) -> Result<Vec<StoredFile>, StoreError>;

    /// Writes a root file of a domain. The same content again changes nothing.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn put_file(
        &self,
        id: DomainId,
        expected: &Expected,
        file: &RootFile,
        now: Timestamp,
    ) -> Result<FilePut, StoreError>;

    /// Deletes a root file of a domain.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn delete_file(
        &self,
        id: DomainId,
        expected: &Expected,
        path: &str,
        now: Timestamp,
    ) -> Result<FileDeleted, StoreError>;

    /// Keeps a key; `None` if it is kept already.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn add_api_key(&self, new: &NewApiKey, now: Timestamp) -> Result<Option<ApiKey>, StoreError>;

    /// Keeps a key if there is none at all; whether it did.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn add_first_api_key(&self, new: &NewApiKey, now: Timestamp) -> Result<bool, StoreError>;

    /// The key with this hash.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn api_key(&self, hash: &KeyHash) -> Result<Option<ApiKey>, StoreError>;

    /// All keys, newest first.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError>;

    /// Forgets a key, for somebody with the scopes `by`.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn delete_api_key(&self, id: ApiKeyId, by: Scopes) -> Result<KeyDeleted, StoreError>;

    /// Keeps a logo, a PNG, under the hash of its bytes.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn add_logo(
        &self,
        hash: &LogoHash,
        png: &[u8],
        now: Timestamp,
    ) -> Result<LogoAdded, StoreError>;

    /// The logo with this hash.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn logo(&self, hash: &LogoHash) -> Result<Option<Vec<u8>>, StoreError>;

    /// Forgets a logo; whether there was one.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn delete_logo(&self, hash: &LogoHash) -> Result<bool, StoreError>;

    /// Claims an idempotency key for the time of one request, and commits that.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn claim(&self, claim: &Claim, now: Timestamp) -> Result<Claimed, StoreError>;

    /// Gives a claim back, because its request created nothing.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn release(&self, claim: &Claim) -> Result<(), StoreError>;

    /// Forgets replies and claims made before `before`; at most `limit` a call; returns how many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn forget_replies(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Creates links in one transaction; one answer each, in order. With `keep`, the reply is
    /// kept for its idempotency key in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`] if the claim has run out meanwhile; nothing is created then.
    fn create_links(
        &self,
        links: &[NewLink],
        now: Timestamp,
        keep: Option<&Keep<'_>>,
    ) -> Result<Vec<Creation>, StoreError>;

    /// One link.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn link(&self, id: LinkId) -> Result<Option<StoredLink>, StoreError>;

    /// A page of links, newest first.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn links(&self, filter: &Filter) -> Result<Page, StoreError>;

    /// Locks a link, asks `edit` what becomes of it (`None`: nothing, [`Patched::Refused`]),
    /// and writes that. An edit that changes nothing leaves the version as it is.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn patch_link(
        &self,
        id: LinkId,
        expected: &Expected,
        edit: &mut dyn FnMut(&StoredLink) -> Option<LinkEdit>,
        now: Timestamp,
    ) -> Result<Patched, StoreError>;

    /// Deletes a link with all its codes.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn delete_link(
        &self,
        id: LinkId,
        expected: &Expected,
        now: Timestamp,
    ) -> Result<Deleted, StoreError>;

    /// Gives links a first manage address; those that have one keep it. The numbers of their present
    /// ones, in the same order.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn open_management(&self, links: &[LinkId]) -> Result<Vec<u32>, StoreError>;

    /// The number of a link's present manage address; `None`: it has none.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn management(&self, link: LinkId) -> Result<Option<u32>, StoreError>;

    /// Takes away the manage address with this number and returns the next one's; `None` if
    /// it is not the present one.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn renew_management(&self, link: LinkId, serial: u32) -> Result<Option<u32>, StoreError>;
}
