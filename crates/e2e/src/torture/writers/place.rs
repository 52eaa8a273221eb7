//! A place for one link at a time: what its writer knows of it.

use std::{mem, sync::Arc};

use super::view::{Content, View};
use crate::torture::{
    board::{Board, Code},
    clock::{Moment, Span},
    history::{State, Target, Ticket},
    order::{Call, Order},
};

/// A link, or room for one, under a code and perhaps a second one.
pub(crate) struct Place {
    pub(super) number: u32,
    /// The code that a link is made with, and the one that it can be given besides.
    pub(super) codes: [Arc<Code>; 2],
    /// As of the last answered write, or what was read since.
    pub(super) link: Option<View>,
    /// Whether the second code leads here, too.
    pub(super) has_both: bool,
    targets: u32,
    maybes: Vec<Pending>,
    order: Order,
}

/// A write between being sent and being known.
pub(super) struct Pending {
    /// What is there if it comes true; `None`: nothing.
    pub(super) after: Option<Content>,
    /// It comes true only if this is the version.
    pub(super) only_if: Option<u64>,
    tickets: Vec<(usize, Ticket)>,
    has_both: bool,
}

impl Place {
    /// Room for a link.
    #[must_use]
    pub(crate) fn new(number: usize) -> Self {
        Self {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            codes: [
                Code::new(&format!("k{number}")),
                Code::new(&format!("k{number}-b")),
            ],
            link: None,
            has_both: false,
            targets: 0,
            maybes: Vec::new(),
            order: Order::default(),
        }
    }

    /// Its codes.
    pub(crate) fn codes(&self) -> impl Iterator<Item = Arc<Code>> {
        self.codes.iter().cloned()
    }

    /// A target that was never used.
    pub(super) fn next_target(&mut self) -> Target {
        self.targets += 1;
        Target {
            link: self.number,
            number: self.targets,
        }
    }

    /// A write is about to be sent.
    pub(super) fn begin(
        &mut self,
        after: Option<Content>,
        only_if: Option<u64>,
        sent: Moment,
    ) -> Pending {
        let is_second = |content: &Content| content.code == self.codes[1].name;
        let has_both = after
            .as_ref()
            .is_some_and(|it| self.has_both || is_second(it));
        let before = self.states(self.link.as_ref().map(|link| &link.content), self.has_both);
        let then = self.states(after.as_ref(), has_both);
        let mut tickets = Vec::new();
        for (code, state) in then.into_iter().enumerate() {
            // While something may still come true, what is there now may have to come back.
            if state != before[code] || !self.maybes.is_empty() {
                tickets.push((code, self.codes[code].history().begin(state, sent)));
            }
        }
        Pending {
            after,
            only_if,
            tickets,
            has_both,
        }
    }

    /// It came true; this is what is there now.
    pub(super) fn settle(&mut self, pending: Pending, link: Option<View>, known: Moment) {
        self.has_both = pending.has_both;
        self.settle_hidden(pending, known);
        self.see(link);
    }

    /// It came true, and was replaced before anybody saw it.
    pub(super) fn settle_hidden(&self, pending: Pending, known: Moment) {
        for (code, ticket) in pending.tickets {
            self.codes[code].history().settle(ticket, known);
        }
    }

    /// It never came true and never will.
    pub(super) fn void(&self, pending: Pending) {
        for (code, ticket) in pending.tickets {
            self.codes[code].history().void(ticket);
        }
    }

    /// Nobody knows.
    pub(super) fn wonder(&mut self, pending: Pending) {
        self.maybes.push(pending);
    }

    /// Takes in what the API showed: one of the maybes may have come true.
    pub(super) fn reconcile(&mut self, board: &Board, shown: Option<View>, known: Moment) {
        if shown == self.link {
            self.leave_open();
            return;
        }
        let mut maybes = mem::take(&mut self.maybes);
        let is_this = |maybe: &Pending| self.explains(maybe, shown.as_ref());
        match maybes.iter().rposition(is_this) {
            Some(place) => {
                let cause = maybes.remove(place);
                self.settle_before(&mut maybes, shown.as_ref(), known);
                self.settle(cause, shown, known);
                board
                    .tally
                    .came_true
                    .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            None => self.adopt(board, shown, known),
        }
        self.maybes.append(&mut maybes);
        self.leave_open();
    }

    /// Notes a call that was answered; reports one that contradicts it.
    pub(super) fn note(&mut self, board: &Board, span: Span, link: &View, is_write: bool) {
        let call = Call {
            span,
            version: link.version,
            state: link.content.state(),
            is_write,
        };
        if let Some(other) = self.order.add(call) {
            let (code, id) = (&self.codes[0].name, &link.id);
            let violation = format!(
                "the API contradicts itself about /{code} ({id}):\n    {other:?}\n    {call:?}"
            );
            board.tally.violation(code, &violation);
        }
    }

    /// Two writes without If-Match can both be lost and both come true: then the version has
    /// risen by two, and the other one came first.
    fn settle_before(&mut self, maybes: &mut Vec<Pending>, shown: Option<&View>, known: Moment) {
        let versions = (self.link.as_ref(), shown);
        let (Some(before), Some(shown)) = versions else {
            return;
        };
        let mut hidden = shown.version.saturating_sub(before.version + 1);
        while hidden > 0 {
            let Some(place) = maybes.iter().rposition(|maybe| maybe.only_if.is_none()) else {
                return;
            };
            self.settle_hidden(maybes.remove(place), known);
            hidden -= 1;
        }
    }

    fn explains(&self, maybe: &Pending, shown: Option<&View>) -> bool {
        let is_in_time = match (maybe.only_if, shown) {
            (Some(version), Some(shown)) => shown.version == version + 1,
            _ => true,
        };
        is_in_time && maybe.after.as_ref() == shown.map(|shown| &shown.content)
    }

    /// Nobody wrote what the API shows: a violation, told once.
    fn adopt(&mut self, board: &Board, shown: Option<View>, known: Moment) {
        let history = self.codes[0].history().to_string();
        let violation = format!(
            "the API shows /{} as {shown:?}, but the last acknowledged write made it {:?}\n{history}",
            self.codes[0].name, self.link
        );
        board.tally.violation(&self.codes[0].name, &violation);
        let content = shown.as_ref().map(|shown| shown.content.clone());
        let pending = self.begin(content, None, known);
        self.settle(pending, shown, known);
    }

    /// Another version or another link is there: conditions that name older ones fail for good.
    fn see(&mut self, link: Option<View>) {
        if link.as_ref().map(|it| &it.id) != self.link.as_ref().map(|it| &it.id) {
            self.order = Order::default();
        }
        self.link = link;
        let version = self.link.as_ref().map(|link| link.version);
        let is_over = |maybe: &mut Pending| {
            maybe
                .only_if
                .is_some_and(|only| version.is_none_or(|it| only < it))
        };
        let over: Vec<_> = self.maybes.extract_if(.., is_over).collect();
        over.into_iter().for_each(|maybe| self.void(maybe));
    }

    fn leave_open(&self) {
        for (code, ticket) in self.maybes.iter().flat_map(|maybe| &maybe.tickets) {
            self.codes[*code].history().leave_open(*ticket);
        }
    }

    fn states(&self, content: Option<&Content>, has_both: bool) -> [State; 2] {
        let state = content.map_or(State::Absent, Content::state);
        [state, if has_both { state } else { State::Absent }]
    }
}
