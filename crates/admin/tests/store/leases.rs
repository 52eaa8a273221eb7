//! Blocks of clicks: never more than a link allows, and in the end exactly as many.

use std::num::NonZeroU64;

use suo_admin::{
    clicks::{Rules, Shipment, count},
    settings::TimeZone,
    store::{Expected, Usage},
};
use suo_link::{
    id::LinkId,
    wire::{
        clicks::{Class, JournalId, Outcome},
        leases::{Ask, Closed, LeaseId, Reply, Request, Standing},
    },
};

use super::{
    clicks::{click, humans, name, shipment},
    on_both,
    place::{NOW, Place, created, new, patched},
};

on_both!(
    a_block_is_a_share_and_at_the_end_one_click_for_each_who_waits,
    what_is_given_back_is_free_and_what_was_used_is_not,
    a_block_whose_grant_was_lost_is_free_when_the_journal_speaks_again,
    a_request_that_arrives_after_a_later_one_does_nothing,
    a_lost_edges_block_is_free_when_its_journal_is_counted_to_the_end,
    a_segment_that_cannot_be_read_frees_nothing,
    a_limit_may_be_raised_lowered_and_removed,
    people_who_came_before_the_limit_count,
    a_link_that_is_deleted_takes_its_blocks_along,
    no_block_is_granted_twice_by_admins_at_once,
);

/// A link that people may follow so often.
pub(crate) fn limited(place: &Place, code: &str, most: u64) -> LinkId {
    let mut link = new(Some(code), "https://a.example");
    link.fields.max_clicks = NonZeroU64::new(most);
    created(place.create_as(link)).id
}

fn limit(place: &Place, link: LinkId, most: Option<u64>) -> Usage {
    let edited = place.edit(
        link,
        |fields| fields.max_clicks = most.and_then(NonZeroU64::new),
        None,
    );
    patched(edited).usage
}

fn usage(place: &Place, link: LinkId) -> (u64, u64) {
    let usage = place.link(link).unwrap().unwrap().usage;
    (usage.consumed, usage.leased)
}

fn wants(link: LinkId, wanted: u32) -> Vec<Ask> {
    vec![Ask { link, wanted }]
}

fn heard(place: &Place, request: &Request) -> Option<Reply> {
    place.lease(request, NOW).unwrap()
}

/// What a journal that holds these blocks is told of one link.
fn ask(place: &Place, journal: u8, turn: u64, held: &[LeaseId], asks: Vec<Ask>) -> Standing {
    let request = Request {
        journal: JournalId([journal; 16]),
        turn,
        held: held.to_vec(),
        closed: Vec::new(),
        asks,
    };
    heard(place, &request).unwrap().standings[0]
}

fn close(place: &Place, journal: u8, turn: u64, lease: LeaseId, used: u64) -> bool {
    let request = Request {
        journal: JournalId([journal; 16]),
        turn,
        closed: vec![Closed { lease, used }],
        ..Request::default()
    };
    heard(place, &request).is_some()
}

#[track_caller]
fn granted(standing: Standing) -> (LeaseId, u64) {
    match standing {
        Standing::Granted { lease, units } => (lease, units),
        other => panic!("no block: {other:?}"),
    }
}

/// So many clicks that a block has paid for.
fn paid(link: LinkId, lease: LeaseId, journal: u8, number: u64, clicks: usize) -> Shipment {
    let mut click = click(link, Class::Human, Outcome::Redirect);
    click.lease = lease;
    shipment(name(journal, number), &vec![click; clicks])
}

/// The end of a journal.
pub(crate) fn last(journal: u8, number: u64) -> Shipment {
    shipment(name(journal, number), &[])
}

pub(crate) fn bring(place: &Place, shipments: &[Shipment]) {
    count(&**place, &Rules::of(TimeZone::UTC), NOW, shipments).unwrap();
}

fn a_block_is_a_share_and_at_the_end_one_click_for_each_who_waits(place: &Place) {
    let link = limited(place, "a", 1008);
    assert_eq!(ask(place, 1, 1, &[], wants(link, 0)), Standing::Open);
    let (first, units) = granted(ask(place, 1, 2, &[], wants(link, 1)));
    assert_eq!(units, 126);
    let (second, units) = granted(ask(place, 2, 1, &[], wants(link, 3)));
    assert_eq!(units, 3, "fewer than 1 000 are left");
    assert_ne!(first, second);
    assert_eq!(usage(place, link), (0, 129));
    let later = NOW.plus(10_001);
    let request = Request {
        journal: JournalId([3; 16]),
        turn: 1,
        asks: wants(limited(place, "b", 8000), 1),
        ..Request::default()
    };
    let reply = place.lease(&request, later).unwrap().unwrap();
    assert_eq!(granted(reply.standings[0]).1, 1000, "the others have gone");
}

fn what_is_given_back_is_free_and_what_was_used_is_not(place: &Place) {
    let link = limited(place, "a", 3);
    let (block, units) = granted(ask(place, 1, 1, &[], wants(link, 5)));
    assert_eq!(units, 3);
    assert_eq!(ask(place, 2, 1, &[], wants(link, 1)), Standing::Elsewhere);
    assert_eq!(ask(place, 2, 2, &[], wants(link, 0)), Standing::Elsewhere);
    assert!(close(place, 1, 2, block, 2));
    assert!(
        close(place, 1, 3, block, 2),
        "said again: the answer was lost"
    );
    assert_eq!(usage(place, link), (2, 0));
    let (block, units) = granted(ask(place, 2, 3, &[], wants(link, 1)));
    assert_eq!(units, 1);
    assert!(close(place, 2, 4, block, 1));
    for wanted in [0, 1] {
        assert_eq!(
            ask(place, 3, 1 + u64::from(wanted), &[], wants(link, wanted)),
            Standing::UsedUp
        );
    }
    bring(place, &[paid(link, block, 2, 1, 1), last(2, 2)]);
    assert_eq!(usage(place, link), (3, 0), "counted once");
}

fn a_block_whose_grant_was_lost_is_free_when_the_journal_speaks_again(place: &Place) {
    let link = limited(place, "a", 2);
    granted(ask(place, 1, 1, &[], wants(link, 2)));
    let (block, units) = granted(ask(place, 1, 2, &[], wants(link, 1)));
    assert_eq!((units, usage(place, link)), (1, (0, 1)));
    let (other, _) = granted(ask(place, 1, 3, &[block], wants(link, 1)));
    assert_eq!(usage(place, link), (0, 2), "what is held stays");
    assert_ne!(block, other);
}

fn a_request_that_arrives_after_a_later_one_does_nothing(place: &Place) {
    let link = limited(place, "a", 5);
    let late = Request {
        journal: JournalId([1; 16]),
        turn: 5,
        asks: wants(link, 5),
        ..Request::default()
    };
    let (block, _) = granted(ask(place, 1, 6, &[], wants(link, 2)));
    assert_eq!(heard(place, &late), None);
    assert_eq!(
        heard(
            place,
            &Request {
                turn: 6,
                ..late.clone()
            }
        ),
        None
    );
    assert_eq!(usage(place, link), (0, 2));
    bring(place, &[paid(link, block, 1, 1, 1), last(1, 2)]);
    assert_eq!(usage(place, link), (1, 0));
    let after_the_end = Request {
        turn: 1 << 40,
        ..late
    };
    assert_eq!(heard(place, &after_the_end), None);
}

fn a_lost_edges_block_is_free_when_its_journal_is_counted_to_the_end(place: &Place) {
    let link = limited(place, "a", 10);
    let (block, _) = granted(ask(place, 1, 1, &[], wants(link, 10)));
    bring(place, &[last(1, 3), paid(link, block, 1, 2, 2)]);
    assert_eq!(usage(place, link), (0, 10), "the first one is missing");
    let first = paid(link, block, 1, 1, 4);
    bring(place, &[first.clone(), first.clone()]);
    assert_eq!(usage(place, link), (6, 0));
    bring(place, &[last(1, 3), first]);
    assert_eq!(usage(place, link), (6, 0));
    // Without a single click, and of another journal that names the same block.
    let (block, _) = granted(ask(place, 2, 1, &[], wants(link, 10)));
    bring(place, &[paid(link, block, 3, 1, 3), last(3, 2)]);
    assert_eq!(usage(place, link), (6, 4));
    bring(place, &[last(2, 1)]);
    assert_eq!(usage(place, link), (6, 0));
}

fn a_segment_that_cannot_be_read_frees_nothing(place: &Place) {
    let link = limited(place, "a", 10);
    let (block, _) = granted(ask(place, 1, 1, &[], wants(link, 10)));
    let mut broken = paid(link, block, 1, 1, 1);
    broken.segment.truncate(60);
    bring(place, &[last(1, 2)]);
    bring(place, &[broken]);
    assert_eq!(usage(place, link), (10, 0), "never over");
}

fn a_limit_may_be_raised_lowered_and_removed(place: &Place) {
    let link = limited(place, "a", 5);
    let (block, _) = granted(ask(place, 1, 1, &[], wants(link, 3)));
    assert_eq!(limit(place, link, Some(2)).leased, 3);
    assert_eq!(ask(place, 2, 1, &[], wants(link, 1)), Standing::Elsewhere);
    assert!(close(place, 1, 2, block, 2));
    assert_eq!(ask(place, 2, 2, &[], wants(link, 1)), Standing::UsedUp);
    let stored = |place: &Place| place.link(link).unwrap().unwrap();
    assert!(stored(place).is_used_up());
    limit(place, link, Some(1));
    assert!(stored(place).is_used_up());
    limit(place, link, Some(3));
    assert_eq!(granted(ask(place, 2, 3, &[], wants(link, 9))).1, 1);
    limit(place, link, None);
    assert_eq!(ask(place, 2, 4, &[], wants(link, 1)), Standing::Unlimited);
    assert!(!stored(place).is_used_up());
    assert_eq!(limit(place, link, Some(4)).consumed, 2);
}

fn people_who_came_before_the_limit_count(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    bring(place, &[humans(name(1, 1), link, 7)]);
    assert_eq!(limit(place, link, Some(9)).consumed, 7);
    assert_eq!(granted(ask(place, 2, 1, &[], wants(link, 9))).1, 2);
}

fn a_link_that_is_deleted_takes_its_blocks_along(place: &Place) {
    let link = limited(place, "a", 5);
    let (block, _) = granted(ask(place, 1, 1, &[], wants(link, 2)));
    place.delete_link(link, &Expected::Any, NOW).unwrap();
    assert_eq!(ask(place, 2, 1, &[], wants(link, 1)), Standing::Unknown);
    let again = limited(place, "a", 5);
    assert!(close(place, 1, 2, block, 2));
    bring(place, &[paid(link, block, 1, 1, 2), last(1, 2)]);
    assert_eq!(
        usage(place, again),
        (0, 0),
        "another link under the same code"
    );
}

fn no_block_is_granted_twice_by_admins_at_once(place: &Place) {
    let links = ["a", "b"].map(|code| limited(place, code, 50));
    let used = place.at_once(4, |thread, store| {
        let (mut used, mut closed) = (0, Vec::new());
        for turn in 1..400 {
            let mut asks: Vec<Ask> = links.map(|link| Ask { link, wanted: 1 }).into();
            asks.rotate_left(thread % 2);
            let request = Request {
                journal: JournalId([thread as u8; 16]),
                turn,
                closed: std::mem::take(&mut closed),
                held: Vec::new(),
                asks,
            };
            let reply = store.lease(&request, NOW).unwrap().unwrap();
            if reply
                .standings
                .iter()
                .all(|standing| *standing == Standing::UsedUp)
            {
                return used;
            }
            for standing in reply.standings {
                if let Standing::Granted { lease, units } = standing {
                    used += units;
                    closed.push(Closed { lease, used: units });
                }
            }
        }
        panic!("not used up");
    });
    assert_eq!(used.iter().sum::<u64>(), 100);
}
