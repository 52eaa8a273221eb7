//! The store's calls, written once and compiled for each database: what differs between them
//! is in the parent's `Database` and `dialect`.

mod answer;
mod claims;
mod clicks;
mod codes;
mod counting;
mod create;
mod domains;
mod edit;
mod files;
mod find;
mod keys;
mod leases;
mod logos;
mod manage;
mod outbox;
mod publication;
mod relay;
mod remove;
mod search;
mod statistics;
mod texts;
mod twins;

pub(super) use statistics::events::EventRow;
use std::time::Duration;

use suo_link::{
    domain::{DomainName, ShortUrl, files::RootFile},
    id::{DomainId, LinkId},
    instance::InstanceSecret,
    time::Timestamp,
};

use super::{Conn, Database, dialect};
use crate::store::{
    ApiKey, ApiKeyId, Claim, Claimed, Creation, DefaultDomain, Deleted, DomainAdded, DomainEdit,
    DomainPatched, Expected, FileDeleted, FilePut, Filter, Keep, KeyDeleted, KeyHash, LinkEdit,
    LogoAdded, LogoHash, NewApiKey, NewDomain, NewLink, Page, Patched, SchemaState, Scopes, Store,
    StoreError, StoredDomain, StoredFile, StoredLink, error::Failure,
};

/// What a query returns inside of a call.
type Outcome<T> = Result<T, Failure>;

impl Store for Database {
    fn patience(&self) -> Option<Duration> {
        Database::PATIENCE
    }

    fn schema_state(&self) -> Result<SchemaState, StoreError> {
        self.compare_schema()
    }

    fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.apply_migrations()
    }

    fn now(&self) -> Result<Timestamp, StoreError> {
        self.read(|conn| Ok(Timestamp(dialect::now(conn)?)))
    }

    fn ensure_default_domain(
        &self,
        url: &ShortUrl,
        now: Timestamp,
    ) -> Result<DefaultDomain, StoreError> {
        self.write(|conn| domains::ensure_default(conn, url, now))
    }

    fn domains(&self) -> Result<Vec<StoredDomain>, StoreError> {
        self.read(domains::all)
    }

    fn links_leading_to(&self, domain: &DomainName) -> Result<Vec<LinkId>, StoreError> {
        self.read(|conn| search::leading_to(conn, domain))
    }

    fn add_domain(&self, new: &NewDomain, now: Timestamp) -> Result<DomainAdded, StoreError> {
        self.write(|conn| domains::add(conn, new, now))
    }

    fn patch_domain(
        &self,
        id: DomainId,
        expected: &Expected,
        edit: &DomainEdit,
        now: Timestamp,
    ) -> Result<DomainPatched, StoreError> {
        self.write(|conn| domains::patch(conn, id, expected, edit, now))
    }

    fn secret(&self) -> Result<InstanceSecret, StoreError> {
        self.read(domains::secret)
    }

    fn files(&self) -> Result<Vec<StoredFile>, StoreError> {
        self.read(files::list)
    }

    fn put_file(
        &self,
        id: DomainId,
        expected: &Expected,
        file: &RootFile,
        now: Timestamp,
    ) -> Result<FilePut, StoreError> {
        self.write(|conn| files::put(conn, id, expected, file, now))
    }

    fn delete_file(
        &self,
        id: DomainId,
        expected: &Expected,
        path: &str,
        now: Timestamp,
    ) -> Result<FileDeleted, StoreError> {
        self.write(|conn| files::delete(conn, id, expected, path, now))
    }

    fn add_api_key(&self, new: &NewApiKey, now: Timestamp) -> Result<Option<ApiKey>, StoreError> {
        self.write(|conn| keys::add(conn, new, now))
    }

    fn add_first_api_key(&self, new: &NewApiKey, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|conn| keys::add_first(conn, new, now))
    }

    fn api_key(&self, hash: &KeyHash) -> Result<Option<ApiKey>, StoreError> {
        self.read(|conn| keys::with_hash(conn, hash))
    }

    fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        self.read(keys::all)
    }

    fn delete_api_key(&self, id: ApiKeyId, by: Scopes) -> Result<KeyDeleted, StoreError> {
        self.write(|conn| keys::delete(conn, id, by))
    }

    fn add_logo(
        &self,
        hash: &LogoHash,
        png: &[u8],
        now: Timestamp,
    ) -> Result<LogoAdded, StoreError> {
        self.write(|conn| logos::add(conn, hash, png, now))
    }

    fn logo(&self, hash: &LogoHash) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|conn| logos::find(conn, hash))
    }

    fn delete_logo(&self, hash: &LogoHash) -> Result<bool, StoreError> {
        self.write(|conn| logos::remove(conn, hash))
    }

    fn claim(&self, claim: &Claim, now: Timestamp) -> Result<Claimed, StoreError> {
        self.write(|conn| claims::make(conn, claim, now))
    }

    fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        self.write(|conn| claims::release(conn, claim))
    }

    fn forget_replies(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(|conn| claims::forget(conn, before, limit))
    }

    fn create_links(
        &self,
        links: &[NewLink],
        now: Timestamp,
        keep: Option<&Keep<'_>>,
    ) -> Result<Vec<Creation>, StoreError> {
        self.write(|conn| {
            let creations = create::create(conn, links, now, self.random())?;
            if let Some(keep) = keep {
                claims::settle(conn, keep.claim, (keep.reply)(&creations))?;
            }
            Ok(creations)
        })
    }

    fn link(&self, id: LinkId) -> Result<Option<StoredLink>, StoreError> {
        self.read(|conn| find::one(conn, id))
    }

    fn links(&self, filter: &Filter) -> Result<Page, StoreError> {
        self.read(|conn| find::page(conn, filter))
    }

    fn patch_link(
        &self,
        id: LinkId,
        expected: &Expected,
        edit: &mut dyn FnMut(&StoredLink) -> Option<LinkEdit>,
        now: Timestamp,
    ) -> Result<Patched, StoreError> {
        self.write(|conn| edit::patch(conn, id, expected, edit, now))
    }

    fn delete_link(
        &self,
        id: LinkId,
        expected: &Expected,
        now: Timestamp,
    ) -> Result<Deleted, StoreError> {
        self.write(|conn| remove::delete(conn, id, expected, now))
    }

    fn open_management(&self, links: &[LinkId]) -> Result<Vec<u32>, StoreError> {
        self.write(|conn| manage::open(conn, links))
    }

    fn management(&self, link: LinkId) -> Result<Option<u32>, StoreError> {
        self.read(|conn| manage::serial(conn, link))
    }

    fn renew_management(&self, link: LinkId, serial: u32) -> Result<Option<u32>, StoreError> {
        self.write(|conn| manage::renew(conn, link, serial))
    }
}
