//! Everything that may happen to blocks, in any order: edges that ask, use, give back, lose answers and
//! die; requests that arrive late; segments that arrive late, twice and in another order.

use std::collections::BTreeMap;

use suo_admin::clicks::Shipment;
use suo_link::{
    id::LinkId,
    wire::{
        clicks::{Class, Click, JournalId, Outcome},
        leases::{Ask, Closed, LeaseId, Reply, Request, Standing},
    },
};

use super::{
    clicks::{click, name, shipment},
    leases::{bring, last, limited},
    on_both,
    place::{NOW, Place},
};

on_both!(never_over_and_in_the_end_exactly);

/// How often people may follow each link.
const MOST: [u64; 2] = [1010, 25];

const STEPS: usize = 160;
const SEEDS: u64 = 6;

/// Chooses.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

/// One life of an edge's worker.
struct Worker {
    journal: u8,
    turn: u64,
    /// Link, size and what was used of it.
    held: BTreeMap<LeaseId, (LinkId, u64, u64)>,
    closed: Vec<Closed>,
    records: Vec<Click>,
    segments: u64,
}

impl Worker {
    fn new(journal: u8) -> Self {
        Self {
            journal,
            turn: 0,
            held: BTreeMap::new(),
            closed: Vec::new(),
            records: Vec::new(),
            segments: 0,
        }
    }

    fn request(&mut self, asks: Vec<Ask>) -> Request {
        self.turn += 1;
        Request {
            journal: JournalId([self.journal; 16]),
            turn: self.turn,
            held: self.held.keys().copied().collect(),
            closed: self.closed.clone(),
            asks,
        }
    }

    fn hear(&mut self, request: &Request, reply: &Reply) {
        self.closed
            .retain(|closed| !request.closed.contains(closed));
        for (ask, standing) in request.asks.iter().zip(&reply.standings) {
            if let Standing::Granted { lease, units } = standing {
                self.held.insert(*lease, (ask.link, *units, 0));
            }
        }
    }

    /// Uses a unit of any block, and records it; the link.
    fn follow(&mut self) -> Option<LinkId> {
        let block = self
            .held
            .iter_mut()
            .find(|(_, (_, size, used))| used < size);
        let (lease, (link, _, used)) = block?;
        *used += 1;
        let mut record = click(*link, Class::Human, Outcome::Redirect);
        record.lease = *lease;
        self.records.push(record);
        Some(*link)
    }

    fn give_back(&mut self) {
        if let Some((lease, (_, _, used))) = self.held.pop_first() {
            self.closed.push(Closed { lease, used });
        }
    }

    fn cut(&mut self) -> Option<Shipment> {
        if self.records.is_empty() {
            return None;
        }
        self.segments += 1;
        let records = std::mem::take(&mut self.records);
        Some(shipment(name(self.journal, self.segments), &records))
    }

    /// What the next life finds.
    fn end(mut self) -> Vec<Shipment> {
        let rest = self.cut();
        rest.into_iter()
            .chain([last(self.journal, self.segments + 1)])
            .collect()
    }
}

struct Scene<'a> {
    place: &'a Place,
    links: [LinkId; 2],
    workers: Vec<Worker>,
    next: u8,
    /// Requests on their way for too long.
    late: Vec<Request>,
    /// Segments that are not known to be counted.
    spool: Vec<Shipment>,
    followed: BTreeMap<LinkId, u64>,
    dice: Dice,
}

impl Scene<'_> {
    fn step(&mut self) {
        let worker = self.dice.below(self.workers.len());
        match self.dice.below(12) {
            0 | 1 => self.ask(worker),
            2..=5 => (0..1 + self.dice.below(40)).for_each(|_| self.follow(worker)),
            6 => self.workers[worker].give_back(),
            7 => self.spool.extend(self.workers[worker].cut()),
            8 | 9 => self.ship(),
            10 if !self.late.is_empty() => {
                let late = self.dice.below(self.late.len());
                let late = self.late.swap_remove(late);
                // Nobody waits for the answer any more.
                self.place.lease(&late, NOW).unwrap();
            }
            _ if self.dice.below(3) == 0 => self.kill(worker),
            _ => self.ask(worker),
        }
        for (link, most) in self.links.into_iter().zip(MOST) {
            let followed = self.followed.get(&link).copied().unwrap_or(0);
            assert!(followed <= most, "{followed} of {most}");
        }
    }

    fn ask(&mut self, worker: usize) {
        let ask = |link| Ask { link, wanted: 0 };
        let mut asks = self.links.map(ask);
        for ask in &mut asks {
            ask.wanted = self.dice.below(4) as u32;
        }
        let request = self.workers[worker].request(asks.into());
        match self.dice.below(4) {
            0 => self.late.push(request),
            1 => _ = self.place.lease(&request, NOW).unwrap(),
            _ => {
                let reply = self.place.lease(&request, NOW).unwrap();
                let reply = reply.unwrap();
                self.workers[worker].hear(&request, &reply);
            }
        }
    }

    fn follow(&mut self, worker: usize) {
        if let Some(link) = self.workers[worker].follow() {
            *self.followed.entry(link).or_default() += 1;
        }
    }

    fn ship(&mut self) {
        if self.spool.is_empty() {
            return;
        }
        let place = self.dice.below(self.spool.len());
        let shipment = if self.dice.below(3) == 0 {
            self.spool[place].clone()
        } else {
            self.spool.swap_remove(place)
        };
        bring(self.place, &[shipment]);
    }

    fn kill(&mut self, worker: usize) {
        self.next += 1;
        let killed = std::mem::replace(&mut self.workers[worker], Worker::new(self.next));
        self.spool.extend(killed.end());
    }

    /// All that was lost comes back, and the last visitors come.
    fn finish(mut self) {
        for worker in 0..self.workers.len() {
            self.kill(worker);
        }
        bring(self.place, &self.spool);
        for late in std::mem::take(&mut self.late) {
            self.place.lease(&late, NOW).unwrap();
        }
        let last = self.workers.len() - 1;
        for _ in 0..200 {
            let asks = self.links.map(|link| Ask { link, wanted: 50 });
            let request = self.workers[last].request(asks.into());
            let reply = self.place.lease(&request, NOW).unwrap().unwrap();
            self.workers[last].hear(&request, &reply);
            if reply
                .standings
                .iter()
                .all(|standing| *standing == Standing::UsedUp)
            {
                break;
            }
            while !self.workers[last].held.is_empty() {
                let before: u64 = self.followed.values().sum();
                self.follow(last);
                if self.followed.values().sum::<u64>() == before {
                    self.workers[last].give_back();
                }
            }
        }
        for (link, most) in self.links.into_iter().zip(MOST) {
            assert_eq!(self.followed.get(&link), Some(&most));
            let usage = self.place.link(link).unwrap().unwrap().usage;
            assert_eq!((usage.consumed, usage.leased), (most, 0));
        }
    }
}

fn never_over_and_in_the_end_exactly(place: &Place) {
    let mut next = 0;
    for seed in 1..=SEEDS {
        let code = |n: u64| format!("s{seed}n{n}");
        let mut scene = Scene {
            place,
            links: [0, 1].map(|n| limited(place, &code(n), MOST[n as usize])),
            workers: (1..=3).map(|n| Worker::new(next + n)).collect(),
            next: next + 3,
            late: Vec::new(),
            spool: Vec::new(),
            followed: BTreeMap::new(),
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        };
        for _ in 0..STEPS {
            scene.step();
        }
        next = scene.next + 3;
        scene.finish();
    }
}
