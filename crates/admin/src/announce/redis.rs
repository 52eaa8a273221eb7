//! Announces changes through Redis, and looks after the projection there.

mod cluster;
mod doubt;
mod held;
mod line;
mod projection;
mod scripts;
mod server;
mod state;
mod target;

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

pub use projection::{Report, rebuild};
use redis::{Cmd, Pipeline};
use scripts::SCRIPTS;
use suo_link::{
    rev::Position,
    wire::{
        changes::{Change, Changes, Notice},
        names::{Bucket, Names},
    },
};
pub use target::{RedisTarget, TargetError};

pub(crate) use self::line::Line;
use self::state::Trim;
use super::{Announce, AnnounceError, notice};
use crate::{
    clock::Clock,
    store::{Message, RelayState, Store},
};
pub use state::Damage;

/// The most messages that an emptied stream gets back. Nothing new is published meanwhile, and all
/// edges are deaf; one that is further behind looks everything up again.
const REFILL: u64 = 1_000;

/// How long a line that has answered is taken for one that answers.
const ALIVE: Duration = Duration::from_millis(50);

/// The same for who has waited for the lock meanwhile.
const LATELY: Duration = Duration::from_millis(100);

/// What the script says of a stream that has lost its end.
const BEHIND: &str = "behind";

/// Messages a round trip when the stream gets them back.
const BATCH: usize = 100;

/// The announcer of production: records and markers, then stream and channel.
pub struct RedisAnnounce {
    target: RedisTarget,
    line: Line,
    store: Arc<dyn Store>,
    clock: Clock,
    rebuild: Option<JoinHandle<()>>,
    watch: state::Watch,
    /// When Redis last took something.
    answered: Option<Instant>,
}

impl RedisAnnounce {
    /// Connects when there is something to do, so that an admin starts without Redis too.
    #[must_use]
    pub fn new(target: RedisTarget, store: Arc<dyn Store>, clock: Clock) -> Self {
        let line = Line::new(&target);
        Self {
            target,
            line,
            store,
            clock,
            rebuild: None,
            watch: state::Watch::default(),
            answered: None,
        }
    }

    fn names(&self) -> &Names {
        &self.target.names
    }

    fn apply(&mut self, state: &RelayState, notices: &[Notice]) -> Result<(), AnnounceError> {
        let pipeline = apply_pipeline(self.names(), state, notices);
        if !pipeline.is_empty() {
            // Buckets that are not whole, or whose node is away, are found and rebuilt by
            // `look_after`. Edges that hear the notice do not believe them.
            let _were_whole: Vec<Option<bool>> = self.line.run_in_part(&pipeline)?;
        }
        Ok(())
    }

    /// A Redis that takes no writes still passes on what is published. Edges that hear of what
    /// its stream does not hold know that they must not believe it.
    fn tell_anyway(&mut self, notices: &[Notice]) {
        let mut pipeline = Pipeline::new();
        for notice in notices {
            pipeline
                .cmd("PUBLISH")
                .arg(self.names().channel())
                .arg(notice.encode());
        }
        let told: Result<Vec<u64>, _> = self.line.run(&pipeline);
        if let Err(error) = told {
            tracing::debug!(%error, "edges are not told either");
        }
    }

    /// `reached`: where the stream must stand for each of them; `None`: anywhere below.
    fn publish(
        &mut self,
        notices: &[Notice],
        mut reached: Option<Position>,
    ) -> Result<(), AnnounceError> {
        let mut pipeline = Pipeline::new();
        for notice in notices {
            pipeline.add_command(self.publish_command(notice, reached));
            reached = reached.and(Some(notice.position));
        }
        let refused: Vec<String> = self.line.run(&pipeline)?;
        match refused.iter().find(|why| !why.is_empty()) {
            None => Ok(()),
            Some(why) if why == BEHIND => Err(AnnounceError::Unavailable(
                "the stream of changes has lost its end".into(),
            )),
            Some(last) => Err(ahead(last)),
        }
    }

    fn publish_command(&self, notice: &Notice, reached: Option<Position>) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        command
            .arg(SCRIPTS.publish.get_hash())
            .arg(1)
            .arg(self.names().stream())
            .arg(notice.position.to_string())
            .arg(notice.encode())
            .arg(self.names().channel())
            .arg(
                reached
                    .map(|reached| reached.to_string())
                    .unwrap_or_default(),
            );
        command
    }
}

impl Announce for RedisAnnounce {
    fn announce(&mut self, state: &RelayState, batch: &[Message]) -> Result<(), AnnounceError> {
        let notices: Vec<Notice> = batch
            .iter()
            .map(|message| notice(state.generation, message))
            .collect::<Result<_, _>>()?;
        let reached = Position {
            generation: state.generation,
            seq: state.published,
        };
        let outcome = self
            .apply(state, &notices)
            .and_then(|()| self.publish(&notices, (state.published > 0).then_some(reached)));
        if matches!(outcome, Err(AnnounceError::Refused(_))) {
            self.tell_anyway(&notices);
        }
        self.answered = outcome.is_ok().then(Instant::now);
        outcome
    }

    /// Behind a line that is half-open another relay would wait for the lock as long as this one
    /// waits for an answer.
    fn reach(&mut self) -> Result<(), AnnounceError> {
        if self.answered.is_none_or(|at| at.elapsed() > ALIVE) {
            state::stream_top(&mut self.line, &self.target.names)?;
            self.answered = Some(Instant::now());
        }
        Ok(())
    }

    fn has_answered_lately(&self) -> bool {
        self.answered.is_some_and(|at| at.elapsed() <= LATELY)
    }

    fn look_after(&mut self) -> Result<(), AnnounceError> {
        let damage = self.tell_of_damage()?;
        if damage.is_rebuilt && !damage.lost.is_empty() {
            self.rebuild_beside(damage.lost);
        }
        if let Some((state, after)) = damage.stream {
            self.refill_stream(&state, after)?;
        }
        self.trim_stream()
    }
}

impl RedisAnnounce {
    /// Looks for damage, and sees to it that edges will be told what they may have believed. To
    /// be called before anything is rebuilt: what looks whole again is not doubted any more.
    ///
    /// # Errors
    /// If Redis or the database does not answer, or Redis is ahead of the database.
    pub fn tell_of_damage(&mut self) -> Result<Damage, AnnounceError> {
        let damage = self
            .watch
            .inspect(&mut self.line, &self.target.names, &*self.store)?;
        doubt::tell(
            &mut self.line,
            &self.target.names,
            &*self.store,
            &self.clock,
            &damage.lost,
        )?;
        Ok(damage)
    }

    /// One rebuild at a time; publishing goes on meanwhile.
    fn rebuild_beside(&mut self, buckets: Vec<Bucket>) {
        if self
            .rebuild
            .as_ref()
            .is_some_and(|rebuild| !rebuild.is_finished())
        {
            return;
        }
        let (target, store, clock) = (self.target.clone(), self.store.clone(), self.clock.clone());
        let work = move || match rebuild(&target, &*store, &clock, &buckets) {
            Ok(Some(report)) => tracing::info!(%report, "rebuilt"),
            Ok(None) => tracing::debug!("another admin is rebuilding"),
            Err(error) => tracing::warn!(%error, "the rebuild stopped; it will be tried again"),
        };
        let thread = std::thread::Builder::new()
            .name("suo-rebuild".into())
            .spawn(work);
        self.rebuild = thread
            .inspect_err(|error| tracing::error!(%error, "no thread"))
            .ok();
    }

    /// Puts back what the stream has lost, so that edges that were away can still catch up,
    /// and that all of them hear of a new generation.
    fn refill_stream(&mut self, state: &RelayState, after: u64) -> Result<(), AnnounceError> {
        tracing::warn!("the stream of changes has lost its end and gets it back");
        let mut after = after.max(state.published.saturating_sub(REFILL));
        let position = Position {
            generation: state.generation,
            seq: state.published,
        };
        if self.store.messages_after(after, 1)?.is_empty() {
            // The outbox does not reach back: a message that says nothing still shows the gap.
            let nothing = Notice {
                position,
                changes: Changes::default(),
            };
            return self.republish(&[nothing]).map(|_| ());
        }
        loop {
            let batch = self.store.messages_after(after, BATCH)?;
            let batch = batch
                .iter()
                .take_while(|message| message.seq <= state.published);
            let notices: Vec<Notice> = batch
                .map(|message| notice(state.generation, message))
                .collect::<Result<_, _>>()?;
            let Some(last) = notices.last().map(|notice| notice.position.seq) else {
                return Ok(());
            };
            if !self.republish(&notices)? {
                return Ok(());
            }
            after = last;
        }
    }

    /// Whether the stream took them. Another relay may have published newer ones meanwhile:
    /// then these are refused, and edges that lack them see the gap.
    fn republish(&mut self, notices: &[Notice]) -> Result<bool, AnnounceError> {
        match self.publish(notices, None) {
            Ok(()) => Ok(true),
            Err(AnnounceError::Ahead(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn trim_stream(&mut self) -> Result<(), AnnounceError> {
        let Some(trim) = self.watch.due_trim(&*self.store, &self.clock)? else {
            return Ok(());
        };
        let mut command = redis::cmd("XTRIM");
        command.arg(self.names().stream());
        match trim {
            Trim::Before(floor) => command.arg("MINID").arg("~").arg(floor.to_string()),
            Trim::Longer(length) => command.arg("MAXLEN").arg("~").arg(length),
        };
        self.line.run(Pipeline::new().add_command(command).ignore())
    }
}

/// One script call a bucket: with the newest record of each code, and the bucket's highest seq.
fn apply_pipeline(names: &Names, state: &RelayState, notices: &[Notice]) -> Pipeline {
    let mut buckets: BTreeMap<Bucket, (u64, BTreeMap<String, &[u8]>)> = BTreeMap::new();
    for notice in notices {
        for change in &notice.changes.0 {
            let (seq, records) = buckets.entry(change.bucket()).or_default();
            *seq = notice.position.seq;
            records.insert(record_name(names, change), change.record());
        }
    }
    let mut pipeline = Pipeline::with_capacity(buckets.len());
    for (bucket, (seq, records)) in buckets {
        let mut command = redis::cmd("EVALSHA");
        command
            .arg(SCRIPTS.apply.get_hash())
            .arg(records.len() + 1)
            .arg(names.marker(bucket));
        records.keys().for_each(|name| _ = command.arg(name));
        let acknowledged = state.acknowledged.get(bucket.index()).copied();
        command
            .arg(state.generation.0)
            .arg(seq)
            .arg(acknowledged.unwrap_or(0));
        records.values().for_each(|record| _ = command.arg(*record));
        pipeline.add_command(command);
    }
    pipeline
}

fn record_name(names: &Names, change: &Change) -> String {
    match change {
        Change::Created { key, .. } | Change::Edited { key, .. } => names.record(key),
        Change::Domains { .. } => names.domains(),
    }
}

fn ahead(last: &str) -> AnnounceError {
    last.parse::<Position>().map_or_else(
        |_| AnnounceError::Unavailable(format!("the stream's last id {last:?} is none of ours")),
        AnnounceError::Ahead,
    )
}
