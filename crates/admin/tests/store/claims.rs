//! Idempotency keys: one request at a time, one reply for a day.

use suo_admin::store::{ApiKeyId, Claim, Claimed, Creation, Keep, Reply, StoreError};
use suo_link::time::Timestamp;

use super::{
    on_both,
    place::{NOW, Place, created, new},
};

on_both!(
    of_concurrent_claims_exactly_one_is_made,
    the_reply_is_kept_with_what_was_created,
    a_reply_of_no_worth_frees_the_key,
    a_released_key_is_free,
    a_claim_that_ran_out_is_taken_over,
    replies_are_forgotten,
);

const DAY: i64 = 86_400_000;

fn claim(token: u8, now: Timestamp) -> Claim {
    Claim {
        api_key: ApiKeyId(1),
        key: "order-77".into(),
        fingerprint: [1; 32],
        token: [token; 16],
        until: now.plus(30_000),
        forget_before: now.plus(-DAY),
    }
}

fn reply() -> Reply {
    Reply {
        status: 201,
        etag: Some("\"1\"".into()),
        body: b"{}".to_vec(),
    }
}

fn create(place: &Place, claim: &Claim) -> Result<Vec<Creation>, StoreError> {
    let keep = Keep {
        claim,
        reply: &|_| Some(reply()),
    };
    place.create_links(&[new(None, "https://a.example")], NOW, Some(&keep))
}

fn of_concurrent_claims_exactly_one_is_made(place: &Place) {
    let outcomes = place.at_once(6, |thread, store| {
        store.claim(&claim(thread as u8, NOW), NOW).unwrap()
    });
    let ours = |outcome: &&Claimed| **outcome == Claimed::Ours;
    assert_eq!(outcomes.iter().filter(ours).count(), 1);
    let in_work = |outcome: &&Claimed| **outcome == Claimed::InWork;
    assert_eq!(outcomes.iter().filter(in_work).count(), 5);
}

fn the_reply_is_kept_with_what_was_created(place: &Place) {
    place.claim(&claim(1, NOW), NOW).unwrap();
    create(place, &claim(1, NOW)).unwrap();
    let later = NOW.plus(DAY - 1);
    assert_eq!(
        place.claim(&claim(2, later), later).unwrap(),
        Claimed::Answered(reply())
    );
    let other = Claim {
        fingerprint: [2; 32],
        ..claim(3, later)
    };
    assert_eq!(place.claim(&other, later).unwrap(), Claimed::OtherRequest);
    let elsewhere = Claim {
        api_key: ApiKeyId(2),
        ..claim(4, later)
    };
    assert_eq!(place.claim(&elsewhere, later).unwrap(), Claimed::Ours);
    let next_day = NOW.plus(DAY + 1);
    assert_eq!(
        place.claim(&claim(5, next_day), next_day).unwrap(),
        Claimed::Ours
    );
}

fn a_reply_of_no_worth_frees_the_key(place: &Place) {
    place.create("taken", "https://a.example");
    place.claim(&claim(1, NOW), NOW).unwrap();
    let first = claim(1, NOW);
    let keep = Keep {
        claim: &first,
        reply: &|_| None,
    };
    let link = new(Some("taken"), "https://a.example");
    place.create_links(&[link], NOW, Some(&keep)).unwrap();
    assert_eq!(place.claim(&claim(2, NOW), NOW).unwrap(), Claimed::Ours);
}

fn a_released_key_is_free(place: &Place) {
    place.claim(&claim(1, NOW), NOW).unwrap();
    place.release(&claim(2, NOW)).unwrap();
    assert_eq!(place.claim(&claim(2, NOW), NOW).unwrap(), Claimed::InWork);
    place.release(&claim(1, NOW)).unwrap();
    assert_eq!(place.claim(&claim(2, NOW), NOW).unwrap(), Claimed::Ours);
    create(place, &claim(2, NOW)).unwrap();
    place.release(&claim(2, NOW)).unwrap();
    assert_eq!(
        place.claim(&claim(3, NOW), NOW).unwrap(),
        Claimed::Answered(reply())
    );
}

/// The slow first request creates nothing when it wakes up.
fn a_claim_that_ran_out_is_taken_over(place: &Place) {
    place.claim(&claim(1, NOW), NOW).unwrap();
    let later = NOW.plus(30_000);
    assert_eq!(place.claim(&claim(2, later), later).unwrap(), Claimed::Ours);
    place.fresh_changes();
    assert!(matches!(
        create(place, &claim(1, NOW)),
        Err(StoreError::ClaimLost)
    ));
    assert_eq!(place.fresh_changes(), []);
    created(create(place, &claim(2, later)).unwrap().remove(0));
}

fn replies_are_forgotten(place: &Place) {
    place.claim(&claim(1, NOW), NOW).unwrap();
    assert_eq!(place.forget_replies(NOW, 10).unwrap(), 0);
    assert_eq!(place.forget_replies(NOW.plus(1), 10).unwrap(), 1);
    assert_eq!(place.claim(&claim(2, NOW), NOW).unwrap(), Claimed::Ours);
}
