use suo_admin::{
    announce::redis::rebuild,
    clock,
    store::{Expected, Store},
};
use suo_link::wire::names::Bucket;

use super::scene::{Scene, key};
use crate::store::place::NOW;

fn all() -> Vec<Bucket> {
    Bucket::all().collect()
}

#[test]
fn a_rebuild_writes_what_sql_knows_and_sweeps_the_rest() {
    let scene = Scene::without_relay();
    for n in 0..1200 {
        scene.place.create(&format!("c{n}"), "https://example.com/");
    }
    let store: &dyn Store = &*scene.place;
    let report = rebuild(&scene.target, store, &clock::system(), &all())
        .unwrap()
        .unwrap();
    assert_eq!(
        (report.buckets, report.records, report.swept),
        (257, 1201, 0)
    );
    scene.until_whole();
    let junk = scene.record_name("junk");
    scene
        .redis
        .command(&["COPY", &scene.record_name("c7"), &junk]);
    scene
        .redis
        .command(&["SET", "suo:{00}:l:1:broken", "not a record"]);

    let report = rebuild(&scene.target, store, &clock::system(), &all())
        .unwrap()
        .unwrap();
    assert_eq!(report.swept, 1);
    assert!(!scene.exists(&junk));
    assert!((0..1200).all(|n| scene.exists(&scene.record_name(&format!("c{n}")))));
}

#[test]
fn a_rebuild_replaces_only_what_is_older() {
    let scene = Scene::new();
    let link = scene.publish("abc", "https://example.com/1");
    let newer = scene.record("abc").unwrap();
    scene
        .place
        .delete_link(link.id, &Expected::Any, NOW)
        .unwrap();
    let store: &dyn Store = &*scene.place;
    // The tombstone's rev is higher than anything the rebuild can write for this code.
    rebuild(
        &scene.target,
        store,
        &clock::system(),
        &[key("abc").bucket()],
    )
    .unwrap();
    assert!(
        scene
            .record("abc")
            .is_none_or(|record| record.rev > newer.rev)
    );
}

#[test]
fn only_one_rebuilds_at_a_time() {
    let scene = Scene::without_relay();
    let clock = clock::system();
    let until = clock().plus(60_000);
    scene
        .place
        .with_relay_lock(&mut |state| {
            state.rebuild_owner = Some("somebody else".into());
            state.rebuild_until = Some(until);
            Ok(())
        })
        .unwrap();
    assert_eq!(
        rebuild(&scene.target, &*scene.place, &clock, &all()).unwrap(),
        None
    );
    let later = std::sync::Arc::new(move || until);
    let report = rebuild(
        &scene.target,
        &*scene.place,
        &(later as clock::Clock),
        &all(),
    );
    assert!(
        report.unwrap().is_some(),
        "a lease that ran out holds nobody up"
    );
}

#[test]
fn what_sql_does_not_know_goes_before_anything_is_declared_whole() {
    let scene = Scene::without_relay();
    scene.place.create("abc", "https://example.com/1");
    let clock = clock::system();
    rebuild(&scene.target, &*scene.place, &clock, &all()).unwrap();
    let junk = scene.record_name("junk");
    scene
        .redis
        .command(&["COPY", &scene.record_name("abc"), &junk]);
    // A key of another type stops the rebuild at its first bucket.
    let domains = scene.names().domains();
    scene.redis.command(&["DEL", &domains]);
    scene.redis.command(&["RPUSH", &domains, "x"]);
    rebuild(&scene.target, &*scene.place, &clock, &all()).unwrap_err();
    assert!(!scene.exists(&junk));
}
