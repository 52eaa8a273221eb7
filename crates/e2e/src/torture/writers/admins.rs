//! Calls to one of the admins, and what became of them.

use std::{io::ErrorKind, sync::atomic::Ordering::Relaxed, thread, time::Duration};

use serde_json::Value;

use super::{place::Place, view::View};
use crate::{
    api::Api,
    production::DOMAIN,
    torture::{
        board::Board,
        clock::{Moment, Span},
    },
};

/// Between two questions while no admin answers.
const PAUSE: Duration = Duration::from_millis(50);

/// How long no admin may answer at all: longer than any fault.
const LIMIT: Duration = Duration::from_secs(90);

/// A change that is asked for.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) only_if: Option<u64>,
}

/// What became of it.
pub(super) enum Outcome {
    /// It came true, and this is what the answer shows.
    Done(Option<View>, Moment),
    /// It did not, and will not.
    Refused,
    /// It was not even sent.
    NotSent,
    /// Nobody knows.
    Lost,
}

/// Sends a change.
pub(super) fn send(board: &Board, api: &Api, request: &Request<'_>) -> Outcome {
    let Request {
        method,
        path,
        body,
        only_if,
    } = request;
    let answer = match only_if {
        Some(version) => api.try_call_if(method, path, body, *version),
        None => api.try_call(method, path, body),
    };
    let known = board.clock.now();
    match answer {
        Ok(answer) => match answer.status {
            200 | 201 => Outcome::Done(View::read(&answer.json()), known),
            204 => Outcome::Done(None, known),
            404 | 409 | 412 => Outcome::Refused,
            503 => Outcome::Lost,
            status => {
                let said = String::from_utf8_lossy(&answer.body);
                let violation = format!("{method} {path}: {status} {said}");
                board.tally.violation(path, &violation);
                Outcome::Lost
            }
        },
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Outcome::NotSent,
        Err(_) => Outcome::Lost,
    }
}

/// Asks one admin after the other what is at a place, until one answers.
pub(super) fn look(board: &Board, admins: &[Api], first: usize, place: &mut Place) {
    let begin = board.clock.now();
    let path = format!("/links?domain={DOMAIN}&code={}", place.codes[0].name);
    for turn in first.. {
        let sent = board.clock.now();
        if let Ok(answer) = admins[turn % admins.len()].try_call("GET", &path, &Value::Null)
            && answer.status == 200
        {
            let span = Span {
                sent,
                answered: board.clock.now(),
            };
            board.tally.api_reads.fetch_add(1, Relaxed);
            return take_in(board, place, &answer.json(), span);
        }
        if board.clock.now().since(begin) > LIMIT {
            let violation = format!("no admin has answered for {LIMIT:?}");
            board.tally.violation("admins", &violation);
            return;
        }
        thread::park_timeout(PAUSE);
    }
}

fn take_in(board: &Board, place: &mut Place, page: &Value, span: Span) {
    let shown = View::read(&page["data"][0]);
    let is_same_link = |view: &View| place.link.as_ref().is_some_and(|link| link.id == view.id);
    if let Some(view) = shown.as_ref().filter(|view| is_same_link(view)) {
        place.note(board, span, view, false);
    }
    place.reconcile(board, shown, span.answered);
}
