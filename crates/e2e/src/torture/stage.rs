//! Production with a fault proxy in every line.

use std::{
    fs,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use suo_testkit::{FaultProxy, Postgres, Profile, Program, Redis};

use super::tally::Tally;
use crate::{
    api::{Api, Visits},
    production::{Admin, Edge, Instance},
};

/// How many admins there are.
pub(crate) const ADMINS: usize = 2;

/// How many edges there are.
pub(crate) const EDGES: usize = 3;

/// Those of links, and that of the domains.
const BUCKETS: usize = 257;

/// What edges count that is told at the end.
const COUNTERS: [&str; 6] = [
    "suo_edge_cache_misses_total",
    "suo_edge_gaps_filled_total",
    "suo_edge_gaps_unfilled_total",
    "suo_edge_resolves_total",
    "suo_edge_stale_answers_total",
    "suo_edge_doubts_total",
];

/// All programs, servers and lines.
pub(crate) struct Stage {
    // The programs end before their servers.
    edges: Vec<Mutex<Edge>>,
    admins: Vec<Mutex<Admin>>,
    /// The lines.
    pub(crate) lines: Lines,
    /// Which Redis is the primary.
    primary: AtomicUsize,
    standby: Redis,
    /// What all programs share.
    pub(crate) instance: Instance,
    /// The database server.
    pub(crate) postgres: Postgres,
}

/// A proxy for each line.
pub(crate) struct Lines {
    /// From each edge to Redis.
    pub(crate) of_edges: Vec<FaultProxy>,
    /// From each admin to Redis.
    pub(crate) of_admins: Vec<FaultProxy>,
    /// From each edge to each admin.
    pub(crate) to_admins: Vec<Vec<FaultProxy>>,
    /// From each admin to Postgres.
    pub(crate) to_postgres: Vec<FaultProxy>,
    /// From a replica to the primary.
    pub(crate) of_replica: FaultProxy,
}

impl Stage {
    /// Starts everything.
    #[must_use]
    pub(crate) fn start(profile: Profile) -> Self {
        let postgres = Postgres::start(profile);
        let instance = Instance::on_server(&postgres);
        let redis = instance.redis.address();
        let proxies = |count, to| {
            (0..count)
                .map(|_| FaultProxy::start(to))
                .collect::<Vec<_>>()
        };
        let of_admins = proxies(ADMINS, redis);
        let to_postgres = proxies(ADMINS, postgres.address());
        let admins: Vec<Admin> = of_admins
            .iter()
            .zip(&to_postgres)
            .map(|(redis, database)| admin(&instance, redis, database))
            .collect();
        let of_edges = proxies(EDGES, redis);
        let of_one = || {
            admins
                .iter()
                .map(|admin| FaultProxy::start(admin.api.address))
        };
        let to_admins: Vec<Vec<_>> = (0..EDGES).map(|_| of_one().collect()).collect();
        let edges: Vec<Edge> = of_edges
            .iter()
            .zip(&to_admins)
            .map(|(redis, admins)| edge(&instance, redis, admins))
            .collect();
        edges.iter().for_each(Edge::wait);
        Self {
            edges: edges.into_iter().map(Mutex::new).collect(),
            admins: admins.into_iter().map(Mutex::new).collect(),
            lines: Lines {
                of_edges,
                of_admins,
                to_admins,
                to_postgres,
                of_replica: FaultProxy::start(redis),
            },
            primary: AtomicUsize::new(0),
            standby: Redis::start(),
            instance,
            postgres,
        }
    }

    /// The Redis that is the primary now.
    pub(crate) fn redis(&self) -> &Redis {
        self.both_redis()[self.primary.load(SeqCst)]
    }

    /// The other one.
    pub(crate) fn standby(&self) -> &Redis {
        self.both_redis()[1 - self.primary.load(SeqCst)]
    }

    /// The standby is the primary from now on, for everybody who connects anew.
    pub(crate) fn fail_over(&self) {
        self.primary.fetch_xor(1, SeqCst);
        let now = self.redis().address();
        let all = self.lines.to_redis();
        all.for_each(|line| line.redirect(now));
        self.lines.of_replica.redirect(now);
    }

    /// One admin, to be ended and started again.
    pub(crate) fn admin(&self, number: usize) -> MutexGuard<'_, Admin> {
        lock(&self.admins[number])
    }

    /// One edge, to be ended and started again.
    pub(crate) fn edge(&self, number: usize) -> MutexGuard<'_, Edge> {
        lock(&self.edges[number])
    }

    /// All admins' APIs.
    pub(crate) fn apis(&self) -> Vec<Api> {
        (0..ADMINS)
            .map(|number| self.admin(number).api.clone())
            .collect()
    }

    /// What visitors see of all edges.
    pub(crate) fn visits(&self) -> Vec<Visits> {
        (0..EDGES)
            .map(|number| self.edge(number).visits.clone())
            .collect()
    }

    /// Adds what all programs say about themselves to the tally.
    pub(crate) fn count(&self, tally: &Tally) {
        (0..EDGES).for_each(|number| count_edge(&self.edge(number), tally));
        (0..ADMINS).for_each(|number| count_admin(&self.admin(number), tally));
    }

    /// Whether every bucket in Redis has its marker.
    pub(crate) fn is_whole(&self) -> bool {
        let markers = self.redis().command(&["KEYS", "suo:{*}:m"]);
        markers.lines().count() >= BUCKETS
    }

    /// What the programs have said since they were started last.
    pub(crate) fn said(&self) -> String {
        let mut said = String::new();
        for number in 0..ADMINS {
            append(&mut said, "admin", number, &self.admin(number).program);
        }
        for number in 0..EDGES {
            append(&mut said, "edge", number, &self.edge(number).program);
        }
        said
    }

    fn both_redis(&self) -> [&Redis; 2] {
        [&self.instance.redis, &self.standby]
    }
}

impl Lines {
    /// All that lead to Redis.
    pub(crate) fn to_redis(&self) -> impl Iterator<Item = &FaultProxy> {
        self.of_edges.iter().chain(&self.of_admins)
    }
}

/// Adds what an edge counted in its life, before that ends.
pub(crate) fn count_edge(edge: &Edge, tally: &Tally) {
    for name in COUNTERS {
        tally.add_metric(name, edge.metric(name));
    }
    tally.raise_metric("peak RSS of an edge, MiB", peak_mebibytes(&edge.program));
}

/// The same of an admin.
pub(crate) fn count_admin(admin: &Admin, tally: &Tally) {
    tally.raise_metric("peak RSS of an admin, MiB", peak_mebibytes(&admin.program));
}

fn admin(instance: &Instance, redis: &FaultProxy, database: &FaultProxy) -> Admin {
    let redis = instance.redis.url_through(redis.address());
    let database = instance.database.url_through(database.address());
    instance.admin_with(|command| {
        command
            .env("SUO_REDIS_URL", redis)
            .env("SUO_DATABASE_URL", database);
    })
}

fn edge(instance: &Instance, redis: &FaultProxy, admins: &[FaultProxy]) -> Edge {
    let redis = instance.redis.url_through(redis.address());
    let url = |admin: &FaultProxy| format!("http://{}", admin.address());
    let admins: Vec<String> = admins.iter().map(url).collect();
    instance.start_edge_with(&[], |command| {
        command
            .env("SUO_REDIS_URL", redis)
            .env("SUO_ADMIN_INTERNAL_URL", admins.join(","));
    })
}

fn append(said: &mut String, kind: &str, number: usize, program: &Program) {
    for line in program.lines() {
        said.push_str(&format!("{kind} {number}: {line}\n"));
    }
}

/// `VmHWM` of proc(5) status; 0 if the process has ended.
fn peak_mebibytes(program: &Program) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", program.pid()));
    let status = status.unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|text| text.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
