//! What a flood of creations and edits does to edges that serve, and what strangers do to one
//! with little memory.

mod strangers;

use std::{
    error::Error,
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread::{self, Scope, ScopedJoinHandle},
    time::{Duration, Instant},
};

use e2e::process::peak;
use suo_testkit::{Program, wait_until};

use crate::{
    batch::load::load,
    beside,
    figures::Figures,
    stage::{Known, Stage},
};

/// Links that visitors follow meanwhile, and links that are edited.
const VISITED: usize = 2000;
const EDITED: usize = 2000;

/// Visits a second to each edge.
const VISITS: u32 = 300;

/// Connections over which each admin is asked for edits.
const WRITERS: usize = 16;

/// How often edges are asked how far behind they are.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How long publication may take after the last answer.
const DRAINED: Duration = Duration::from_secs(600);

/// How much of everything.
pub(crate) struct Plan {
    /// Links in batches of 10 000.
    pub(crate) links: usize,
    /// Edits a second by both admins together.
    pub(crate) edits: u32,
    /// For so long.
    pub(crate) seconds: u64,
    /// Codes that no link has.
    pub(crate) codes: usize,
}

pub(crate) fn run(plan: &Plan) -> Result<(), Box<dyn Error>> {
    let stage = Stage::start();
    let known = stage.links(VISITED + EDITED);
    stage.warm(&known)?;
    let (visited, edited) = known.split_at(VISITED);
    memory(&stage)?;
    println!("creations: {} links in batches", plan.links);
    let loaded = beside_visits(&stage, visited, || {
        load(&stage.admins[0].api, plan.links, 2)
    })?;
    memory(&stage)?;
    println!("edits: {} a second for {} s", plan.edits, plan.seconds);
    beside_visits(&stage, visited, || edits(&stage, edited, plan))?;
    memory(&stage)?;
    stage.report();
    strangers::run(&stage, &loaded.codes()?, plan.codes)
}

/// Does something while visitors come and somebody looks how far behind edges are; then waits
/// until all is published and heard.
fn beside_visits<T>(
    stage: &Stage,
    visited: &[Known],
    act: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    let paths: Vec<String> = visited.iter().map(|link| link.path.clone()).collect();
    let misses = misses(stage);
    thread::scope(|scope| {
        let (go_on, ends): (Vec<_>, Vec<_>) =
            (0..=stage.edges.len()).map(|_| channel::<()>()).unzip();
        let mut ends = ends.into_iter();
        let visits: Vec<_> = stage
            .edges
            .iter()
            .zip(ends.by_ref())
            .map(|(edge, end)| {
                let paths = &paths;
                scope.spawn(move || beside::visit(&edge.visits, paths, VISITS, &end))
            })
            .collect();
        let lags: Option<ScopedJoinHandle<'_, Worst>> =
            ends.next().map(|end| look(scope, stage, end));
        let done = act()?;
        drain(stage);
        drop(go_on);
        for visits in visits {
            println!("  visits: {}", Figures::new(joined(visits)??));
        }
        if let Some(lags) = lags {
            let worst = joined(lags)?;
            println!(
                "  edges: at worst {:.2} s and {} messages behind",
                worst.lag, worst.behind
            );
        }
        println!(
            "  edges: {} misses of visited links",
            self::misses(stage) - misses
        );
        Ok(done)
    })
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> io::Result<T> {
    thread
        .join()
        .map_err(|_| io::Error::other("a thread panicked"))
}

fn misses(stage: &Stage) -> f64 {
    let of = |edge: &e2e::production::Edge| edge.metric("suo_edge_cache_misses_total");
    stage.edges.iter().map(of).sum()
}

/// How far behind an edge was at worst.
#[derive(Default)]
struct Worst {
    lag: f64,
    behind: f64,
}

fn look<'scope>(
    scope: &'scope Scope<'scope, '_>,
    stage: &'scope Stage,
    end: Receiver<()>,
) -> ScopedJoinHandle<'scope, Worst> {
    scope.spawn(move || {
        let mut worst = Worst::default();
        while end.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            for edge in &stage.edges {
                worst.lag = worst.lag.max(edge.metric("suo_edge_lag_seconds"));
                worst.behind = worst.behind.max(edge.metric("suo_edge_behind"));
            }
        }
        worst
    })
}

/// Until the outbox is empty and every edge has heard of everything; prints how long that took.
fn drain(stage: &Stage) {
    let start = Instant::now();
    let database = &stage.instance.database;
    let waiting = || database.sql("SELECT count(*) FROM outbox WHERE published_at IS NULL");
    println!("  outbox after the last answer: {}", waiting().trim());
    wait_until("the outbox is empty", DRAINED, || {
        let waiting = waiting();
        (waiting.trim() == "0").then_some(()).ok_or(waiting)
    });
    let empty = start.elapsed();
    let published = database.sql("SELECT published FROM relay_state");
    let published = published.trim().parse().unwrap_or(f64::MAX);
    for edge in &stage.edges {
        wait_until("an edge has heard of all", DRAINED, || {
            let applied = edge.metric("suo_edge_applied_seq");
            (applied >= published).then_some(()).ok_or(applied)
        });
    }
    println!(
        "  empty after {:.2} s; heard by all edges after {:.2} s",
        empty.as_secs_f64(),
        start.elapsed().as_secs_f64()
    );
}

/// Edits over many connections, at a bounded rate.
fn edits(stage: &Stage, links: &[Known], plan: &Plan) -> io::Result<()> {
    let writers = WRITERS * stage.admins.len();
    let rate = plan.edits / u32::try_from(writers).unwrap_or(1);
    let start = Instant::now();
    let took = thread::scope(|scope| {
        let (go_on, ends): (Vec<_>, Vec<_>) = (0..writers).map(|_| channel::<()>()).unzip();
        let shares = links.chunks(links.len().div_ceil(writers)).zip(ends);
        let threads: Vec<_> = shares
            .zip(stage.admins.iter().cycle())
            .map(|((share, end), admin)| {
                let ids: Vec<String> = share.iter().map(|link| link.id.clone()).collect();
                scope.spawn(move || beside::edit(&admin.api, &ids, rate, &end))
            })
            .collect();
        let (_never, pause) = channel::<()>();
        let _over = pause.recv_timeout(Duration::from_secs(plan.seconds));
        drop(go_on);
        let mut took = Vec::new();
        for thread in threads {
            took.extend(joined(thread)??);
        }
        Ok::<_, io::Error>(took)
    })?;
    let rate = took.len() as f64 / start.elapsed().as_secs_f64();
    println!(
        "  reached: {rate:.0} edits a second; each {}",
        Figures::new(took)
    );
    Ok(())
}

/// The most that each program ever held in memory.
fn memory(stage: &Stage) -> io::Result<()> {
    let peaks = |programs: Vec<&Program>| {
        let peaks = programs.into_iter().map(|program| peak(program.pid()));
        let peaks: io::Result<Vec<String>> = peaks
            .map(|peak| Ok(format!("{:.0}", peak? as f64 / f64::from(1 << 20))))
            .collect();
        peaks.map(|peaks| peaks.join(" "))
    };
    let edges = peaks(stage.edges.iter().map(|edge| &edge.program).collect())?;
    let admins = peaks(stage.admins.iter().map(|admin| &admin.program).collect())?;
    let redis = stage.instance.redis.command(&["INFO", "memory"]);
    let of = |name| {
        redis
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or("?")
            .trim()
            .to_owned()
    };
    let stream = stage
        .instance
        .redis
        .command(&["MEMORY", "USAGE", "suo:changes", "SAMPLES", "0"]);
    println!(
        "  memory at most, MiB: edges {edges}; admins {admins}; Redis {} ({} now, the stream {} bytes)",
        of("used_memory_peak_human:"),
        of("used_memory_human:"),
        stream.trim(),
    );
    Ok(())
}
