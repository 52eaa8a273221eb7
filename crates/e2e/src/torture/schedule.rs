//! Which fault comes when.

use std::{ops::Range, thread, time::Duration};

use super::{
    board::Board, clock::Moment, faults::Fault, prng::Prng, stage::Stage, sweep::sweep,
    trial::Trial,
};

/// How often two faults overlap, in a hundred.
const OVERLAPPING: usize = 25;

/// How long a rebuild may take.
const WHOLE: Duration = Duration::from_secs(180);

/// Between two looks at the markers.
const LOOK: Duration = Duration::from_millis(20);

/// How a run is spread over time.
#[derive(Clone, Debug)]
pub struct Pace {
    /// How long nothing is wrong between two faults.
    pub calm: Range<Duration>,
    /// How long a fault lasts.
    pub lasts: Range<Duration>,
    /// Between two writes of one client.
    pub between_writes: Duration,
    /// How many links a batch creates.
    pub batch: usize,
}

/// Cards in random order; when none is left, all are shuffled again.
pub(crate) struct Schedule {
    prng: Prng,
    deck: Vec<Fault>,
    kinds: Vec<Fault>,
    rounds: usize,
}

impl Schedule {
    /// Of the faults whose names hold one of these words; of all if there are none.
    #[must_use]
    pub(crate) fn new(seed: u64, all: &[Fault], only: &[String]) -> Self {
        let is_meant = |fault: &&Fault| {
            only.is_empty() || only.iter().any(|word| fault.kind.contains(word.as_str()))
        };
        Self {
            prng: Prng::of(seed, "schedule", 0),
            deck: Vec::new(),
            kinds: all.iter().filter(is_meant).copied().collect(),
            rounds: 0,
        }
    }

    /// Breaks and mends until the run is over, or so many rounds over all kinds are done.
    pub(crate) fn run(&mut self, stage: &Stage, board: &Board, pace: &Pace, rounds: Option<usize>) {
        loop {
            let calm = self.prng.within(&pace.calm);
            let is_done =
                rounds.is_some_and(|rounds| self.deck.is_empty() && self.rounds >= rounds);
            if board.stop.within(calm) || is_done {
                return;
            }
            let faults = self.draw();
            self.try_out(&faults, stage, board, pace);
        }
    }

    /// One fault, sometimes with another one that goes with it.
    fn draw(&mut self) -> Vec<Fault> {
        if self.deck.is_empty() {
            self.deck = self.kinds.clone();
            self.rounds += 1;
        }
        let first = self.deck.swap_remove(self.prng.below(self.deck.len()));
        let goes_with_it = |other: &Fault| first.part.goes_with(other.part);
        let second = self.deck.iter().position(goes_with_it);
        match second.filter(|_| self.prng.percent(OVERLAPPING)) {
            Some(place) => vec![first, self.deck.swap_remove(place)],
            None => vec![first],
        }
    }

    /// Waits until every edge is right again.
    fn try_out(&mut self, faults: &[Fault], stage: &Stage, board: &Board, pace: &Pace) {
        let trials: Vec<_> = faults
            .iter()
            .map(|fault| (fault.run, self.trial(fault, stage, board, pace)))
            .collect();
        let regained = thread::scope(|scope| {
            let ends: Vec<_> = trials
                .into_iter()
                .map(|(run, mut trial)| {
                    scope.spawn(move || {
                        run(&mut trial);
                        trial.regained
                    })
                })
                .collect();
            let ends = ends.into_iter().map(|end| end.join().expect("a fault"));
            ends.max().unwrap_or_default()
        });
        let after = sweep(board, &stage.visits(), regained);
        let whole = wait_until_whole(stage, board).since(regained);
        for fault in faults {
            board.tally.returned(fault.kind, after, whole);
        }
    }

    fn trial<'a>(
        &mut self,
        fault: &Fault,
        stage: &'a Stage,
        board: &'a Board,
        pace: &Pace,
    ) -> Trial<'a> {
        Trial {
            kind: fault.kind,
            stage,
            board,
            prng: Prng::of(self.prng.below(usize::MAX) as u64, fault.kind, 0),
            lasts: pace.lasts.clone(),
            batch: pace.batch,
            regained: board.clock.now(),
        }
    }
}

/// The next fault comes when Redis has everything again: what it lost cannot be served while
/// no admin can be asked, and nobody promises that.
fn wait_until_whole(stage: &Stage, board: &Board) -> Moment {
    let begin = board.clock.now();
    while !stage.is_whole() {
        if board.clock.now().since(begin) > WHOLE {
            let violation = format!("Redis is not whole again after {WHOLE:?}");
            board.tally.violation("Redis", &violation);
            break;
        }
        if board.stop.within(LOOK) {
            break;
        }
    }
    board.clock.now()
}
