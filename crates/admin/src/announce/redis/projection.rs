//! Rebuilds the projection from the database, beside writes and while edges read it.
//!
//! A bucket is rebuilt under a token. Whatever takes the bucket's keys away takes the token
//! too, and every write to a bucket goes over one connection, so that a server that was restarted
//! in the middle, or replaced, is noticed; the bucket is declared whole only if the token is
//! still there.

mod lease;
mod seal;
mod sweep;

use std::{
    fmt,
    time::{Duration, Instant},
};

use suo_link::{
    rev::Generation,
    wire::{
        names::{Bucket, LinkKey, Names},
        sighting::Question,
    },
};

use super::{
    held::{Held, Holder},
    line::unavailable,
    scripts::SCRIPTS,
    target::RedisTarget,
};
use crate::{announce::AnnounceError, clock::Clock, store::Store};

/// Records a script call, and a page of the database.
const PAGE: usize = 500;

/// A page that was read longer ago than this is not written: a tombstone could have gone meanwhile.
const PAGE_AGE: Duration = Duration::from_secs(3600);

/// Buckets that are declared whole under one lock: each lock is a commit that edits wait for.
const SEALED_AT_ONCE: usize = 16;

/// Seconds after which the token of a dead rebuild goes by itself.
const TOKEN_SECONDS: u64 = 3600;

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Buckets that were filled and declared whole.
    pub buckets: usize,
    /// Records that were written, or found as new as in the database.
    pub records: usize,
    /// Records of codes that the database does not know, removed.
    pub swept: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} buckets, {} records, {} removed",
            self.buckets, self.records, self.swept
        )
    }
}

/// Removes records of codes that the database does not know, then rebuilds these buckets.
/// `None`: another admin is at it, and nothing was done.
///
/// # Errors
/// If Redis or the database stops answering, or Redis loses what was written meanwhile.
pub fn rebuild(
    target: &RedisTarget,
    store: &dyn Store,
    clock: &Clock,
    buckets: &[Bucket],
) -> Result<Option<Report>, AnnounceError> {
    let token = token()?;
    let mut rebuild = Rebuild {
        held: Held::new(target)?,
        names: &target.names,
        generation: store.relay_state()?.generation,
        store,
        clock,
        token,
        leased: Instant::now(),
        report: Report::default(),
    };
    if !rebuild.renew_lease()? {
        return Ok(None);
    }
    tracing::warn!(buckets = buckets.len(), "Redis is filled from the database");
    let outcome = rebuild.all(buckets);
    // Left behind, the lease would keep the next try waiting.
    rebuild.end_lease()?;
    outcome.map(|()| Some(rebuild.report))
}

struct Rebuild<'a> {
    held: Held<'a>,
    names: &'a Names,
    store: &'a dyn Store,
    clock: &'a Clock,
    generation: Generation,
    token: String,
    leased: Instant,
    report: Report,
}

impl Rebuild<'_> {
    /// A node of a cluster that fails keeps the others from nothing.
    fn all(&mut self, buckets: &[Bucket]) -> Result<(), AnnounceError> {
        let mut outcome = Ok(());
        for (holder, buckets) in self.by_holder(buckets)? {
            let done = self.of_holder(&holder, &buckets);
            outcome = outcome.and(done);
        }
        outcome
    }

    /// The domains come first, as every visitor needs them.
    fn by_holder(&self, buckets: &[Bucket]) -> Result<Vec<(Holder, Vec<Bucket>)>, AnnounceError> {
        let mut sorted = buckets.to_vec();
        sorted.sort_by_key(|bucket| *bucket != Bucket::DOMAINS);
        let mut all: Vec<(Holder, Vec<Bucket>)> = Vec::new();
        for bucket in sorted {
            let holder = self.held.holder(&self.names.marker(bucket))?;
            match all.iter_mut().find(|(known, _)| *known == holder) {
                Some((_, buckets)) => buckets.push(bucket),
                None => all.push((holder, vec![bucket])),
            }
        }
        Ok(all)
    }

    /// First what must not be seen in a bucket that is whole goes; what is deleted later
    /// leaves a tombstone.
    fn of_holder(&mut self, holder: &Holder, buckets: &[Bucket]) -> Result<(), AnnounceError> {
        self.sweep(holder)?;
        for several in buckets.chunks(SEALED_AT_ONCE) {
            several.iter().try_for_each(|bucket| self.refill(*bucket))?;
            self.seal(holder, several)?;
        }
        Ok(())
    }

    fn refill(&mut self, bucket: Bucket) -> Result<(), AnnounceError> {
        self.begin(bucket)?;
        if bucket == Bucket::DOMAINS {
            self.fill_domains()
        } else {
            self.fill_links(bucket)
        }
    }

    fn begin(&mut self, bucket: Bucket) -> Result<(), AnnounceError> {
        let name = self.names.rebuild(bucket);
        redis::cmd("SET")
            .arg(&name)
            .arg(&self.token)
            .arg("EX")
            .arg(TOKEN_SECONDS)
            .exec(self.held.of(&name)?)
            .map_err(|error| unavailable(&error))
    }

    fn fill_links(&mut self, bucket: Bucket) -> Result<(), AnnounceError> {
        let mut after: Option<LinkKey> = None;
        loop {
            self.keep_lease()?;
            let read = Instant::now();
            let page = self.store.bucket_page(bucket, after.as_ref(), PAGE)?;
            let is_last = page.len() < PAGE;
            let records: Vec<_> = page
                .iter()
                .map(|(key, record)| (self.names.record(key), record))
                .collect();
            self.fill(bucket, &records, read)?;
            match page.into_iter().last() {
                Some((key, _)) if !is_last => after = Some(key),
                _ => return Ok(()),
            }
        }
    }

    fn fill_domains(&mut self) -> Result<(), AnnounceError> {
        let read = Instant::now();
        let answer = self.store.answer(&Question::Domains)?;
        let record = answer.records.into_iter().flatten().next();
        let records: Vec<_> = record
            .iter()
            .map(|record| (self.names.domains(), record))
            .collect();
        self.fill(Bucket::DOMAINS, &records, read)
    }

    fn fill(
        &mut self,
        bucket: Bucket,
        records: &[(String, &Vec<u8>)],
        read: Instant,
    ) -> Result<(), AnnounceError> {
        if read.elapsed() > PAGE_AGE {
            return Err(AnnounceError::Unavailable(
                "a page of the database grew too old".into(),
            ));
        }
        let token = self.names.rebuild(bucket);
        let mut call = SCRIPTS.fill.prepare_invoke();
        call.key(&token).arg(&self.token);
        for (name, record) in records {
            call.key(name).arg(record.as_slice());
        }
        let is_ours: bool = call
            .invoke(self.held.of(&token)?)
            .map_err(|error| unavailable(&error))?;
        self.report.records += records.len();
        still_ours(is_ours)
    }
}

fn still_ours(is_ours: bool) -> Result<(), AnnounceError> {
    if is_ours {
        Ok(())
    } else {
        Err(AnnounceError::Unavailable(
            "Redis lost data during the rebuild, or another rebuild took over".into(),
        ))
    }
}

/// A name that no other rebuild has.
fn token() -> Result<String, AnnounceError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| AnnounceError::Unavailable(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
