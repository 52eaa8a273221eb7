//! What the threads of traffic do: one edits and creates, the others visit.

use std::{
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use suo_testkit::wait_until;

use super::{
    HOT, PATIENCE,
    judge::{Read, Seen},
    lock, shows,
};
use crate::{
    api::{Api, Visits, link_path, text},
    keep_alive::KeepAlive,
    production::Edge,
};

/// One write in so many creates a link.
const CREATE_EVERY: usize = 5;

/// One visit in so many is the first one to a link.
const COLD_EVERY: usize = 8;

/// Between two writes, and between two visits to one edge.
const PAUSE: Duration = Duration::from_millis(4);

pub(super) struct Shared {
    pub(super) api: Api,
    pub(super) links: Mutex<Vec<Link>>,
    pub(super) codes: AtomicUsize,
    pub(super) writes_end: AtomicBool,
    pub(super) visits_end: AtomicBool,
    pub(super) over: Mutex<Option<Instant>>,
}

/// A link and what was written to it: its targets are numbered.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) code: String,
    pub(super) link: Value,
    pub(super) writes: Vec<Write>,
    /// It was announced before the first visit.
    pub(super) is_known: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Write {
    pub(super) began: Instant,
    /// `None`: it may have happened.
    pub(super) acknowledged: Option<Instant>,
}

impl Shared {
    pub(super) fn write_on(&self) {
        for round in 1.. {
            if self.writes_end.load(SeqCst) {
                return;
            }
            if round % CREATE_EVERY == 0 {
                self.create();
            } else {
                let count = self.links().len();
                let chosen = if round % 2 == 0 { HOT } else { count };
                self.edit(round * 7 % chosen);
            }
            thread::park_timeout(PAUSE);
        }
    }

    pub(super) fn create(&self) {
        let code = format!("t{}", self.codes.fetch_add(1, SeqCst));
        let began = Instant::now();
        let target = target(&code, 0);
        let body = json!({ "target": target, "code": code });
        let link = wait_until("a link is created", PATIENCE, || {
            let answer = self.api.call("POST", "/links", &body);
            // A database that is too busy says so, and nothing has happened.
            (answer.status == 201)
                .then(|| answer.json())
                .ok_or(answer.status)
        });
        let acknowledged = Some(Instant::now());
        let write = Write {
            began,
            acknowledged,
        };
        let code = text(&link, "code").to_owned();
        self.links().push(Link {
            code,
            link,
            writes: vec![write],
            is_known: false,
        });
    }

    /// Changes are announced in order.
    pub(super) fn are_known(&self, edges: &[&Edge]) {
        let last = self
            .links()
            .last()
            .map(|link| (link.code.clone(), link.target(0)));
        let last = last.expect("links were made");
        edges.iter().for_each(|edge| shows(edge, &last));
        self.links()
            .iter_mut()
            .for_each(|link| link.is_known = true);
    }

    /// Noted before it begins: a visitor may see it before the admin has answered.
    pub(super) fn edit(&self, number: usize) {
        let (path, target) = {
            let link = &mut self.links()[number];
            link.writes.push(Write {
                began: Instant::now(),
                acknowledged: None,
            });
            let written = link.target(link.writes.len() - 1);
            (link_path(&link.link), written)
        };
        let body = json!({ "target": target });
        wait_until("a link is edited", PATIENCE, || {
            let answer = self.api.call("PATCH", &path, &body);
            (answer.status == 200).then_some(()).ok_or(answer.status)
        });
        let written = self.links()[number].writes.last_mut().map(|write| {
            write.acknowledged = Some(Instant::now());
        });
        written.expect("one writer for each link");
    }

    pub(super) fn acknowledged(&self) -> usize {
        let links = self.links();
        links.iter().map(|link| link.writes.len()).sum()
    }

    pub(super) fn visit_on(&self, visits: &Visits) -> Vec<Read> {
        let mut reads = Vec::new();
        let mut line = KeepAlive::open(visits.address).expect("the edge listens");
        for round in 0.. {
            if self.visits_end.load(SeqCst) {
                break;
            }
            let number = if round % COLD_EVERY == 0 {
                (HOT + round / COLD_EVERY).min(self.links().len() - 1)
            } else {
                round % HOT
            };
            let code = self.links()[number].code.clone();
            let began = Instant::now();
            let answer = visits.get_over(&mut line, &format!("/{code}"));
            let seen = Seen::read(&code, &answer.expect("an edge always answers"));
            let ended = Instant::now();
            reads.push(Read {
                link: number,
                edge: visits.address.port(),
                began,
                ended,
                seen,
            });
            thread::park_timeout(PAUSE);
        }
        reads
    }

    pub(super) fn links(&self) -> MutexGuard<'_, Vec<Link>> {
        lock(&self.links)
    }
}

impl Link {
    pub(super) fn target(&self, write: usize) -> String {
        target(&self.code, write)
    }
}

fn target(code: &str, write: usize) -> String {
    format!("https://example.com/{code}/{write}")
}
