//! Compares what Redis holds with what the database knows that it acknowledged.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use redis::{Pipeline, streams::StreamRangeReply};
use suo_link::{
    rev::Position,
    wire::names::{Bucket, Names},
};

use super::{line::Line, scripts::SCRIPTS};
use crate::{
    announce::AnnounceError,
    clock::Clock,
    store::{RelayState, Store},
};

/// How long and how much the stream keeps at least, for edges that were away.
const STREAM_KEEPS: Duration = Duration::from_secs(15 * 60);
const STREAM_KEEPS_CHANGES: u64 = 1_000_000;

/// How often the stream is trimmed.
const TRIM_EVERY: Duration = Duration::from_secs(60);

/// What was seen at the last look.
#[derive(Default)]
pub(super) struct Watch {
    /// By the server's name, as each counts for itself.
    evicted: BTreeMap<String, u64>,
    may_evict_records: bool,
    is_policy_reported: bool,
    trimmed: Option<Instant>,
}

/// What is to be mended.
pub struct Damage {
    /// Buckets that have lost writes. Their markers say so or are gone: no edge believes them.
    pub(super) lost: Vec<Bucket>,
    /// Whether they may be whole again. Not while Redis may throw away a record and keep the
    /// marker that says that there is none.
    pub(super) is_rebuilt: bool,
    /// The state that the stream must reach again, and the message after which it ends.
    pub(super) stream: Option<(RelayState, u64)>,
}

/// What may go from the stream.
pub(super) enum Trim {
    /// All entries before this one.
    Before(Position),
    /// The oldest, beyond so many.
    Longer(u64),
}

/// What one look at Redis shows.
struct Look {
    top: Option<Position>,
    /// Of the buckets whose node can be asked.
    markers: Vec<(Bucket, Option<Position>)>,
}

impl Watch {
    /// Compares, and takes the markers of damaged buckets away.
    pub(super) fn inspect(
        &mut self,
        line: &mut Line,
        names: &Names,
        store: &dyn Store,
    ) -> Result<Damage, AnnounceError> {
        // Other admins publish meanwhile, so the order matters: Redis must have reached what
        // was acknowledged before the look, and nothing in it may be ahead of what was
        // numbered after the look.
        let state = store.relay_state()?;
        let look = Look {
            top: stream_top(line, names)?,
            markers: markers(line, names)?,
        };
        check_generation(&store.relay_state()?, &look)?;
        let evicted = self.evictions(line, names)?;
        let has_evicted = self.are_new(&evicted);
        let lost: Vec<_> = if has_evicted || self.may_evict_records {
            // A rebuild may have written what is evicted by now: it must not seal anything.
            take_tokens(line, names)?;
            markers(line, names)?
        } else {
            lost(&state, look.markers).collect()
        };
        doubt(
            line,
            names,
            lost.iter()
                .filter_map(|(bucket, marker)| Some((*bucket, (*marker)?))),
        )?;
        // Not before nobody believes the markers any more.
        self.evicted = evicted;
        let lost = lost.into_iter().map(|(bucket, _)| bucket).collect();
        let end = lost_end(&state, look.top);
        Ok(Damage {
            lost,
            is_rebuilt: !self.may_evict_records,
            stream: end.map(|after| (state, after)),
        })
    }

    /// How the stream is to be trimmed now; `None` most of the time.
    pub(super) fn due_trim(
        &mut self,
        store: &dyn Store,
        clock: &Clock,
    ) -> Result<Option<Trim>, AnnounceError> {
        let is_recent = |trimmed: Instant| trimmed.elapsed() < TRIM_EVERY;
        if self.trimmed.is_some_and(is_recent) {
            return Ok(None);
        }
        self.trimmed = Some(Instant::now());
        let keep = i64::try_from(STREAM_KEEPS.as_millis()).unwrap_or(i64::MAX);
        let floor = store.stream_floor((clock)().plus(-keep), STREAM_KEEPS_CHANGES)?;
        let generation = store.relay_state()?.generation;
        // Without a floor the outbox reaches back less than that, in time or in changes. So many
        // entries hold at least so many changes; only an outbox younger than 15 minutes can have
        // more, and then an edge that was away that long looks everything up again.
        Ok(Some(
            floor.map_or(Trim::Longer(STREAM_KEEPS_CHANGES), |seq| {
                Trim::Before(Position { generation, seq })
            }),
        ))
    }

    /// How many keys each server threw away since its start, by its name: it must never do that.
    fn evictions(
        &mut self,
        line: &mut Line,
        names: &Names,
    ) -> Result<BTreeMap<String, u64>, AnnounceError> {
        let each: Vec<(String, (String, String))> = line.run_on_each(
            Pipeline::new()
                .cmd("INFO")
                .arg("stats")
                .cmd("INFO")
                .arg("memory"),
        )?;
        let policies = each.iter().filter_map(|(_, (_, memory))| policy(memory));
        let policies: Vec<&str> = policies.collect();
        self.may_evict_records = policies.iter().any(|policy| policy.starts_with("allkeys"));
        self.check_policy(&policies, names);
        let count = |(server, (stats, _)): (String, (String, String))| {
            Some((server, info(&stats, "evicted_keys")?.parse().ok()?))
        };
        Ok(each.into_iter().filter_map(count).collect())
    }

    /// Whether any server threw away something since the last look.
    fn are_new(&self, evicted: &BTreeMap<String, u64>) -> bool {
        let before = |server| self.evicted.get(server).copied();
        evicted
            .iter()
            .any(|(server, count)| has_evicted(before(server), *count))
    }

    fn check_policy(&mut self, policies: &[&str], names: &Names) {
        let wrong = policies.iter().find(|policy| **policy != "noeviction");
        if let Some(policy) = wrong
            && !self.is_policy_reported
        {
            tracing::error!(
                policy,
                prefix = names.stream(),
                "Redis must run with maxmemory-policy noeviction"
            );
        }
        self.is_policy_reported = wrong.is_some();
    }
}

fn policy(memory: &str) -> Option<&str> {
    info(memory, "maxmemory_policy")
}

/// Any other count than the one before, as a restart begins at 0 again; and at the first look
/// any at all, as nobody knows who has seen it.
fn has_evicted(before: Option<u64>, now: u64) -> bool {
    now > 0 && before != Some(now)
}

/// Redis ahead of everything that was ever numbered means that the database was restored.
fn check_generation(state: &RelayState, look: &Look) -> Result<(), AnnounceError> {
    let numbered = Position {
        generation: state.generation,
        seq: state.numbered,
    };
    let markers = look
        .markers
        .iter()
        .filter_map(|(_, marker)| marker.as_ref());
    let seen = markers.chain(&look.top).max();
    match seen {
        Some(seen) if *seen > numbered => Err(AnnounceError::Ahead(*seen)),
        _ => Ok(()),
    }
}

/// After which message the stream has lost what was published, if it has.
fn lost_end(state: &RelayState, top: Option<Position>) -> Option<u64> {
    let published = Position {
        generation: state.generation,
        seq: state.published,
    };
    match top {
        Some(top) if top >= published => None,
        Some(top) if top.generation == state.generation => Some(top.seq),
        None if state.published == 0 => None,
        _ => Some(0),
    }
}

fn lost(
    state: &RelayState,
    markers: Vec<(Bucket, Option<Position>)>,
) -> impl Iterator<Item = (Bucket, Option<Position>)> {
    markers.into_iter().filter(|(bucket, marker)| {
        let acknowledged = state.acknowledged.get(bucket.index()).copied().unwrap_or(0);
        let least = Position {
            generation: state.generation,
            seq: acknowledged,
        };
        marker.is_none_or(|marker| marker < least)
    })
}

/// Nobody believes markers any more that say too little, unless a rebuild has replaced them.
fn doubt(
    line: &mut Line,
    names: &Names,
    behind: impl Iterator<Item = (Bucket, Position)>,
) -> Result<(), AnnounceError> {
    let mut pipeline = Pipeline::new();
    for (bucket, marker) in behind {
        pipeline
            .cmd("EVALSHA")
            .arg(SCRIPTS.doubt.get_hash())
            .arg(1)
            .arg(names.marker(bucket))
            .arg(marker.to_string());
    }
    if !pipeline.is_empty() {
        let _forgotten: Vec<Option<bool>> = line.run_in_part(&pipeline)?;
    }
    Ok(())
}

/// Ends every rebuild that is under way, where its bucket can be reached.
fn take_tokens(line: &mut Line, names: &Names) -> Result<(), AnnounceError> {
    let mut pipeline = Pipeline::new();
    for bucket in Bucket::all() {
        pipeline.cmd("DEL").arg(names.rebuild(bucket));
    }
    let _taken: Vec<Option<u64>> = line.run_in_part(&pipeline)?;
    Ok(())
}

fn markers(
    line: &mut Line,
    names: &Names,
) -> Result<Vec<(Bucket, Option<Position>)>, AnnounceError> {
    let mut pipeline = Pipeline::new();
    for bucket in Bucket::all() {
        pipeline.cmd("GET").arg(names.marker(bucket));
    }
    let markers: Vec<Option<Option<String>>> = line.run_in_part(&pipeline)?;
    let read = |(bucket, marker): (Bucket, Option<Option<String>>)| {
        Some((bucket, marker?.and_then(|marker| marker.parse().ok())))
    };
    Ok(Bucket::all().zip(markers).filter_map(read).collect())
}

pub(super) fn stream_top(
    line: &mut Line,
    names: &Names,
) -> Result<Option<Position>, AnnounceError> {
    let mut pipeline = Pipeline::new();
    pipeline
        .cmd("XREVRANGE")
        .arg(names.stream())
        .arg("+")
        .arg("-")
        .arg("COUNT")
        .arg(1);
    let (reply,): (StreamRangeReply,) = line.run(&pipeline)?;
    Ok(reply.ids.first().and_then(|entry| entry.id.parse().ok()))
}

/// One value of an INFO reply.
fn info<'a>(reply: &'a str, name: &str) -> Option<&'a str> {
    let of = |line: &'a str| line.strip_prefix(name)?.strip_prefix(':');
    reply.lines().find_map(of).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::has_evicted;

    #[test]
    fn evictions_are_seen_at_the_first_look_and_after_a_restart_of_redis() {
        assert!(!has_evicted(None, 0));
        assert!(has_evicted(None, 3));
        assert!(!has_evicted(Some(3), 3));
        assert!(has_evicted(Some(3), 4));
        assert!(has_evicted(Some(100), 5));
        assert!(!has_evicted(Some(100), 0));
    }
}
