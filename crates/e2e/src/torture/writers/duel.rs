//! Two writers of one link at once.

use std::thread;

use serde_json::json;

use super::{
    admins::{Outcome, Request, look, send},
    finish,
    place::{Pending, Place},
    view::{Content, View},
};
use crate::{
    api::Api,
    torture::{board::Board, clock::Moment},
};

/// Two writes of one link through two admins at once, both without If-Match.
pub(super) fn duel(board: &Board, admins: &[Api], first: usize, place: &mut Place) {
    let Some(link) = place.link.clone() else {
        return;
    };
    let sent = board.clock.now();
    let rounds: Vec<(Pending, Request<'_>)> =
        (0..2).map(|_| unconditional(place, &link, sent)).collect();
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let sending: Vec<_> = rounds
            .iter()
            .zip(admins)
            .map(|((_, request), api)| scope.spawn(move || send(board, api, request)))
            .collect();
        let lost = |_| Outcome::Lost;
        sending
            .into_iter()
            .map(|it| it.join().unwrap_or_else(lost))
            .collect()
    });
    let mut both: Vec<_> = rounds.into_iter().map(|(it, _)| it).zip(outcomes).collect();
    both.sort_by_key(|(_, outcome)| version(outcome));
    // One was lost, and the other one's version tells that it came true before.
    let has_hidden = version(&both[0].1) == link.version + 2;
    if has_hidden && matches!(both[1].1, Outcome::Lost) {
        place.settle_hidden(both.remove(1).0, board.clock.now());
    }
    let mut is_known = true;
    for (pending, outcome) in both {
        is_known &= finish(board, place, pending, outcome, sent);
    }
    if !is_known {
        look(board, admins, first, place);
    }
}

fn unconditional<'a>(place: &mut Place, link: &View, sent: Moment) -> (Pending, Request<'a>) {
    let target = place.next_target();
    let after = Content {
        target,
        ..link.content.clone()
    };
    let request = Request {
        method: "PATCH",
        path: format!("/links/{}", link.id),
        body: json!({ "target": target.url() }),
        only_if: None,
    };
    (place.begin(Some(after), None, sent), request)
}

/// The version that an outcome shows; the highest number if it shows none.
fn version(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Done(Some(link), _) => link.version,
        _ => u64::MAX,
    }
}
