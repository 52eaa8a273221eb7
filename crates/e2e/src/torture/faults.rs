//! Everything that is broken on purpose.

mod lines;
mod load;
mod memory;
mod programs;
mod server;

use super::trial::Trial;

/// A fault: breaks something and mends it.
#[derive(Clone, Copy)]
pub(crate) struct Fault {
    /// Its name.
    pub(crate) kind: &'static str,
    /// What it works on: two at once never work on the same.
    pub(crate) part: Part,
    /// Does it.
    pub(crate) run: fn(&mut Trial<'_>),
}

/// What a fault works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The Redis server and its content.
    Server,
    /// Lines to Redis.
    Lines,
    /// Admins.
    Admins,
    /// Edges.
    Edges,
    /// Postgres and the lines to it.
    Postgres,
    /// Everything: it takes place alone.
    All,
}

/// Every fault.
pub(crate) const FAULTS: &[Fault] = &[
    fault(
        "Redis restarted empty",
        Part::Server,
        server::restarted_empty,
    ),
    fault(
        "Redis restored from an older snapshot",
        Part::Server,
        server::restored,
    ),
    fault(
        "failover to a replica that lagged",
        Part::Server,
        server::failed_over,
    ),
    fault("FLUSHALL", Part::Server, server::flushed),
    fault("a bucket's keys deleted", Part::Server, server::bucket_lost),
    fault(
        "a bucket's marker and some records deleted",
        Part::Server,
        server::records_lost,
    ),
    fault("SCRIPT FLUSH", Part::Server, server::scripts_flushed),
    fault(
        "CLIENT KILL TYPE pubsub",
        Part::Server,
        server::subscribers_killed,
    ),
    fault(
        "stream trimmed past an edge that was cut off",
        Part::Server,
        server::trimmed,
    ),
    fault(
        "a notice swallowed while the line stays up",
        Part::Lines,
        server::swallowed,
    ),
    fault("maxmemory reached", Part::Server, memory::full),
    fault("eviction", Part::Server, memory::evicting),
    fault("an edge's line cut", Part::Lines, lines::edge_cut),
    fault("an edge's line half-open", Part::Lines, lines::edge_held),
    fault(
        "an edge's line delayed by 2 s",
        Part::Lines,
        lines::edge_delayed,
    ),
    fault(
        "an edge cut off from Redis and admins",
        Part::All,
        lines::edge_isolated,
    ),
    fault(
        "an edge cut off from admins",
        Part::Admins,
        lines::edge_unasked,
    ),
    fault("an admin's line cut", Part::Lines, lines::admin_cut),
    fault("an admin's line half-open", Part::Lines, lines::admin_held),
    fault("all lines to Redis cut", Part::Lines, lines::all_cut),
    fault("all lines to Redis half-open", Part::Lines, lines::all_held),
    fault("Redis slow: 200 ms an answer", Part::Lines, lines::slow),
    fault("an admin killed", Part::Admins, programs::admin_killed),
    fault(
        "an admin stopped for a while",
        Part::Admins,
        programs::admin_stopped,
    ),
    fault("an edge killed", Part::Edges, programs::edge_killed),
    fault(
        "Postgres crashed",
        Part::Postgres,
        programs::postgres_crashed,
    ),
    fault(
        "lines to Postgres half-open",
        Part::Postgres,
        programs::postgres_held,
    ),
    fault(
        "lines to Postgres cut",
        Part::Postgres,
        programs::postgres_cut,
    ),
    fault("suo-admin project", Part::All, load::project),
    fault("a big batch", Part::All, load::batch),
];

/// What clicks must survive: everything between an answer and the database dies by SIGKILL.
pub(crate) const OF_CLICKS: &[Fault] = &[
    fault(
        "Redis killed, back empty",
        Part::Server,
        server::restarted_empty,
    ),
    fault(
        "Redis killed, back from an older snapshot",
        Part::Server,
        server::restored,
    ),
    fault("Postgres killed", Part::Postgres, programs::postgres_killed),
    fault("an admin killed", Part::Admins, programs::admin_killed),
    fault("an edge killed", Part::Edges, programs::edge_killed),
];

const fn fault(kind: &'static str, part: Part, run: fn(&mut Trial<'_>)) -> Fault {
    Fault { kind, part, run }
}

impl Part {
    /// Whether both can be broken at once.
    #[must_use]
    pub(crate) fn goes_with(self, other: Self) -> bool {
        self != other && self != Self::All && other != Self::All
    }
}
