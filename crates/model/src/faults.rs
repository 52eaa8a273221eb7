//! What goes wrong.

use crate::{
    bucket,
    edge::Edge,
    rebuild::Job,
    redis::Redis,
    relay::Phase,
    scenario::Faults,
    sql::{Holder, Sql},
    world::World,
};

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An admin dies, and starts again.
    Crash(u8),
    /// Postgres takes an admin's transaction for dead, which goes on.
    LoseLock(u8),
    /// An admin's lines to Redis are cut.
    CutLine(u8),
    /// A rebuild at work loses its lease.
    LoseLease,
    /// The operator rebuilds everything, beside this admin.
    Project(u8),
    /// The next notice for an edge is lost.
    LoseNotice(u8),
    /// An edge's session ends.
    LoseSession(u8),
    /// An edge dies, and starts again.
    RestartEdge(u8),
    /// Redis restarts empty.
    LoseEverything,
    /// FLUSHALL.
    Flush,
    /// The keys of a bucket go.
    LoseBucket(usize),
    /// What may come back later; no fault in itself.
    Snapshot,
    /// Redis restarts as it was.
    SetBack,
    /// Redis is as it was, and nobody's line was cut.
    SetBackUnseen,
    /// A bucket is as it was.
    SetBucketBack(usize),
    /// The stream keeps its last entry.
    Trim,
    /// What may be restored later; no fault in itself.
    Backup,
    /// Postgres is restored.
    Restore,
}

impl Faults {
    /// What can go wrong now.
    pub fn possible(&self, world: &World) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.of_admins(world, &mut faults);
        self.of_edges(world, &mut faults);
        self.of_redis(world, &mut faults);
        self.of_postgres(world, &mut faults);
        faults
    }

    fn of_admins(&self, world: &World, faults: &mut Vec<Fault>) {
        for me in 0..world.relays.len() as u8 {
            if self.crash {
                faults.push(Fault::Crash(me));
            }
            let holds = [Holder::Relay(me), Holder::Seal(me)].map(Some);
            if self.lock && holds.contains(&world.sql.lock) {
                faults.push(Fault::LoseLock(me));
            }
            let phase = &world.relays[usize::from(me)].phase;
            if self.telling && matches!(phase, Phase::Looking(stage) if stage.tells()) {
                faults.push(Fault::Crash(me));
            }
            let speaks = world.relay_uses_redis(me) || world.rebuild_step(me).is_some();
            if self.line && speaks {
                faults.push(Fault::CutLine(me));
            }
        }
        let is_free = |me: &u8| world.relays[usize::from(*me)].job.is_none();
        let free = (0..world.relays.len() as u8).filter(is_free);
        let projects = self.project && world.is_set_back;
        faults.extend(free.filter(|_| projects).map(Fault::Project));
        if self.lease && world.sql.lease.is_some() {
            faults.push(Fault::LoseLease);
        }
    }

    fn of_edges(&self, world: &World, faults: &mut Vec<Fault>) {
        for (me, edge) in (0..).zip(&world.edges) {
            let session = edge.session.as_ref();
            if self.notice && session.is_some_and(|session| !session.queue.is_empty()) {
                faults.push(Fault::LoseNotice(me));
            }
            if self.session && session.is_some() {
                faults.push(Fault::LoseSession(me));
            }
            if self.edge {
                faults.push(Fault::RestartEdge(me));
            }
        }
    }

    fn of_redis(&self, world: &World, faults: &mut Vec<Fault>) {
        if self.everything {
            faults.extend([Fault::LoseEverything, Fault::Flush]);
        }
        if self.bucket {
            faults.extend(world.buckets().map(Fault::LoseBucket));
        }
        if self.trim && world.redis.stream.len() > 1 {
            faults.push(Fault::Trim);
        }
        // The last fault is another one then.
        if (self.telling || self.project) && world.left.faults == 1 {
            return;
        }
        let returns = self.set_back || self.set_back_unseen || self.bucket_set_back;
        match &world.snapshot {
            None if returns => faults.push(Fault::Snapshot),
            Some(snapshot) if *snapshot != world.redis => {
                faults.extend(self.set_back.then_some(Fault::SetBack));
                faults.extend(self.set_back_unseen.then_some(Fault::SetBackUnseen));
                let buckets = world.buckets().filter(|_| self.bucket_set_back);
                faults.extend(buckets.map(Fault::SetBucketBack));
            }
            _ => {}
        }
    }

    /// A restored database is recognized by a Redis that is ahead of it; otherwise the operator
    /// has to say so.
    fn of_postgres(&self, world: &World, faults: &mut Vec<Fault>) {
        match &world.backup {
            None if self.restore => faults.push(Fault::Backup),
            Some(backup) if is_ahead(&world.redis, backup) => faults.push(Fault::Restore),
            _ => {}
        }
    }
}

fn is_ahead(redis: &Redis, sql: &Sql) -> bool {
    let top = redis.top().map(|top| (top.generation, top.seq));
    top > Some((sql.relay.generation, sql.relay.numbered))
}

impl World {
    /// Something goes wrong.
    pub fn breaks(&mut self, fault: Fault) {
        if !matches!(fault, Fault::Snapshot | Fault::Backup) {
            self.left.faults -= 1;
        }
        match fault {
            Fault::Crash(me) => self.crash(me),
            Fault::LoseLock(_) => self.sql.lock = None,
            Fault::CutLine(me) => self.cut_line(me),
            Fault::Project(me) => {
                let all = std::array::from_fn(|bucket| self.uses_bucket(bucket));
                self.relays[usize::from(me)].job = Some(Job::new(all));
            }
            Fault::LoseLease => self.sql.lease = None,
            Fault::LoseNotice(me) => self.lose_notice(me),
            Fault::LoseSession(me) => self.edges[usize::from(me)].lose_session(),
            Fault::RestartEdge(me) => self.edges[usize::from(me)] = Edge::started(),
            Fault::LoseEverything => {
                self.redis = Redis::empty();
                self.cut_lines();
            }
            Fault::Flush => self.redis = Redis::empty(),
            Fault::LoseBucket(bucket) => self.redis.lose(bucket),
            Fault::Snapshot => self.snapshot = Some(self.redis.clone()),
            Fault::SetBack => {
                self.sets_back();
                self.cut_lines();
            }
            Fault::SetBackUnseen => self.sets_back(),
            Fault::SetBucketBack(which) => self.sets_bucket_back(which),
            Fault::Trim => drop(self.redis.stream.drain(..self.redis.stream.len() - 1)),
            Fault::Backup => self.backup = Some(self.sql.clone()),
            Fault::Restore => self.restore(),
        }
    }

    fn lose_notice(&mut self, me: u8) {
        if let Some(session) = &mut self.edges[usize::from(me)].session {
            session.queue.remove(0);
        }
    }

    fn sets_back(&mut self) {
        if let Some(snapshot) = self.snapshot.take() {
            self.redis = snapshot;
            self.opens_window();
        }
    }

    fn sets_bucket_back(&mut self, which: usize) {
        if let Some(snapshot) = self.snapshot.take() {
            self.redis.markers[which] = snapshot.markers[which];
            self.redis.tokens[which] = snapshot.tokens[which];
            for key in self.keys().filter(|key| bucket(*key) == which) {
                let key = usize::from(key);
                self.redis.records[key] = snapshot.records[key];
            }
            self.opens_window();
            for me in 0..self.relays.len() as u8 {
                self.cut_line_to_shard(me);
            }
        }
    }

    /// What was published went elsewhere, and its reply is not lost.
    fn cut_line_to_shard(&mut self, me: u8) {
        if matches!(self.relays[usize::from(me)].phase, Phase::Recording(_)) {
            self.rebuild_fails(me);
        } else {
            self.cut_line(me);
        }
    }

    /// Until a relay looks, nobody can know.
    fn opens_window(&mut self) {
        self.is_set_back = true;
        for relay in &mut self.relays {
            relay.looks_at_the_past = true;
        }
        for flight in self
            .edges
            .iter_mut()
            .filter_map(|edge| edge.flight.as_mut())
        {
            flight.in_window = true;
        }
    }

    /// Transactions under way fail.
    fn restore(&mut self) {
        if let Some(backup) = self.backup.take() {
            self.sql = backup;
            self.sql.lock = None;
            self.sql.lease = None;
            self.sql.outbox.retain(|message| message.is_committed);
            self.restores += 1;
            for me in 0..self.relays.len() as u8 {
                self.relay_fails(me);
                self.rebuild_fails(me);
            }
        }
    }
}
