use suo_link::rev::{Generation, Position};
use suo_testkit::wait_until;

use super::scene::{SOON, Scene};

#[test]
fn a_stream_ahead_of_the_database_begins_a_new_generation() {
    let mut scene = Scene::without_relay();
    let restored = scene.place.create("abc", "https://example.com/kept");
    // What a history left in Redis that the database has lost.
    scene
        .redis
        .command(&["XADD", &scene.names().stream(), "1-500", "n", "lost"]);
    scene.start_relay();
    scene.until_leads("abc", &restored.fields.target);
    scene.until_whole();
    let state = scene.place.relay_state().unwrap();
    assert_eq!(state.generation, Generation(2));
    assert_eq!(scene.record("abc").unwrap().rev.generation, Generation(2));
    wait_until("edges hear of the new generation", SOON, || {
        match scene.top() {
            Some(Position {
                generation: Generation(2),
                ..
            }) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

#[test]
fn an_id_that_the_stream_refuses_begins_a_new_generation() {
    let scene = Scene::new();
    scene.publish("abc", "https://example.com/1");
    let next = Position {
        seq: scene.top().unwrap().seq + 1,
        ..scene.top().unwrap()
    };
    // The same number with other content: two histories.
    scene.redis.command(&[
        "XADD",
        &scene.names().stream(),
        &next.to_string(),
        "n",
        "other",
    ]);
    // The record is written before the number is refused.
    scene.publish("def", "https://example.com/2");
    wait_until("a new generation", SOON, || {
        match scene.place.relay_state().unwrap().generation {
            Generation(2) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    scene.until_whole();
    scene.until_leads("abc", "https://example.com/1");
}

#[test]
fn markers_ahead_of_the_database_begin_a_new_generation() {
    let scene = Scene::new();
    scene.redis.command(&["SET", "suo:{00}:m", "1-9999"]);
    wait_until("a new generation", SOON, || {
        match scene.place.relay_state().unwrap().generation {
            Generation(2) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    scene.until_whole();
}

#[test]
fn a_message_that_nobody_can_read_stops_nothing_for_long_and_hides_no_change() {
    let mut scene = Scene::new();
    let link = scene.publish("abc", "https://example.com/1");
    scene.stop_relay();
    scene.place.create("before", "https://example.com/before");
    scene.edit(&link, "https://example.com/2");
    let newest = "UPDATE outbox SET changes = '\\x63' WHERE id = (SELECT max(id) FROM outbox)";
    scene.place.sql(newest);
    scene.place.create("behind", "https://example.com/behind");
    scene.start_relay();
    scene.until_leads("before", "https://example.com/before");
    // For a while an admin of a newer version could say it.
    let state = scene.place.relay_state().unwrap();
    assert_eq!(state.generation, Generation(1));
    scene.until_leads("behind", "https://example.com/behind");
    scene.until_leads("abc", "https://example.com/2");
    scene.until_whole();
    let state = scene.place.relay_state().unwrap();
    assert_eq!(state.generation, Generation(2));
}
