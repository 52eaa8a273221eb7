use suo_admin::{
    announce::AnnounceError,
    store::{Expected, NUMBERED_AT_ONCE},
};
use suo_link::wire::{names::Bucket, record::Content};
use suo_testkit::wait_until;

use super::scene::{SOON, Scene, key};
use crate::store::place::NOW;

#[test]
fn records_are_in_redis_before_the_stream_tells_of_them() {
    let scene = Scene::new();
    scene.publish("abc", "https://example.com/1");
    let record = scene.record("abc").unwrap();
    let state = scene.place.relay_state().unwrap();
    assert_eq!(record.rev.generation, state.generation);
    wait_until("the stream has it", SOON, || match scene.top() {
        Some(top) if top.seq == state.numbered => Ok(()),
        other => Err(format!("{other:?}")),
    });
    assert_eq!(
        scene.marker(key("abc").bucket()).unwrap().seq,
        state.numbered
    );
}

#[test]
fn a_deleted_link_leaves_a_tombstone_for_a_day() {
    let scene = Scene::new();
    let link = scene.publish("abc", "https://example.com/1");
    scene
        .place
        .delete_link(link.id, &Expected::Any, NOW)
        .unwrap();
    wait_until("the tombstone", SOON, || match scene.record("abc") {
        Some(record) if record.content == Content::Absent => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let seconds: i64 = scene
        .redis
        .command(&["TTL", &scene.record_name("abc")])
        .trim()
        .parse()
        .unwrap();
    assert!((86_000..=86_400).contains(&seconds), "{seconds}");
}

#[test]
fn a_lost_bucket_is_found_and_filled_again() {
    let scene = Scene::new();
    scene.publish("abc", "https://example.com/1");
    let marker = scene.names().marker(key("abc").bucket());
    scene
        .redis
        .command(&["DEL", &marker, &scene.record_name("abc")]);
    scene.until_leads("abc", "https://example.com/1");
    scene.until_whole();
}

#[test]
fn publishing_into_a_lost_bucket_does_not_make_it_look_whole() {
    let mut scene = Scene::without_relay();
    scene.place.create("abc", "https://example.com/1");
    // Somebody else holds the rebuild, so that only publishing can touch the bucket.
    scene
        .place
        .with_relay_lock(&mut |state| {
            state.rebuild_owner = Some("somebody else".into());
            state.rebuild_until = Some(suo_link::time::Timestamp(i64::MAX));
            Ok(())
        })
        .unwrap();
    scene.start_relay();
    scene.until_leads("abc", "https://example.com/1");
    for bucket in Bucket::all() {
        assert_eq!(scene.marker(bucket), None);
    }
}

#[test]
fn a_marker_that_is_behind_what_was_acknowledged_is_not_left_standing() {
    let scene = Scene::new();
    let link = scene.publish("abc", "https://example.com/1");
    let bucket = key("abc").bucket();
    let old = scene.marker(bucket).unwrap();
    scene.edit(&link, "https://example.com/2");
    scene.until_leads("abc", "https://example.com/2");
    // As after a restart from an older snapshot: the marker and the record of before.
    scene
        .redis
        .command(&["SET", &scene.names().marker(bucket), &old.to_string()]);
    scene.redis.command(&["DEL", &scene.record_name("abc")]);
    scene.until_leads("abc", "https://example.com/2");
    wait_until("the marker is right again", SOON, || {
        match scene.marker(bucket) {
            Some(marker) if marker > old => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

#[test]
fn an_emptied_redis_gets_everything_back_with_the_stream() {
    let scene = Scene::new();
    for n in 0..30 {
        scene.publish(&format!("c{n}"), "https://example.com/");
    }
    let top = scene.top().unwrap();
    scene.redis.command(&["FLUSHALL"]);
    (0..30).for_each(|n| scene.until_leads(&format!("c{n}"), "https://example.com/"));
    scene.until_whole();
    wait_until("the stream is back", SOON, || match scene.top() {
        Some(again) if again == top => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let entries = scene.redis.command(&["XLEN", &scene.names().stream()]);
    assert_eq!(
        entries.trim(),
        top.seq.to_string(),
        "edges that were away can still catch up"
    );
}

#[test]
fn a_flushed_script_cache_goes_unnoticed() {
    let scene = Scene::new();
    scene.redis.command(&["SCRIPT", "FLUSH"]);
    scene.publish("abc", "https://example.com/1");
}

#[test]
fn a_redis_that_was_away_gets_what_was_committed_meanwhile() {
    let scene = Scene::new();
    scene.redis.stop();
    scene.place.create("abc", "https://example.com/1");
    scene.redis.restart();
    scene.until_leads("abc", "https://example.com/1");
    scene.until_whole();
}

#[test]
fn a_redis_that_was_set_back_does_not_look_whole_after_the_next_edit() {
    let mut scene = Scene::new();
    let link = scene.publish("abc", "https://example.com/1");
    let bucket = key("abc").bucket();
    let (marker, record) = (scene.marker(bucket).unwrap(), scene.record("abc").unwrap());
    scene.edit(&link, "https://example.com/2");
    scene.until_leads("abc", "https://example.com/2");
    scene.stop_relay();
    // An older snapshot of the bucket, and an edit of another code in it before anybody looks.
    let (name, marker_name) = (scene.record_name("abc"), scene.names().marker(bucket));
    scene.set(&name, &record.encode());
    scene.set(&marker_name, marker.to_string().as_bytes());
    let neighbour = scene.neighbour_of("abc");
    scene.place.create(&neighbour, "https://example.com/3");
    scene.announce_without_looking().unwrap();
    assert_eq!(scene.marker(bucket), None, "the bucket must not look whole");
    scene.start_relay();
    scene.until_leads("abc", "https://example.com/2");
    scene.until_whole();
}

#[test]
fn nothing_is_published_onto_a_stream_that_was_set_back() {
    let mut scene = Scene::new();
    scene.publish("abc", "https://example.com/1");
    let top = scene.top().unwrap();
    scene.publish("def", "https://example.com/2");
    scene.stop_relay();
    // Whoever reads it now and hears of the next change alone would miss what lies between.
    let last = scene.stream_ids().last().cloned().unwrap();
    scene
        .redis
        .command(&["XDEL", &scene.names().stream(), &last]);
    scene.place.create("ghi", "https://example.com/3");
    let refused = scene.announce_without_looking();
    assert!(matches!(refused, Err(AnnounceError::Unavailable(_))));
    assert_eq!(scene.top(), Some(top), "nothing may follow a gap");
}

#[test]
fn a_stream_that_was_set_back_is_whole_again_before_anything_follows() {
    let mut scene = Scene::new();
    scene.publish("abc", "https://example.com/1");
    scene.publish("def", "https://example.com/2");
    let ids = scene.published_ids();
    scene.stop_relay();
    scene.redis.command(&["DEL", &scene.names().stream()]);
    scene
        .redis
        .command(&["XADD", &scene.names().stream(), &ids[0], "n", "old"]);
    scene.start_relay();
    scene.publish("ghi", "https://example.com/3");
    assert_eq!(scene.stream_ids()[..ids.len()], ids);
}

#[test]
fn a_stream_that_was_trimmed_to_nothing_is_filled_again_without_an_edit() {
    let scene = Scene::new();
    scene.publish("abc", "https://example.com/1");
    let ids = scene.published_ids();
    scene
        .redis
        .command(&["XTRIM", &scene.names().stream(), "MAXLEN", "0"]);
    wait_until("the stream is back", SOON, || match scene.stream_ids() {
        again if again == ids => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

#[test]
fn a_long_backlog_is_numbered_and_published_in_pieces() {
    let mut scene = Scene::without_relay();
    let pieces = "INSERT INTO outbox (changes, change_count, created_at) \
                  SELECT decode('0100', 'hex'), 0, 0 FROM generate_series(1, 7000)";
    scene.place.sql(pieces);
    scene.place.create("last", "https://example.com/last");
    let numbered = scene.place.number_outbox().unwrap().numbered;
    assert_eq!(numbered, NUMBERED_AT_ONCE, "a piece, and not all");
    scene.start_relay();
    scene.until_leads("last", "https://example.com/last");
    wait_until("everything is noted as published", SOON, || {
        match scene.place.has_unpublished().unwrap() {
            false => Ok(()),
            true => Err(format!(
                "{:?}",
                scene.place.relay_state().unwrap().published
            )),
        }
    });
    assert!(scene.place.relay_state().unwrap().published >= 7001);
}

#[test]
fn evictions_are_followed_by_a_rebuild() {
    let mut scene = Scene::new();
    scene.publish("abc", "https://example.com/1");
    scene.stop_relay();
    // Memory for a few keys only, under a policy that Redis must not have.
    scene
        .redis
        .command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-random"]);
    scene.redis.command(&["CONFIG", "SET", "maxmemory", "1"]);
    scene.try_set("filler");
    scene.redis.command(&["CONFIG", "SET", "maxmemory", "0"]);
    scene
        .redis
        .command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    let all: Vec<_> = Bucket::all()
        .map(|bucket| scene.names().marker(bucket))
        .collect();
    // All markers look right, as if only records had gone.
    let published = scene.place.relay_state().unwrap().published;
    let right = format!("1-{published}");
    all.iter()
        .for_each(|name| scene.set(name, right.as_bytes()));
    scene.start_relay();
    scene.until_leads("abc", "https://example.com/1");
    scene.until_whole();
}
