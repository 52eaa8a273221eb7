//! Breaks a production on purpose while clients write and visitors read, and judges every read.
//!
//! The same seed gives the same writes, reads and faults, though not the same timing. Every
//! write has a target of its own, so every redirect names the write that it shows:
//!
//! - [`history`] knows when each write was sent and when it was known; a write whose answer was
//!   lost may come true at any time, or never.
//! - [`windows`] knows what was broken when, and what may be seen meanwhile.
//! - [`judge`] explains a read by both, or does not.
//! - [`order`] holds the versions that the API tells against the order of time.
//! - [`clicks`] holds what visitors were given against what was counted.
//! - After each fault a `sweep` asks every edge for every code until all are right.

mod board;
pub mod clicks;
pub mod clock;
mod faults;
pub mod history;
pub mod judge;
pub mod order;
mod prng;
mod readers;
pub mod report;
mod schedule;
mod stage;
mod stop;
mod sweep;
mod tally;
mod trial;
pub mod windows;
mod writers;

use std::{thread, time::Duration};

use suo_testkit::Profile;

pub use self::schedule::Pace;
use self::{
    board::Board,
    clock::Moment,
    faults::FAULTS,
    prng::Prng,
    readers::Reader,
    report::{Report, progress},
    schedule::Schedule,
    stage::Stage,
    stop::StopAtEnd,
    sweep::sweep,
    windows::Windows,
    writers::{Place, Writer},
};

/// How many clients write.
const WRITERS: usize = 4;

/// Visitors of each edge.
const READERS: usize = 2;

/// Between two lines of progress.
const TELL: Duration = Duration::from_secs(30);

/// What a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides everything but time.
    pub seed: u64,
    /// How long faults are made at most.
    pub time: Duration,
    /// How often each kind of fault is made at most.
    pub rounds: Option<usize>,
    /// The kinds, by words of their names; all if none is given.
    pub only: Vec<String>,
    /// How long an edit may take to be seen, and an edge to be right after a fault.
    pub bound: Duration,
    /// Whether the machine has other things to do, so that a question may take longer than an
    /// edge waits: then 503 is right at any time.
    pub is_busy: bool,
    /// How many links are written.
    pub links: usize,
    /// How it is spread over time.
    pub pace: Pace,
    /// What Postgres promises.
    pub profile: Profile,
}

/// Runs it to its end; `tell` gets a line of progress now and then, and what cannot
/// be explained; the report has the rest.
#[must_use]
pub fn run(plan: &Plan, tell: impl Fn(&str) + Send) -> Report {
    let stage = Stage::start(plan.profile);
    let places: Vec<Place> = (0..plan.links).map(Place::new).collect();
    let codes = places.iter().flat_map(Place::codes).collect();
    let board = Board::new(codes, Windows::new(plan.bound, plan.is_busy));
    let mut writers = writers(plan, &stage, &board, places);
    at_once(&mut writers, Writer::fill);
    sweep(&board, &stage.visits(), board.clock.now());
    let begin = board.clock.now();
    ordeal(plan, &stage, &board, &mut writers, tell);
    let took = board.clock.now().since(begin);
    // Nothing that was acknowledged is missing at the end, neither in the API nor at an edge.
    at_once(&mut writers, Writer::compare);
    sweep(&board, &stage.visits(), board.clock.now());
    stage.count(&board.tally);
    drop(writers);
    let said = (board.tally.violations() > 0).then(|| stage.said());
    Report {
        said,
        took,
        tally: board.tally,
        seed: plan.seed,
    }
}

fn at_once<'a>(writers: &mut [Writer<'a>], work: impl Fn(&mut Writer<'a>) + Copy + Send) {
    thread::scope(|scope| {
        for writer in writers {
            scope.spawn(move || work(writer));
        }
    });
}

/// Writers, readers and faults, until the time is over or the faults are.
fn ordeal(
    plan: &Plan,
    stage: &Stage,
    board: &Board,
    writers: &mut [Writer<'_>],
    tell: impl Fn(&str) + Send,
) {
    let visits = stage.visits();
    let end = board.clock.now().plus(plan.time);
    thread::scope(|scope| {
        let _stop = StopAtEnd(&board.stop);
        for writer in writers {
            scope.spawn(move || writer.run());
        }
        for number in 0..READERS * visits.len() {
            let edge = number % visits.len();
            let reader = Reader::new(edge, &visits[edge]);
            let prng = Prng::of(plan.seed, "reader", number);
            scope.spawn(move || reader.run(board, prng));
        }
        scope.spawn(move || tell_now_and_then(board, end, tell));
        let mut schedule = Schedule::new(plan.seed, FAULTS, &plan.only);
        schedule.run(stage, board, &plan.pace, plan.rounds);
    });
}

fn writers<'a>(
    plan: &Plan,
    stage: &Stage,
    board: &'a Board,
    places: Vec<Place>,
) -> Vec<Writer<'a>> {
    let mut shares: Vec<Vec<Place>> = (0..WRITERS).map(|_| Vec::new()).collect();
    for (number, place) in places.into_iter().enumerate() {
        shares[number % WRITERS].push(place);
    }
    let writer = |(number, places)| {
        let prng = Prng::of(plan.seed, "writer", number);
        let pause = plan.pace.between_writes;
        Writer::new(number, board, stage.apis(), places, prng, pause)
    };
    shares.into_iter().enumerate().map(writer).collect()
}

/// Ends the run when its time is over.
fn tell_now_and_then(board: &Board, end: Moment, tell: impl Fn(&str)) {
    loop {
        let left = end.since(board.clock.now());
        if left.is_zero() {
            return board.stop.stop();
        }
        if board.stop.within(TELL.min(left)) {
            return;
        }
        board.tally.explanations().iter().for_each(|it| tell(it));
        tell(&progress(board.clock.now(), &board.tally));
    }
}
