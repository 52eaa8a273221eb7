//! The book alone, with an admin in memory.

mod full;
mod late;

use std::{
    collections::HashMap,
    num::NonZeroU64,
    time::{Duration, Instant},
};

use suo_link::{
    id::LinkId,
    wire::{
        clicks::JournalId,
        leases::{LeaseId, Reply, Request, Standing},
    },
};

use super::book::{Book, LIFE, Looked, Next, Taken};

const LINK: LinkId = LinkId(7);

fn most(clicks: u64) -> NonZeroU64 {
    NonZeroU64::new(clicks).unwrap()
}

/// An admin with one link.
struct Admin {
    most: u64,
    consumed: u64,
    blocks: HashMap<LeaseId, u64>,
    next: LeaseId,
    turn: u64,
    /// The size of blocks.
    size: u64,
}

impl Admin {
    fn new(most: u64, size: u64) -> Self {
        Self {
            most,
            consumed: 0,
            blocks: HashMap::new(),
            next: 1,
            turn: 0,
            size,
        }
    }

    fn hear(&mut self, request: &Request) -> Reply {
        assert!(request.turn > self.turn);
        self.turn = request.turn;
        let used: HashMap<LeaseId, u64> = request
            .closed
            .iter()
            .map(|closed| (closed.lease, closed.used))
            .collect();
        let consumed = &mut self.consumed;
        self.blocks.retain(|lease, _| {
            let is_held = request.held.contains(lease);
            *consumed += if is_held {
                0
            } else {
                used.get(lease).copied().unwrap_or(0)
            };
            is_held
        });
        let standings = request.asks.iter().map(|ask| {
            let leased: u64 = self.blocks.values().sum();
            let left = self.most - self.consumed - leased;
            match (left, ask.wanted) {
                _ if self.consumed == self.most => Standing::UsedUp,
                (0, _) => Standing::Elsewhere,
                (_, 0) => Standing::Open,
                _ => {
                    let (lease, units) = (self.next, self.size.min(left));
                    self.next += 1;
                    self.blocks.insert(lease, units);
                    Standing::Granted { lease, units }
                }
            }
        });
        let standings = standings.collect();
        Reply { standings }
    }
}

fn book() -> Book {
    Book::new(JournalId([1; 16]))
}

#[track_caller]
fn said(book: &mut Book, now: Instant) -> Request {
    match book.next(now) {
        Next::Say(request) => request,
        other => panic!("nothing to say: {other:?}"),
    }
}

/// Lets the book say what it has to say, and hear the answer at once.
#[track_caller]
fn talk(book: &mut Book, admin: &mut Admin, now: Instant) {
    let request = said(book, now);
    let reply = admin.hear(&request);
    book.hear(&request, now, Some(&reply), now);
}

/// A visitor who waits for a unit and gets one.
#[track_caller]
fn visit(book: &mut Book, admin: &mut Admin, now: Instant) -> Taken {
    match book.take(LINK, most(admin.most), now) {
        Taken::Wait => {}
        taken => return taken,
    }
    book.come(LINK, true);
    talk(book, admin, now);
    let taken = book.take(LINK, most(admin.most), now);
    book.go(LINK, true);
    taken
}

#[test]
fn a_block_is_used_up_reported_and_followed_by_the_next_one() {
    let (mut book, mut admin, now) = (book(), Admin::new(5, 2), Instant::now());
    let taken: Vec<Taken> = (0..6).map(|_| visit(&mut book, &mut admin, now)).collect();
    let unit = Taken::Unit;
    assert_eq!(
        taken,
        [unit(1), unit(1), unit(2), unit(2), unit(3), Taken::UsedUp]
    );
    assert_eq!((admin.consumed, admin.blocks.len()), (5, 0));
    assert_eq!(book.next(now), Next::Nothing);
    let later = now + Duration::from_secs(6);
    assert_eq!(
        book.take(LINK, most(5), later),
        Taken::Wait,
        "it is asked about again"
    );
}

#[test]
fn what_nobody_needs_goes_back_soon_and_everything_after_two_seconds() {
    let (mut book, mut admin, now) = (book(), Admin::new(100, 10), Instant::now());
    visit(&mut book, &mut admin, now);
    let Next::Wait(idle) = book.next(now) else {
        panic!("nothing is held");
    };
    assert!(idle < Duration::from_millis(200));
    talk(&mut book, &mut admin, now + idle);
    assert_eq!((admin.consumed, admin.blocks.len()), (1, 0));

    let begun = now + idle;
    // Somebody always waits, so it is not idle; but its time is over.
    let (mut book, mut admin) = (self::book(), Admin::new(100, 10));
    visit(&mut book, &mut admin, begun);
    book.come(LINK, true);
    let at = begun + LIFE - Duration::from_millis(1);
    assert_eq!(book.take(LINK, most(100), at), Taken::Unit(1));
    assert_eq!(book.take(LINK, most(100), begun + LIFE), Taken::Wait);
    talk(&mut book, &mut admin, begun + LIFE);
    assert_eq!(admin.consumed, 2);
}

#[test]
fn the_two_seconds_begin_before_the_request_was_made() {
    let (mut book, mut admin, now) = (book(), Admin::new(100, 10), Instant::now());
    assert_eq!(book.take(LINK, most(100), now), Taken::Wait);
    book.come(LINK, true);
    let request = said(&mut book, now);
    let reply = admin.hear(&request);
    book.hear(&request, now, Some(&reply), now + LIFE);
    assert_eq!(
        book.take(LINK, most(100), now + LIFE),
        Taken::Wait,
        "too late"
    );
}

#[test]
fn a_lost_answer_is_made_good_by_the_next_request() {
    let (mut book, mut admin, mut now) = (book(), Admin::new(3, 1), Instant::now());
    visit(&mut book, &mut admin, now);
    book.take(LINK, most(3), now);
    book.come(LINK, true);
    let request = said(&mut book, now);
    admin.hear(&request);
    assert_eq!(admin.blocks.len(), 1);
    book.hear(&request, now, None, now);
    book.go(LINK, true);
    let Next::Wait(pause) = book.next(now) else {
        panic!("a silent admin is left alone for a moment");
    };
    now += pause;
    talk(&mut book, &mut admin, now);
    assert_eq!((admin.consumed, admin.blocks.len()), (1, 0));
    assert_eq!(book.next(now), Next::Nothing);
}

#[test]
fn another_limit_makes_the_old_block_worthless() {
    let (mut book, mut admin, now) = (book(), Admin::new(100, 10), Instant::now());
    visit(&mut book, &mut admin, now);
    let later = now + Duration::from_millis(1);
    assert_eq!(book.take(LINK, most(50), later), Taken::Wait);
    // Nor is one used that was asked for before.
    book.come(LINK, true);
    let request = said(&mut book, later);
    let reply = admin.hear(&request);
    let at = later + Duration::from_millis(1);
    assert_eq!(book.take(LINK, most(60), at), Taken::Wait);
    book.hear(&request, later, Some(&reply), at);
    assert_eq!(book.take(LINK, most(60), at), Taken::Wait);
    book.go(LINK, true);
    talk(&mut book, &mut admin, at);
    assert_eq!((admin.consumed, admin.blocks.len()), (1, 0));
}

#[test]
fn who_only_looks_takes_nothing_and_believes_no_old_answer() {
    let (mut book, mut admin, now) = (book(), Admin::new(1, 1), Instant::now());
    let look = |book: &mut Book, at: Instant| {
        match book.look(LINK, most(1), at, at) {
            Looked::Wait => {}
            looked => return Some(looked),
        }
        book.come(LINK, false);
        None
    };
    assert_eq!(look(&mut book, now), None);
    talk(&mut book, &mut admin, now);
    assert_eq!(book.look(LINK, most(1), now, now), Looked::Open);
    book.go(LINK, false);
    let later = now + Duration::from_millis(20);
    assert_eq!(look(&mut book, later), None);
    book.go(LINK, false);
    assert_eq!(visit(&mut book, &mut admin, later), Taken::Unit(1));
    // Who has come before the last unit was taken may pass; who comes afterwards may not.
    let after = later + Duration::from_millis(20);
    assert_eq!(look(&mut book, after), None);
    talk(&mut book, &mut admin, after);
    assert_eq!(look(&mut book, after), Some(Looked::UsedUp));
}

#[test]
fn books_and_losses_at_random_are_never_over_and_in_the_end_exact() {
    const MOST: u64 = 60;
    for seed in 1..200_u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut dice = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let (mut book, mut admin) = (book(), Admin::new(MOST, 1 + seed % 9));
        let (mut now, mut followed) = (Instant::now(), 0);
        let mut under_way: Option<(Request, Instant, Option<Reply>)> = None;
        let mut is_used_up = false;
        for step in 0..5000 {
            now += Duration::from_millis(dice(60));
            match dice(5) {
                0 | 1 => match book.take(LINK, most(MOST), now) {
                    Taken::Unit(_) => followed += 1,
                    Taken::UsedUp => is_used_up = true,
                    Taken::Free => panic!("it has a limit"),
                    Taken::Wait => {
                        book.come(LINK, true);
                    }
                },
                2 => book.go(LINK, true),
                3 => {
                    let arrived = now - Duration::from_millis(dice(900));
                    book.turn_away(LINK, arrived, now);
                }
                _ => match under_way.take() {
                    Some((request, sent, reply)) => book.hear(&request, sent, reply.as_ref(), now),
                    None => {
                        if let Next::Say(request) = book.next(now) {
                            let is_heard = dice(5) > 0;
                            let reply = is_heard.then(|| admin.hear(&request));
                            let arrives = step > 4000 || dice(5) > 0;
                            under_way = Some((request, now, reply.filter(|_| arrives)));
                        }
                    }
                },
            }
            assert!(followed <= MOST, "seed {seed}");
        }
        assert!(is_used_up && followed == MOST, "seed {seed}: {followed}");
    }
}
