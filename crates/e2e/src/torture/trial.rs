//! One fault being tried.

use std::{ops::Range, time::Duration};

use super::{
    board::Board,
    clock::Moment,
    prng::Prng,
    stage::{ADMINS, EDGES, Stage},
    windows::Effects,
};

/// What a fault works with.
pub(crate) struct Trial<'a> {
    /// Its name.
    pub(crate) kind: &'static str,
    /// What it breaks.
    pub(crate) stage: &'a Stage,
    /// Where it says so.
    pub(crate) board: &'a Board,
    /// Its choices.
    pub(crate) prng: Prng,
    /// How long it lasts.
    pub(crate) lasts: Range<Duration>,
    /// How many links a batch creates.
    pub(crate) batch: usize,
    /// When contact was regained last.
    pub(crate) regained: Moment,
}

impl Trial<'_> {
    /// Breaks something, goes on so for a while, and mends it; everybody is told before and after.
    pub(crate) fn broken(&mut self, effects: Effects, breaks: impl FnOnce(&mut Self)) {
        let begin = self.board.clock.now();
        let window = self.board.windows().open(self.kind, begin, effects);
        breaks(self);
        self.regained = self.board.clock.now();
        self.board.windows().close(window, self.regained);
    }

    /// Lets some time pass.
    pub(crate) fn go_on(&mut self) {
        let lasts = self.prng.within(&self.lasts);
        self.wait(lasts);
    }

    /// Lets so much time pass; less if the run ends.
    pub(crate) fn wait(&self, time: Duration) {
        self.board.stop.within(time);
    }

    /// Some edge.
    pub(crate) fn some_edge(&mut self) -> usize {
        self.prng.below(EDGES)
    }

    /// Some admin.
    pub(crate) fn some_admin(&mut self) -> usize {
        self.prng.below(ADMINS)
    }
}
