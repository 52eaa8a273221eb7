//! How large a world is, how it begins, and what may happen in it.

use crate::{mutation::Mutations, world::Left};

/// Bounds of one run.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Admin processes.
    pub relays: usize,
    /// Edge processes.
    pub edges: usize,
    /// The keys that are written, as bits; key 2 shares a bucket with key 0.
    pub keys: u8,
    /// How it begins.
    pub start: Start,
    /// How often things may happen.
    pub left: Left,
    /// Transactions stay open for a while, and commit in any order.
    pub commits_late: bool,
    /// What may go wrong.
    pub faults: Faults,
    /// What is left out of the protocol.
    pub mutations: Mutations,
}

/// How a world begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nothing was ever written; everybody has just started.
    Empty,
    /// Key 0 was published. Edges have just started.
    Published,
    /// Key 0 was published. Edges have heard of it and remember it.
    Hearing,
}

/// What may go wrong, each as often as [`Left::faults`] says for all together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// An admin dies at any step, and starts again.
    pub crash: bool,
    /// An admin's lock is lost at any step, and it goes on: what it has sent arrives late.
    pub lock: bool,
    /// An admin's line to Redis is cut at any step.
    pub line: bool,
    /// The last fault is that an admin dies while it tells edges of a doubt.
    pub telling: bool,
    /// The lease of a rebuild at work runs out.
    pub lease: bool,
    /// The last fault is that the operator rebuilds everything (`suo-admin project`) as soon as
    /// Redis was set back.
    pub project: bool,
    /// A notice is lost while the lines stay up.
    pub notice: bool,
    /// An edge loses its session.
    pub session: bool,
    /// An edge dies, and starts again.
    pub edge: bool,
    /// Redis loses everything; lines are cut, or not (FLUSHALL).
    pub everything: bool,
    /// Redis loses the keys of one bucket.
    pub bucket: bool,
    /// Redis comes back as it was at an earlier moment; lines are cut.
    pub set_back: bool,
    /// The same behind lines that stay up.
    pub set_back_unseen: bool,
    /// One bucket comes back as it was (a shard of a cluster failed over); lines are cut.
    pub bucket_set_back: bool,
    /// The stream is trimmed to its last entry.
    pub trim: bool,
    /// Postgres is restored to an earlier moment that Redis is ahead of.
    pub restore: bool,
}

impl Scenario {
    /// One relay, one edge that hears, one key, and nothing happens.
    pub const QUIET: Self = Self {
        relays: 1,
        edges: 1,
        keys: 1,
        start: Start::Hearing,
        left: Left::of(0, 0, 0),
        commits_late: false,
        faults: Faults::NONE,
        mutations: Mutations::NONE,
    };
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Self = Self {
        crash: false,
        lock: false,
        line: false,
        telling: false,
        lease: false,
        project: false,
        notice: false,
        session: false,
        edge: false,
        everything: false,
        bucket: false,
        set_back: false,
        set_back_unseen: false,
        bucket_set_back: false,
        trim: false,
        restore: false,
    };

    /// A field, by its name.
    pub fn by_name(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "crash" => &mut self.crash,
            "lock" => &mut self.lock,
            "line" => &mut self.line,
            "telling" => &mut self.telling,
            "lease" => &mut self.lease,
            "project" => &mut self.project,
            "notice" => &mut self.notice,
            "session" => &mut self.session,
            "edge" => &mut self.edge,
            "everything" => &mut self.everything,
            "bucket" => &mut self.bucket,
            "set_back" => &mut self.set_back,
            "set_back_unseen" => &mut self.set_back_unseen,
            "bucket_set_back" => &mut self.bucket_set_back,
            "trim" => &mut self.trim,
            "restore" => &mut self.restore,
            _ => return None,
        })
    }
}
