//! How long after the API's answer the last edge shows an edit: two admins, three edges, visits
//! and other edits going on.

use std::{
    error::Error,
    io,
    sync::mpsc::{Receiver, Sender, channel},
    thread::{self, Scope, ScopedJoinHandle},
    time::{Duration, Instant},
};

use e2e::{
    keep_alive::KeepAlive,
    production::{Admin, Edge},
};
use serde_json::json;

use crate::{
    beside,
    figures::{Figures, milliseconds},
    stage::{Known, Stage},
    watch::{Edit, Seen, watch},
};

/// Links that are edited and looked at.
const WATCHED: usize = 200;

/// Links that are edited beside, by each admin.
const EDITED_BESIDE: usize = 100;

/// Links that visitors follow meanwhile.
const VISITED: usize = 2000;

/// The slowest edits that are shown one by one.
const SLOWEST: usize = 5;

/// How much of everything.
pub(crate) struct Plan {
    /// Edits that are measured, one after another.
    pub(crate) edits: usize,
    /// Visits a second to each edge.
    pub(crate) visits: u32,
    /// Edits a second by each admin.
    pub(crate) edits_beside: u32,
}

/// One measured edit.
struct Outcome {
    number: usize,
    api: Duration,
    seen: Vec<Seen>,
}

type Times = io::Result<Vec<Duration>>;

pub(crate) fn run(plan: &Plan) -> Result<(), Box<dyn Error>> {
    let stage = Stage::start();
    let links = stage.links(WATCHED + 2 * EDITED_BESIDE + VISITED);
    stage.warm(&links)?;
    let (watched, rest) = links.split_at(WATCHED);
    let (edited, visited) = rest.split_at(2 * EDITED_BESIDE);
    thread::scope(|scope| {
        let threads = 0..stage.edges.len() + stage.admins.len();
        let (go_on, ends): (Vec<_>, Vec<_>) = threads.map(|_| channel()).unzip();
        let beside = Beside::start(scope, &stage, plan, edited, visited, ends);
        let outcomes = measure(scope, &stage, watched, plan.edits)?;
        drop(go_on);
        report(&outcomes);
        beside.report()?;
        stage.report();
        Ok(())
    })
}

/// The load beside the measurement.
struct Beside<'scope> {
    visits: Vec<ScopedJoinHandle<'scope, Times>>,
    edits: Vec<ScopedJoinHandle<'scope, Times>>,
}

impl<'scope> Beside<'scope> {
    /// Goes on until the senders of `ends` are gone: one for each edge, one for each admin.
    fn start(
        scope: &'scope Scope<'scope, '_>,
        stage: &'scope Stage,
        plan: &'scope Plan,
        edited: &[Known],
        visited: &[Known],
        ends: Vec<Receiver<()>>,
    ) -> Self {
        let mut ends = ends.into_iter();
        let paths: Vec<String> = visited.iter().map(|link| link.path.clone()).collect();
        let visits = stage.edges.iter().zip(ends.by_ref()).map(|(edge, end)| {
            let paths = paths.clone();
            scope.spawn(move || beside::visit(&edge.visits, &paths, plan.visits, &end))
        });
        let visits = visits.collect();
        let shares = edited.chunks(EDITED_BESIDE);
        let edits = stage.admins.iter().zip(shares).zip(ends);
        let edits = edits.map(|((admin, share), end)| {
            let ids: Vec<String> = share.iter().map(|link| link.id.clone()).collect();
            scope.spawn(move || beside::edit(&admin.api, &ids, plan.edits_beside, &end))
        });
        Self {
            visits,
            edits: edits.collect(),
        }
    }

    fn report(self) -> io::Result<()> {
        println!("visits beside:  {}", all(self.visits)?);
        println!("edits beside:   {}", all(self.edits)?);
        Ok(())
    }
}

fn all(threads: Vec<ScopedJoinHandle<'_, Times>>) -> io::Result<Figures> {
    let mut durations = Vec::new();
    for thread in threads {
        let panicked = |_| io::Error::other("a thread panicked");
        durations.extend(thread.join().map_err(panicked)??);
    }
    Ok(Figures::new(durations))
}

/// Edits one link after another, by the admins in turn.
fn measure<'scope>(
    scope: &'scope Scope<'scope, '_>,
    stage: &'scope Stage,
    links: &[Known],
    edits: usize,
) -> io::Result<Vec<Outcome>> {
    let watchers: Vec<_> = stage
        .edges
        .iter()
        .map(|edge| watcher(scope, edge))
        .collect();
    let connect = |admin: &'scope Admin| Ok((admin, KeepAlive::open(admin.api.address)?));
    let mut admins: Vec<_> = stage
        .admins
        .iter()
        .map(connect)
        .collect::<io::Result<_>>()?;
    (0..edits)
        .map(|number| {
            let writer = number % admins.len();
            let (admin, connection) = &mut admins[writer];
            let link = &links[number % links.len()];
            let target = format!("https://example.com/edit/{number}");
            let start = Instant::now();
            beside::patch(
                &admin.api,
                connection,
                &link.id,
                &json!({ "target": target }),
            )?;
            let answered = Instant::now();
            let edit = Edit {
                path: link.path.clone(),
                target,
                answered,
            };
            Ok(Outcome {
                number,
                api: answered - start,
                seen: seen(&watchers, &edit)?,
            })
        })
        .collect()
}

type Watcher = (Sender<Edit>, Receiver<io::Result<Seen>>);

fn watcher<'scope>(scope: &'scope Scope<'scope, '_>, edge: &'scope Edge) -> Watcher {
    let (edits, wanted) = channel();
    let (found, seen) = channel();
    scope.spawn(move || watch(&edge.visits, &wanted, &found));
    (edits, seen)
}

/// What every edge says to an edit.
fn seen(watchers: &[Watcher], edit: &Edit) -> io::Result<Vec<Seen>> {
    let gone = || io::Error::other("a watcher has ended");
    for (edits, _) in watchers {
        edits.send(edit.clone()).map_err(|_| gone())?;
    }
    watchers
        .iter()
        .map(|(_, seen)| seen.recv().map_err(|_| gone())?)
        .collect()
}

impl Outcome {
    fn last(&self) -> Duration {
        self.seen
            .iter()
            .map(|seen| seen.after)
            .max()
            .unwrap_or_default()
    }

    /// Every edge showed it at the first look.
    fn was_there(&self) -> bool {
        self.seen.iter().all(|seen| seen.looks == 1)
    }
}

fn report(outcomes: &[Outcome]) {
    let figures = |of: fn(&Outcome) -> Duration| Figures::new(outcomes.iter().map(of).collect());
    println!("edits:          {}", outcomes.len());
    println!("API:            {}", figures(|outcome| outcome.api));
    println!("to last edge:   {}", figures(Outcome::last));
    let there = outcomes
        .iter()
        .filter(|outcome| outcome.was_there())
        .count();
    println!("there already:  {there} were on all edges at the first look after the API's answer");
    let mut slowest: Vec<&Outcome> = outcomes.iter().collect();
    slowest.sort_by_key(|outcome| std::cmp::Reverse(outcome.last()));
    for outcome in slowest.iter().take(SLOWEST) {
        let seen = outcome.seen.iter();
        let edges: Vec<String> = seen
            .map(|seen| format!("{:.2} ms/{}", milliseconds(seen.after), seen.looks))
            .collect();
        println!(
            "  edit {}: API {:.2} ms, edges after/looks {}",
            outcome.number,
            milliseconds(outcome.api),
            edges.join(" ")
        );
    }
}
