//! Where links are kept: one trait, two databases.
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
    wire::{
        clicks::{Segment, SegmentName},
        leases::{Reply as LeaseReply, Request as LeaseRequest},
        names::{Bucket, LinkKey},
        sighting::{Answer, Question},
    },
};

use crate::clicks::Rules;
pub use books::{Books, Cuts, Depth, JournalEntry, LedgerHour, Period, SumKey};
pub use clicks::{ClickTotals, ClicksState, Watermark};
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
pub use publication::{Message, RelayState};
pub use statistics::{EventFilter, Interval, Numbers, NumbersOf, Statistics, StoredEvent};
pub use usage::Usage;

/// Whether the program and the database fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// They do.
    Current,
    /// The database lacks these migrations (all of them, if it is empty).
    NeedsMigration(Vec<String>),
    /// A newer program has applied these migrations.
    Newer(Vec<String>),
}

/// The most messages that one call of [`Store::number_outbox`] numbers: a long backlog must
/// not need one long statement.
pub const NUMBERED_AT_ONCE: u64 = 2000;

/// Keeps links and everything about them.
pub trait Store: Statistics {
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

    /// Gives links a first manage address; those that have one keep it.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn open_management(&self, links: &[LinkId]) -> Result<(), StoreError>;

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

    /// Puts a message without changes into the outbox: an edge that hears it looks up again
    /// whatever it remembers.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn put_doubt(&self, now: Timestamp) -> Result<(), StoreError>;

    /// How far publication has come.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn relay_state(&self) -> Result<RelayState, StoreError>;

    /// Gives the next numbers to outbox rows that have none, in order of their ids, while
    /// the relay's row is locked; at most [`NUMBERED_AT_ONCE`] a call.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn number_outbox(&self) -> Result<RelayState, StoreError>;

    /// Numbered messages with a `seq` above `after`, in order.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn messages_after(&self, after: u64, limit: usize) -> Result<Vec<Message>, StoreError>;

    /// Locks the relay's row, hands it to `body`, writes back what `body` changed.
    ///
    /// # Errors
    /// What `body` returns, and then nothing is written; else as every call.
    fn with_relay_lock(
        &self,
        body: &mut dyn FnMut(&mut RelayState) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Empties a message that nobody can read and begins a new generation, so that what it would
    /// have said is looked up everywhere.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn bury_message(&self, seq: u64) -> Result<(), StoreError>;

    /// Notes when the messages up to `up_to` were published, where that is not noted yet; at
    /// most `limit` a call; returns how many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn mark_published(&self, up_to: u64, now: Timestamp, limit: usize)
    -> Result<usize, StoreError>;

    /// Deletes messages published before `before`; at most `limit` a call; returns how many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn trim_outbox(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// The highest `seq` that was published before `since` and has at least `changes`
    /// published changes after it: the stream may be trimmed up to it.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn stream_floor(&self, since: Timestamp, changes: u64) -> Result<Option<u64>, StoreError>;

    /// When the oldest unpublished message was committed.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn outbox_oldest(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Whether anything waits to be numbered or published.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn has_unpublished(&self) -> Result<bool, StoreError>;

    /// What an edge asks. The marker (the highest number given) is read before the rows, so
    /// that everything up to it is in them; records bear the generation.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn answer(&self, question: &Question) -> Result<Answer, StoreError>;

    /// The codes of a link bucket in order, after `after`, with their encoded records, which
    /// bear the generation.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn bucket_page(
        &self,
        bucket: Bucket,
        after: Option<&LinkKey>,
        limit: usize,
    ) -> Result<Vec<(LinkKey, Vec<u8>)>, StoreError>;

    /// Counts the segments that are not counted yet, all in one transaction, as `rules`
    /// say; returns how far each of their journals is counted.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn count_clicks(
        &self,
        segments: &[Segment],
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Vec<Watermark>, StoreError>;

    /// Keeps a segment that cannot be counted, and goes on behind it.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn park_clicks(
        &self,
        name: SegmentName,
        segment: &[u8],
        reason: &str,
        now: Timestamp,
    ) -> Result<Watermark, StoreError>;

    /// Forgets journals of which nothing came since `before`; at most `limit` a call; returns how
    /// many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn forget_journals(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// How often people came to a link by its QR code.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn scans(&self, link: LinkId) -> Result<u64, StoreError>;

    /// What was counted, dropped and parked altogether.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn clicks_state(&self) -> Result<ClicksState, StoreError>;

    /// Hears what a journal says of its blocks of clicks, and grants others. `None`: something later
    /// was heard from it; then nothing is done.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn lease(
        &self,
        request: &LeaseRequest,
        now: Timestamp,
    ) -> Result<Option<LeaseReply>, StoreError>;

    /// What was written down of clicks in a period, all of one moment.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn click_books(&self, period: &Period, depth: Depth) -> Result<Books, StoreError>;

    /// How many clicks are in blocks whose time was over before `before`: whoever holds them has not
    /// come back.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn leases_overdue(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Which of these keys there are, in order.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn known(&self, keys: &[LinkKey]) -> Result<Vec<bool>, StoreError>;
}
