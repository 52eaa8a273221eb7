//! After a fault: every edge, every code, until all are right.

use std::{sync::Arc, thread, time::Duration};

use super::{
    board::{Board, Code},
    clock::Moment,
    judge::{Read, Seen},
    readers::Reader,
};
use crate::api::Visits;

/// Longer than anything takes that comes right at all.
const LIMIT: Duration = Duration::from_secs(120);

/// How many more codes are looked at before another look at those that were wrong.
const AT_ONCE: usize = 16;

/// Between two rounds over what is not right yet.
const PAUSE: Duration = Duration::from_millis(5);

/// What one look at a code says.
enum Look {
    Right(Moment),
    Wrong(Seen),
    /// A write was under way.
    Unknown,
}

/// Returns how long after `since` the last wrong code was right; nothing if none was wrong.
pub(crate) fn sweep(board: &Board, visits: &[Visits], since: Moment) -> Duration {
    let last = thread::scope(|scope| {
        let edges: Vec<_> = visits
            .iter()
            .enumerate()
            .map(|(edge, visits)| scope.spawn(move || sweep_edge(board, edge, visits)))
            .collect();
        let ends = edges
            .into_iter()
            .map(|edge| edge.join().unwrap_or_default());
        ends.max()
    });
    last.unwrap_or_default().since(since)
}

/// When the last code was right that had been wrong. Who was wrong is looked at again before
/// the next few, so that the end of its wait is seen.
fn sweep_edge(board: &Board, edge: usize, visits: &Visits) -> Moment {
    let begin = board.clock.now();
    let mut reader = Reader::new(edge, visits);
    let mut unseen = board.all();
    let mut waiting: Vec<(Arc<Code>, bool)> = Vec::new();
    let mut last = Moment::default();
    loop {
        waiting.retain_mut(|(code, was_wrong)| match look(board, &mut reader, code) {
            Look::Right(at) => {
                if *was_wrong {
                    last = last.max(at);
                }
                false
            }
            Look::Wrong(_) => {
                *was_wrong = true;
                true
            }
            Look::Unknown => true,
        });
        if unseen.is_empty() {
            if waiting.is_empty() {
                return last;
            }
            thread::park_timeout(PAUSE);
        }
        let few = unseen.split_off(unseen.len().saturating_sub(AT_ONCE));
        waiting.extend(few.into_iter().map(|code| (code, false)));
        if board.clock.now().since(begin) > LIMIT {
            give_up(board, edge, &mut reader, &waiting);
            return board.clock.now();
        }
    }
}

fn look(board: &Board, reader: &mut Reader, code: &Code) -> Look {
    let (now, stamp) = {
        let history = code.history();
        (history.now(), history.stamp())
    };
    let read: Read = reader.read(board, code);
    board.note(code, &read);
    let history = code.history();
    let Some(now) = now.filter(|_| history.stamp() == stamp) else {
        return Look::Unknown;
    };
    match read.seen {
        Seen::State(state) if state == now || history.may_be(state) => {
            Look::Right(read.span.answered)
        }
        seen => Look::Wrong(seen),
    }
}

fn give_up(board: &Board, edge: usize, reader: &mut Reader, waiting: &[(Arc<Code>, bool)]) {
    for (code, _) in waiting {
        if let Look::Wrong(seen) = look(board, reader, code) {
            let history = code.history();
            let explanation = format!(
                "edge {edge} still answers /{} with {seen} after {LIMIT:?}\n{history}",
                code.name
            );
            board.tally.violation(&code.name, &explanation);
        }
    }
}
