//! Rebuilds the projection from the database, beside writes and while edges read it.
//!
//! A bucket is rebuilt under a token. Whatever takes the bucket's keys away takes the token
//! too, and every write to a bucket goes over one connection, so that a server that was restarted
//! in the middle, or replaced, is noticed; the bucket is declared whole only if the token is
//! still there.

use std::{
    fmt,
    time::{Duration, Instant},
};

use suo_link::{
    rev::{Generation, Position},
    wire::{
        names::{Bucket, LinkKey, Names},
        record::rev_of,
        sighting::Question,
    },
};

use super::{
    held::{Held, Holder},
    line::unavailable,
    scripts::SCRIPTS,
    target::RedisTarget,
};
use crate::{
    announce::AnnounceError,
    clock::Clock,
    store::{Store, StoreError},
};

/// Records a script call, and a page of the database.
const PAGE: usize = 500;

/// A page that was read longer ago than this is not written: a tombstone could have gone meanwhile.
const PAGE_AGE: Duration = Duration::from_secs(3600);

/// Seconds after which the token of a dead rebuild goes by itself.
const TOKEN_SECONDS: u64 = 3600;

/// How long other admins leave a rebuild alone that shows no sign of life.
const LEASE: Duration = Duration::from_secs(30);

/// Bytes of a record that say how old it is.
const HEADER: isize = 14;

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
        buckets.iter().try_for_each(|bucket| self.bucket(*bucket))
    }

    fn bucket(&mut self, bucket: Bucket) -> Result<(), AnnounceError> {
        self.begin(bucket)?;
        if bucket == Bucket::DOMAINS {
            self.fill_domains()?
        } else {
            self.fill_links(bucket)?
        }
        self.seal(bucket)?;
        self.report.buckets += 1;
        Ok(())
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
            let records: Vec<_> = page
                .iter()
                .map(|(key, record)| (self.names.record(key), record))
                .collect();
            self.fill(bucket, &records, read)?;
            match page.into_iter().last() {
                Some((key, _)) => after = Some(key),
                None => return Ok(()),
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

    /// Under the relay's lock: no change is published between reading the position and writing it.
    fn seal(&mut self, bucket: Bucket) -> Result<(), AnnounceError> {
        let mut outcome = Ok(false);
        let store = self.store;
        let token = self.names.rebuild(bucket);
        let connection = self.held.of(&token)?;
        store.with_relay_lock(&mut |state| {
            if state.generation != self.generation {
                return Ok(());
            }
            let position = Position {
                generation: state.generation,
                seq: state.published,
            };
            outcome = SCRIPTS
                .seal
                .key(&token)
                .key(self.names.marker(bucket))
                .arg(&self.token)
                .arg(position.to_string())
                .invoke(connection);
            if let (Ok(true), Some(seq)) = (&outcome, state.acknowledged.get_mut(bucket.index())) {
                *seq = position.seq;
            }
            Ok(())
        })?;
        still_ours(outcome.map_err(|error| unavailable(&error))?)
    }

    fn sweep(&mut self, holder: &Holder) -> Result<(), AnnounceError> {
        let mut cursor = 0u64;
        loop {
            let (next, names): (u64, Vec<String>) = redis::cmd("SCAN")
                .arg(cursor)
                .arg("MATCH")
                .arg(self.names.record_pattern())
                .arg("COUNT")
                .arg(PAGE)
                .query(self.held.at(holder)?)
                .map_err(|error| unavailable(&error))?;
            self.keep_lease()?;
            self.sweep_page(holder, &names)?;
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// The record is looked at before the database is asked, and removed only if it is still
    /// the same: a code created again meanwhile has a newer one.
    fn sweep_page(&mut self, holder: &Holder, names: &[String]) -> Result<(), AnnounceError> {
        // A node may be about to take over more than it holds.
        let is_held = |name: &&String| self.held.holder(name).is_ok_and(|held| held == *holder);
        let names: Vec<&String> = names.iter().filter(is_held).collect();
        if names.is_empty() {
            return Ok(());
        }
        let mut headers = redis::pipe();
        for name in &names {
            headers.getrange(name, 0, HEADER - 1);
        }
        let headers: Vec<Vec<u8>> = headers
            .query(self.held.at(holder)?)
            .map_err(|error| unavailable(&error))?;
        let seen: Vec<_> = names
            .into_iter()
            .zip(headers)
            .filter(|(_, header)| rev_of(header).is_ok() && header.get(1) != Some(&0))
            .filter_map(|(name, header)| Some((self.names.parse_record(name)?, name, header)))
            .collect();
        let keys: Vec<LinkKey> = seen.iter().map(|(key, ..)| key.clone()).collect();
        let known = self.store.known(&keys)?;
        for ((_, name, header), _) in seen.iter().zip(known).filter(|(_, is_known)| !is_known) {
            let removed: usize = SCRIPTS
                .sweep
                .key(name)
                .arg(header.as_slice())
                .invoke(self.held.at(holder)?)
                .map_err(|error| unavailable(&error))?;
            self.report.swept += removed;
        }
        Ok(())
    }

    fn keep_lease(&mut self) -> Result<(), AnnounceError> {
        if self.leased.elapsed() > LEASE / 3 {
            still_ours(self.renew_lease()?)?;
        }
        Ok(())
    }

    /// Whether the lease is ours for another while.
    fn renew_lease(&mut self) -> Result<bool, StoreError> {
        self.leased = Instant::now();
        let now = (self.clock)();
        let until = now.plus(i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX));
        let mut is_ours = false;
        self.store.with_relay_lock(&mut |state| {
            let is_free = state.rebuild_until.is_none_or(|until| until <= now);
            is_ours = is_free || state.rebuild_owner.as_deref() == Some(&self.token);
            if is_ours {
                state.rebuild_owner = Some(self.token.clone());
                state.rebuild_until = Some(until);
            }
            Ok(())
        })?;
        Ok(is_ours)
    }

    fn end_lease(&self) -> Result<(), StoreError> {
        self.store.with_relay_lock(&mut |state| {
            if state.rebuild_owner.as_deref() == Some(&self.token) {
                state.rebuild_owner = None;
                state.rebuild_until = None;
            }
            Ok(())
        })
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
