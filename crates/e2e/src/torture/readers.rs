//! Visitors: one thread each, over a connection that stays open.

use std::time::Duration;

use super::{
    board::{Board, Code},
    clock::Span,
    judge::{Read, Seen},
    prng::Prng,
};
use crate::{api::Visits, keep_alive::KeepAlive};

/// Between two visits of one reader.
const PAUSE: Duration = Duration::from_millis(3);

/// After a connection broke.
const PAUSE_WHEN_BROKEN: Duration = Duration::from_millis(30);

/// One visitor of one edge.
pub(crate) struct Reader {
    edge: usize,
    visits: Visits,
    connection: Option<KeepAlive>,
}

impl Reader {
    /// Not connected yet.
    #[must_use]
    pub(crate) fn new(edge: usize, visits: &Visits) -> Self {
        Self {
            edge,
            visits: visits.clone(),
            connection: None,
        }
    }

    /// Reads until the run is over.
    pub(crate) fn run(mut self, board: &Board, mut prng: Prng) {
        let mut pause = PAUSE;
        while !board.stop.within(pause) {
            let code = board.choose(&mut prng);
            let read = self.read(board, &code);
            board.note(&code, &read);
            pause = if read.seen == Seen::Broken {
                PAUSE_WHEN_BROKEN
            } else {
                PAUSE
            };
        }
    }

    /// Reads one code.
    pub(crate) fn read(&mut self, board: &Board, code: &Code) -> Read {
        let sent = board.clock.now();
        let seen = self.ask(&format!("/{}", code.name)).unwrap_or(Seen::Broken);
        let answered = board.clock.now();
        Read {
            edge: self.edge,
            span: Span { sent, answered },
            seen,
        }
    }

    /// A connection that broke is not used again.
    fn ask(&mut self, path: &str) -> std::io::Result<Seen> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => KeepAlive::open(self.visits.address)?,
        };
        let answer = self.visits.get_over(&mut connection, path)?;
        self.connection = Some(connection);
        Ok(Seen::of(answer.status, answer.header("location")))
    }
}
