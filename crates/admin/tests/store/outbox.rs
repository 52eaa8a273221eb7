//! The outbox as the relay sees it, and what edges and rebuilds ask.

use suo_admin::store::{Cause, StoreError};
use suo_link::{
    rev::{Generation, Position},
    wire::{
        names::{BUCKETS, Bucket},
        record::rev_of,
        sighting::Question,
    },
};

use super::{
    on_both,
    place::{NOW, Place, key, new},
};

on_both!(
    numbers_have_no_gaps_whoever_gives_them,
    the_relays_row_keeps_what_the_body_changed,
    a_body_that_gives_up_changes_nothing,
    relays_take_turns,
    messages_are_published_and_trimmed,
    the_stream_keeps_its_floor,
    answers_bear_generation_and_marker,
    buckets_are_read_in_pages,
);

fn numbers_have_no_gaps_whoever_gives_them(place: &Place) {
    place.at_once(6, |thread, store| {
        for number in 0..10 {
            if thread < 2 {
                store.number_outbox().unwrap();
            } else {
                let code = format!("c{thread}-{number}");
                store
                    .create_links(&[new(Some(&code), "https://a.example")], NOW, None)
                    .unwrap();
            }
        }
    });
    let state = place.number_outbox().unwrap();
    let messages = place.messages_after(0, 1000).unwrap();
    // One of them is the default domain.
    assert_eq!((state.numbered, messages.len()), (41, 41));
    assert!(messages.iter().map(|message| message.seq).eq(1..=41));
    assert_eq!(place.messages_after(39, 1).unwrap()[0].seq, 40);
}

fn the_relays_row_keeps_what_the_body_changed(place: &Place) {
    place
        .with_relay_lock(&mut |state| {
            assert_eq!(state.acknowledged, [0; BUCKETS]);
            state.generation = Generation(2);
            state.published = 5;
            state.acknowledged[256] = u64::MAX;
            state.rebuild_owner = Some("me".into());
            state.rebuild_until = Some(NOW);
            Ok(())
        })
        .unwrap();
    let state = place.relay_state().unwrap();
    assert_eq!((state.generation, state.published), (Generation(2), 5));
    assert_eq!(state.acknowledged[256], u64::MAX);
    assert_eq!(
        (state.rebuild_owner.as_deref(), state.rebuild_until),
        (Some("me"), Some(NOW))
    );
    let clear = &mut |state: &mut suo_admin::store::RelayState| {
        state.rebuild_owner = None;
        Ok(())
    };
    place.with_relay_lock(clear).unwrap();
    assert_eq!(place.relay_state().unwrap().rebuild_owner, None);
}

fn a_body_that_gives_up_changes_nothing(place: &Place) {
    let before = place.relay_state().unwrap();
    let outcome = place.with_relay_lock(&mut |state| {
        state.published = 99;
        Err(StoreError::Aborted(Cause::from("no Redis")))
    });
    assert!(matches!(outcome, Err(StoreError::Aborted(_))));
    assert_eq!(place.relay_state().unwrap(), before);
}

fn relays_take_turns(place: &Place) {
    place.at_once(4, |_, store| {
        for _ in 0..10 {
            store
                .with_relay_lock(&mut |state| {
                    state.published += 1;
                    Ok(())
                })
                .unwrap();
        }
    });
    assert_eq!(place.relay_state().unwrap().published, 40);
}

fn messages_are_published_and_trimmed(place: &Place) {
    assert!(place.has_unpublished().unwrap());
    assert_eq!(place.outbox_oldest().unwrap(), Some(NOW));
    place.create("one", "https://a.example");
    place.number_outbox().unwrap();
    place.mark_published(1, NOW.plus(10), 100).unwrap();
    assert!(place.has_unpublished().unwrap());
    assert_eq!(place.trim_outbox(NOW.plus(20), 10).unwrap(), 1);
    place.mark_published(2, NOW.plus(30), 100).unwrap();
    assert!(!place.has_unpublished().unwrap());
    assert_eq!(place.outbox_oldest().unwrap(), None);
    assert_eq!(place.trim_outbox(NOW.plus(30), 10).unwrap(), 0);
    assert_eq!(place.trim_outbox(NOW.plus(31), 10).unwrap(), 1);
    place.create("two", "https://a.example");
    assert_eq!(place.number_outbox().unwrap().numbered, 3);
}

fn the_stream_keeps_its_floor(place: &Place) {
    for number in 0..9 {
        place.create(&format!("n{number}"), "https://a.example");
    }
    place.number_outbox().unwrap();
    assert_eq!(place.stream_floor(NOW.plus(100), 0).unwrap(), None);
    assert_eq!(place.mark_published(4, NOW, 3).unwrap(), 3);
    assert_eq!(place.mark_published(4, NOW, 3).unwrap(), 1);
    place.mark_published(10, NOW.plus(50), 100).unwrap();
    assert_eq!(place.stream_floor(NOW.plus(100), 0).unwrap(), Some(10));
    assert_eq!(place.stream_floor(NOW.plus(100), 3).unwrap(), Some(7));
    assert_eq!(place.stream_floor(NOW.plus(1), 3).unwrap(), Some(4));
    assert_eq!(place.stream_floor(NOW, 3).unwrap(), None);
    assert_eq!(place.stream_floor(NOW.plus(100), 10).unwrap(), None);
}

fn answers_bear_generation_and_marker(place: &Place) {
    place
        .with_relay_lock(&mut |state| {
            state.generation = Generation(3);
            Ok(())
        })
        .unwrap();
    place.create("here", "https://a.example");
    place.number_outbox().unwrap();
    let question = Question::Links(vec![key("gone"), key("HERE"), key("here")]);
    let answer = place.answer(&question).unwrap();
    let marker = Position {
        generation: Generation(3),
        seq: 2,
    };
    assert_eq!(answer.marker, marker);
    assert_eq!(answer.records[0], None);
    assert_eq!(answer.records[1], answer.records[2]);
    let rev = rev_of(answer.records[1].as_ref().unwrap()).unwrap();
    assert_eq!(rev.generation, Generation(3));
    assert_eq!(
        place
            .answer(&Question::Links(vec![]))
            .unwrap()
            .records
            .len(),
        0
    );
}

fn buckets_are_read_in_pages(place: &Place) {
    let links: Vec<_> = (0..2000).map(|_| new(None, "https://a.example")).collect();
    place.create_links(&links, NOW, None).unwrap();
    let mut all = 0;
    for bucket in Bucket::all() {
        let mut after = None;
        loop {
            let page = place.bucket_page(bucket, after.as_ref(), 3).unwrap();
            all += page.len();
            assert!(page.iter().all(|(key, _)| key.bucket() == bucket));
            assert!(page.is_sorted_by(|(a, _), (b, _)| a < b));
            match page.last() {
                Some((last, _)) => after = Some(last.clone()),
                None => break,
            }
        }
    }
    assert_eq!(all, 2000);
}
