//! Admins who answer when nobody waits any more. Whoever was told to come again comes in vain no
//! second time.

use std::time::{Duration, Instant};

use suo_link::wire::leases::{Ask, Reply, Standing};

use super::{Admin, LINK, book, most, said};
use crate::leases::book::{Book, LIFE, Looked, Next, Taken};

/// How long a visitor waits, and how late they come again.
const PATIENCE: Duration = Duration::from_millis(500);
const AGAIN: Duration = Duration::from_millis(1500);

/// How long an admin takes.
const SLOW: Duration = Duration::from_millis(600);

/// Somebody comes, waits and is told to come again, while nothing is heard.
fn in_vain(book: &mut Book, takes: bool, arrived: Instant) {
    if takes {
        assert_eq!(book.take(LINK, most(9), arrived), Taken::Wait);
    } else {
        assert_eq!(book.look(LINK, most(9), arrived, arrived), Looked::Wait);
    }
    book.come(LINK, takes);
    book.turn_away(LINK, arrived, arrived + PATIENCE);
    book.go(LINK, takes);
}

#[test]
fn what_is_granted_too_late_waits_for_who_was_told_to_come_again() {
    let (mut book, mut admin, now) = (book(), Admin::new(9, 1), Instant::now());
    assert_eq!(book.take(LINK, most(9), now), Taken::Wait);
    book.come(LINK, true);
    let request = said(&mut book, now);
    let reply = admin.hear(&request);
    book.turn_away(LINK, now, now + PATIENCE);
    book.go(LINK, true);
    book.hear(&request, now, Some(&reply), now + SLOW);
    let Next::Wait(time) = book.next(now + SLOW) else {
        panic!("the block is given back at once");
    };
    assert!(SLOW + time >= AGAIN, "kept for {time:?}");
    assert_eq!(book.take(LINK, most(9), now + AGAIN), Taken::Unit(1));
}

#[test]
fn it_waits_no_longer_than_any_block_lives() {
    let (mut book, mut admin, now) = (book(), Admin::new(9, 1), Instant::now());
    book.take(LINK, most(9), now);
    book.come(LINK, true);
    let request = said(&mut book, now);
    let reply = admin.hear(&request);
    book.turn_away(LINK, now, now + PATIENCE);
    book.go(LINK, true);
    let late = now + LIFE - Duration::from_millis(1);
    book.hear(&request, now, Some(&reply), late);
    let Next::Wait(time) = book.next(late) else {
        panic!("the block is given back early");
    };
    assert!(late + time <= now + LIFE);
    assert_eq!(book.take(LINK, most(9), now + LIFE), Taken::Wait, "over");
    let back = said(&mut book, now + LIFE);
    assert!(back.held.is_empty() && back.closed[0].used == 0);
}

#[test]
fn who_came_while_something_else_was_asked_is_asked_for_afterwards() {
    for takes in [true, false] {
        let (mut book, mut admin, now) = (book(), Admin::new(9, 1), Instant::now());
        book.take(LINK, most(9), now);
        book.come(LINK, true);
        let request = said(&mut book, now);
        book.go(LINK, true);
        in_vain(&mut book, takes, now + Duration::from_millis(50));
        // The answer to the first question grants nothing that is left for the second visitor.
        admin.hear(&request);
        let standings = vec![Standing::Elsewhere];
        book.hear(&request, now, Some(&Reply { standings }), now + SLOW);
        let asked = now + SLOW + Duration::from_millis(50);
        let request = said(&mut book, asked);
        let ask = Ask {
            link: LINK,
            wanted: 1,
        };
        assert_eq!(request.asks, [ask]);
        let reply = admin.hear(&request);
        book.hear(&request, asked, Some(&reply), asked + SLOW);
        let again = now + Duration::from_millis(50) + AGAIN;
        // Who only looks is certain as long as a unit is held, and takes none.
        assert_eq!(book.look(LINK, most(9), again, again), Looked::Open);
        assert_eq!(book.take(LINK, most(9), again), Taken::Unit(2));
    }
}

#[test]
fn nothing_is_kept_for_who_was_told_that_others_hold_the_rest() {
    let (mut book, now) = (book(), Instant::now());
    book.take(LINK, most(9), now);
    book.come(LINK, true);
    let request = said(&mut book, now);
    let standings = vec![Standing::Elsewhere];
    book.hear(&request, now, Some(&Reply { standings }), now);
    book.turn_away(LINK, now, now + PATIENCE);
    book.go(LINK, true);
    assert_eq!(book.next(now + PATIENCE), Next::Nothing);
}

#[test]
fn nobody_is_asked_for_who_does_not_come_again() {
    let (mut book, now) = (book(), Instant::now());
    book.take(LINK, most(9), now);
    book.come(LINK, true);
    let request = said(&mut book, now);
    book.go(LINK, true);
    in_vain(&mut book, true, now + Duration::from_millis(1));
    book.hear(&request, now, None, now + PATIENCE);
    let later = now + Duration::from_secs(5);
    let unsettled = said(&mut book, later);
    assert!(unsettled.asks.is_empty());
    let standings = Vec::new();
    book.hear(&unsettled, later, Some(&Reply { standings }), later);
    assert_eq!(book.next(later), Next::Nothing);
}
