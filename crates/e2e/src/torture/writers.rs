//! Clients of the API: each owns some places, and knows what must be there.

mod admins;
mod duel;
mod place;
mod view;

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

pub(crate) use place::Place;
use serde_json::{Value, json};

use self::{
    admins::{Outcome, Request, look, send},
    duel::duel,
    place::Pending,
    view::Content,
};
use super::{
    board::{Board, Code},
    clock::{Moment, Span},
    history::{State, Target},
    prng::Prng,
};
use crate::api::Api;

/// Links with generated codes have numbers of their own.
const GENERATED: u32 = 1_000_000;

/// One client.
pub(crate) struct Writer<'a> {
    number: usize,
    board: &'a Board,
    admins: Vec<Api>,
    prng: Prng,
    places: Vec<Place>,
    generated: u32,
    pause: Duration,
}

impl<'a> Writer<'a> {
    /// A client of all these admins that pauses so long after each call.
    #[must_use]
    pub(crate) fn new(
        number: usize,
        board: &'a Board,
        admins: Vec<Api>,
        places: Vec<Place>,
        prng: Prng,
        pause: Duration,
    ) -> Self {
        Self {
            number,
            board,
            admins,
            prng,
            places,
            generated: 0,
            pause,
        }
    }

    /// Makes a link in every place.
    pub(crate) fn fill(&mut self) {
        (0..self.places.len()).for_each(|place| self.create(place));
    }

    /// Writes until the run is over; returns when everything is known.
    pub(crate) fn run(&mut self) {
        while !self.board.stop.within(self.pause) {
            self.act();
        }
    }

    /// Compares all places with what the API says.
    pub(crate) fn compare(&mut self) {
        for place in &mut self.places {
            look(self.board, &self.admins, self.number, place);
        }
    }

    fn act(&mut self) {
        let place = self.prng.skewed_below(self.places.len());
        let dice = self.prng.below(100);
        if self.places[place].link.is_none() {
            return self.create(place);
        }
        match dice {
            0..60 => self.retarget(place),
            60..68 => duel(
                self.board,
                &self.admins,
                self.number,
                &mut self.places[place],
            ),
            68..75 => self.pause_or_activate(place),
            75..82 => self.delete(place),
            82..88 => self.rename(place),
            88..91 => self.generate(),
            _ => look(
                self.board,
                &self.admins,
                self.prng.below(self.admins.len()),
                &mut self.places[place],
            ),
        }
    }

    fn create(&mut self, place: usize) {
        let target = self.places[place].next_target();
        let code = self.places[place].codes[0].name.clone();
        let body = json!({ "target": target.url(), "code": code });
        let content = Content {
            target,
            is_paused: false,
            code,
        };
        self.write(place, "POST", "/links", body, Some(content), None);
    }

    fn retarget(&mut self, place: usize) {
        let target = self.places[place].next_target();
        let change = json!({ "target": target.url() });
        self.patch(place, change, |content| content.target = target);
    }

    fn pause_or_activate(&mut self, place: usize) {
        let link = self.places[place].link.as_ref();
        let is_paused = link.is_some_and(|link| link.content.is_paused);
        let change = json!({ "status": if is_paused { "active" } else { "paused" } });
        self.patch(place, change, |content| content.is_paused = !is_paused);
    }

    /// Gives the link its other code; the one of before keeps answering.
    fn rename(&mut self, place: usize) {
        let names = self.places[place].codes().map(|code| code.name.clone());
        let link = self.places[place].link.as_ref();
        let is_other = |name: &String| link.is_some_and(|link| link.content.code != *name);
        let Some(other) = names.into_iter().find(is_other) else {
            return;
        };
        let change = json!({ "code": other });
        self.patch(place, change, |content| content.code = other);
    }

    fn delete(&mut self, place: usize) {
        let Some(link) = self.places[place].link.clone() else {
            return;
        };
        let path = format!("/links/{}", link.id);
        let only_if = Some(link.version);
        self.write(place, "DELETE", &path, Value::Null, None, only_if);
    }

    fn patch(&mut self, place: usize, change: Value, apply: impl FnOnce(&mut Content)) {
        let Some(link) = self.places[place].link.clone() else {
            return;
        };
        let mut after = link.content;
        apply(&mut after);
        let path = format!("/links/{}", link.id);
        self.write(
            place,
            "PATCH",
            &path,
            change,
            Some(after),
            Some(link.version),
        );
    }

    fn write(
        &mut self,
        place: usize,
        method: &str,
        path: &str,
        body: Value,
        after: Option<Content>,
        only_if: Option<u64>,
    ) {
        let admin = self.prng.below(self.admins.len());
        let place = &mut self.places[place];
        let request = Request {
            method,
            path: path.to_owned(),
            body,
            only_if,
        };
        let sent = self.board.clock.now();
        let pending = place.begin(after, only_if, sent);
        let outcome = send(self.board, &self.admins[admin], &request);
        if !finish(self.board, place, pending, outcome, sent) {
            look(self.board, &self.admins, admin + 1, place);
        }
    }

    /// A link whose code the admin makes up.
    fn generate(&mut self) {
        self.generated += 1;
        let target = Target {
            link: GENERATED + u32::try_from(self.number).unwrap_or(0),
            number: self.generated,
        };
        let sent = self.board.clock.now();
        let request = Request {
            method: "POST",
            path: "/links".into(),
            body: json!({ "target": target.url() }),
            only_if: None,
        };
        let admin = self.prng.below(self.admins.len());
        let outcome = send(self.board, &self.admins[admin], &request);
        if let Outcome::Done(Some(link), known) = outcome {
            let code = Code::new(&link.content.code);
            let ticket = code.history().begin(State::Leads(target), sent);
            code.history().settle(ticket, known);
            self.board.add(code);
            self.board.tally.acknowledged.fetch_add(1, Relaxed);
        }
    }
}

/// Notes what became of a write; whether that is known.
fn finish(
    board: &Board,
    place: &mut Place,
    pending: Pending,
    outcome: Outcome,
    sent: Moment,
) -> bool {
    match outcome {
        Outcome::Done(link, known) => {
            board.tally.acknowledged.fetch_add(1, Relaxed);
            let is_as_asked = pending.after.as_ref() == link.as_ref().map(|it| &it.content);
            place.settle(pending, link.clone(), known);
            if let Some(link) = &link {
                let answered = known;
                place.note(board, Span { sent, answered }, link, true);
            }
            if !is_as_asked {
                let violation = format!("a write was answered with something else: {link:?}");
                board.tally.violation(&place.codes[0].name, &violation);
            }
            true
        }
        Outcome::Refused => {
            board.tally.refused.fetch_add(1, Relaxed);
            place.void(pending);
            false
        }
        Outcome::NotSent => {
            place.void(pending);
            true
        }
        Outcome::Lost => {
            board.tally.maybe.fetch_add(1, Relaxed);
            place.wonder(pending);
            false
        }
    }
}
