//! Declares buckets whole.

use std::time::{Duration, Instant};

use redis::Pipeline;
use suo_link::{
    rev::Position,
    wire::names::{Bucket, Names},
};

use super::{Rebuild, still_ours};
use crate::announce::{
    AnnounceError,
    redis::{held::Holder, line::unavailable, scripts::SCRIPTS},
};

/// How long a line that has answered is taken for one that answers: edits wait behind the lock.
const LATELY: Duration = Duration::from_millis(100);

/// How often the lock is given back because it had to be waited for.
const REACHED_AGAIN: usize = 3;

impl Rebuild<'_> {
    /// Declares buckets whole. Under the relay's lock: no change is published between reading
    /// the position and writing it.
    pub(super) fn seal(
        &mut self,
        holder: &Holder,
        buckets: &[Bucket],
    ) -> Result<(), AnnounceError> {
        let mut tries = 0..=REACHED_AGAIN;
        let sealed = loop {
            let is_last = tries.next().is_none_or(|tried| tried == REACHED_AGAIN);
            self.reach(holder)?;
            if let Some(sealed) = self.seal_locked(holder, buckets, is_last)? {
                break sealed;
            }
        };
        still_ours(sealed)?;
        self.report.buckets += buckets.len();
        Ok(())
    }

    /// Redis answers, and knows the script: somebody may have flushed it.
    fn reach(&mut self, holder: &Holder) -> Result<(), AnnounceError> {
        let seal = SCRIPTS.seal.prepare_invoke();
        let loaded = seal.load(self.held.at(holder)?);
        loaded.map(drop).map_err(|error| unavailable(&error))
    }

    /// Whether all of them were still ours. `None`: the lock came too late to be sure of Redis.
    fn seal_locked(
        &mut self,
        holder: &Holder,
        buckets: &[Bucket],
        is_late_too: bool,
    ) -> Result<Option<bool>, AnnounceError> {
        let (names, token, generation) = (self.names, &self.token, self.generation);
        let connection = self.held.at(holder)?;
        let mut outcome = Ok(None);
        let reached = Instant::now();
        self.store.with_relay_lock(&mut |state| {
            if !is_late_too && reached.elapsed() > LATELY {
                return Ok(());
            }
            let position = Position {
                generation: state.generation,
                seq: state.published,
            };
            if state.generation != generation {
                outcome = Ok(Some(vec![false]));
                return Ok(());
            }
            outcome = seal_pipeline(names, token, position, buckets).query(connection);
            for (bucket, is_sealed) in buckets.iter().zip(outcome.iter().flatten().flatten()) {
                if let (true, Some(seq)) = (is_sealed, state.acknowledged.get_mut(bucket.index())) {
                    *seq = position.seq;
                }
            }
            Ok(())
        })?;
        let sealed: Option<Vec<bool>> = outcome.map_err(|error| unavailable(&error))?;
        Ok(sealed.map(|sealed| sealed.into_iter().all(|is_sealed| is_sealed)))
    }
}

fn seal_pipeline(names: &Names, token: &str, position: Position, buckets: &[Bucket]) -> Pipeline {
    let mut pipeline = redis::pipe();
    for bucket in buckets {
        pipeline
            .cmd("EVALSHA")
            .arg(SCRIPTS.seal.get_hash())
            .arg(2)
            .arg(names.rebuild(*bucket))
            .arg(names.marker(*bucket))
            .arg(token)
            .arg(position.to_string());
    }
    pipeline
}
