//! Whether every click is counted once, whatever is killed.
//!
//! Visitors follow links through all edges and note what they were given, by link and class. Meanwhile
//! everything between them and the database is killed and started again. In the end, for each link
//! and class:
//!
//! > answers received ≤ counted ≤ answers received + requests in flight when an edge was killed

mod report;

use std::{thread, time::Duration};

use serde_json::{Value, json};
use suo_testkit::Profile;

pub use self::report::{Report, judge};
use super::{
    Pace,
    board::Board,
    clock::Moment,
    faults::OF_CLICKS,
    schedule::Schedule,
    stage::{EDGES, Stage},
    stop::StopAtEnd,
    windows::Windows,
};
use crate::{
    api::{Api, text},
    visitors::{Given, Visitors, all_counted},
};

/// How long everything may take to be counted before the run gives up.
const COUNTED: Duration = Duration::from_secs(120);

/// Between two looks at what is counted.
const LOOK: Duration = Duration::from_millis(20);

/// How long visitors rest who come in quiet: some hundreds come in a second.
const REST: Duration = Duration::from_millis(5);

/// Between two lines of progress.
const TELL: Duration = Duration::from_secs(15);

/// Windows are of reads; here they are not judged.
const NO_BOUND: Duration = Duration::from_secs(3600);

/// What a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides faults and their order.
    pub seed: u64,
    /// How many links are followed at least.
    pub redirects: u64,
    /// The same once more without any fault.
    pub in_quiet: u64,
    /// How often each kind of fault is made.
    pub rounds: usize,
    /// The kinds, by words of their names; all if none is given.
    pub only: Vec<String>,
    /// Visitors at a time for each edge.
    pub visitors: usize,
    /// How long each rests between two visits: without, it is the most that the machine can do.
    pub rest: Duration,
    /// How many links there are.
    pub links: usize,
    /// How long faults last, and how long nothing is wrong between them.
    pub pace: Pace,
    /// What Postgres promises.
    pub profile: Profile,
}

/// Runs it to its end; `tell` gets a line of progress now and then.
#[must_use]
pub fn run(plan: &Plan, tell: impl Fn(&str) + Send) -> Report {
    let stage = Stage::start(plan.profile);
    let board = Board::new(Vec::new(), Windows::new(NO_BOUND, true));
    let api = stage.apis().remove(0);
    let links = create(&api, plan.links);
    let codes: Vec<String> = links
        .iter()
        .map(|link| text(link, "code").to_owned())
        .collect();
    let mut report = Report::new(plan.seed);

    let begin = board.clock.now();
    let visitors = Visitors::at(&stage.visits(), &codes, plan.visitors, plan.rest);
    let last_fault = ordeal(plan, &stage, &board, &visitors, tell);
    let given = visitors.finish_with_all();
    let ended = board.clock.now();
    report.took = ended.since(begin);
    report.visitors_stayed = ended.since(last_fault);
    report.settled = settle(&stage, &board, &api, &given, ended);
    report.faults = faults(&board);
    report.given.clone_from(&given);

    let visitors = Visitors::at(&stage.visits(), &codes, 1, REST);
    while visitors.followed() < plan.in_quiet {
        thread::park_timeout(LOOK);
    }
    report.add(visitors.finish_with_all());
    let ended = board.clock.now();
    report.settled_in_quiet = settle(&stage, &board, &api, &report.given, ended);
    report.counted = all_counted(&api);
    report.dropped = (0..EDGES)
        .map(|number| {
            let edge = stage.edge(number);
            edge.metric("suo_edge_clicks_dropped_total") as u64
        })
        .sum();
    report.audit = audit(&stage);
    report
}

fn create(api: &Api, count: usize) -> Vec<Value> {
    let link = |n| json!({ "target": format!("https://example.com/{n}"), "code": format!("k{n}") });
    (0..count).map(|n| api.create(&link(n))).collect()
}

/// Faults until all rounds are done, then visits until there are enough; when the last fault was over.
fn ordeal(
    plan: &Plan,
    stage: &Stage,
    board: &Board,
    visitors: &Visitors,
    tell: impl Fn(&str) + Send,
) -> Moment {
    thread::scope(|scope| {
        let _stop = StopAtEnd(&board.stop);
        scope.spawn(move || {
            while !board.stop.within(TELL) {
                let made: u64 = faults(board).values().sum();
                tell(&format!(
                    "{}: {made} faults, {} links followed",
                    board.clock.now(),
                    visitors.followed()
                ));
            }
        });
        let mut schedule = Schedule::new(plan.seed, OF_CLICKS, &plan.only);
        // One round for each part of the visits, so that faults are spread over all of them.
        for round in 1..=plan.rounds {
            schedule.run(stage, board, &plan.pace, Some(round));
            let share = plan.redirects * round as u64 / plan.rounds as u64;
            while visitors.followed() < share && round < plan.rounds {
                board.stop.within(LOOK);
            }
        }
        let last = board.clock.now();
        while visitors.followed() < plan.redirects {
            board.stop.within(LOOK);
        }
        last
    })
}

fn faults(board: &Board) -> std::collections::BTreeMap<&'static str, u64> {
    let details = board.tally.details();
    let kinds = details.kinds.iter();
    kinds
        .map(|(kind, of_kind)| (*kind, of_kind.times))
        .collect()
}

/// How long after `since` everything was counted that was received, and nothing waited any more.
fn settle(
    stage: &Stage,
    board: &Board,
    api: &Api,
    given: &Given,
    since: Moment,
) -> Option<Duration> {
    loop {
        let now = all_counted(api);
        let missing = given.seen.iter().find(|(what, count)| {
            let counted = now.get(*what).copied().unwrap_or(0);
            counted < **count
        });
        let waits = |number| stage.edge(number).metric("suo_edge_clicks_waiting") > 0.0;
        if missing.is_none() && !(0..EDGES).any(waits) {
            return Some(board.clock.now().since(since));
        }
        if board.clock.now().since(since) > COUNTED {
            return None;
        }
        thread::park_timeout(LOOK);
    }
}

/// What the instance itself says.
fn audit(stage: &Stage) -> Result<Value, String> {
    let (code, said) = stage
        .instance
        .try_run(|admin| _ = admin.args(["audit", "--json"]));
    let json = said
        .lines()
        .find_map(|line| serde_json::from_str(line).ok());
    match (code, json) {
        (Some(0), Some(json)) => Ok(json),
        _ => Err(format!("audit ended with {code:?}: {said}")),
    }
}
