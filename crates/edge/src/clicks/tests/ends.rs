//! The end of a journal for which blocks were leased is told, whatever becomes of the process.

use std::{sync::Arc, time::Instant};

use suo_link::wire::clicks::Segment;

use super::journal::{CELLS, Scene, all, numbers, recovered, ship, visitors};

/// All but the last segment, which must be the only one without clicks.
#[track_caller]
fn before_the_end(segments: &[Segment]) -> &[Segment] {
    let (last, rest) = segments.split_last().expect("an end");
    assert!(last.is_end() && !rest.iter().any(Segment::is_end));
    let numbers = numbers(segments);
    let first = numbers.first().copied().unwrap_or(1);
    assert!(numbers.into_iter().eq((first..).take(segments.len())));
    rest
}

fn leased() -> Scene {
    let mut scene = Scene::new(CELLS);
    scene.provide();
    assert!(scene.writer.as_mut().unwrap().lease());
    scene
}

/// The memory that comes back is somebody else's from then on.
fn release(scene: &mut Scene) {
    for memory in scene.journal.release() {
        scene.files.retain(|file| !Arc::ptr_eq(&file.0, &memory.0));
    }
}

#[test]
fn a_journal_without_leases_ends_without_a_word() {
    let mut scene = Scene::new(CELLS);
    scene.visits(3);
    assert!(!ship(&mut scene.kill()).iter().any(Segment::is_end));
}

#[test]
fn nobody_leases_for_a_click_that_finds_no_room() {
    let mut scene = Scene::new(CELLS);
    assert!(!scene.writer.as_mut().unwrap().lease());
}

#[test]
fn a_killed_edges_journal_has_an_end_and_the_next_crash_finds_the_same() {
    let cases = [0, 1, 5, 33, 47];
    for visits in cases.into_iter().take(if cfg!(miri) { 3 } else { 5 }) {
        let mut scene = leased();
        scene.visits(visits);
        scene.journal.close(Instant::now(), true);
        ship(&mut scene.journal);
        scene.visits(2);
        let files = scene.files.clone();
        let segments = ship(&mut scene.kill());
        assert_eq!(visitors(before_the_end(&segments)), all(visits as u64 + 2));
        assert_eq!(ship(&mut recovered(&files)), segments);
    }
}

#[test]
fn what_is_known_to_be_counted_takes_the_end_not_along() {
    let mut scene = leased();
    let mut counted = 0;
    for _ in 0..if cfg!(miri) { 6 } else { 20 } {
        scene.visits(9);
        scene.journal.close(Instant::now(), true);
        counted = numbers(&ship(&mut scene.journal)).pop().unwrap();
        scene.journal.applied(counted);
        release(&mut scene);
    }
    assert!(scene.files.len() < 5);
    // The worker has gone, but nobody has asked the process to end yet.
    drop(scene.writer.take());
    scene.journal.close(Instant::now(), true);
    release(&mut scene);
    let files = scene.files.clone();
    let segments = ship(&mut recovered(&files));
    before_the_end(&segments);
    assert_eq!(numbers(&segments).pop(), Some(counted + 1));

    scene.journal.end();
    scene.journal.finish();
    scene.journal.finish();
    let end = ship(&mut scene.journal);
    assert!(end.len() == 1 && end[0].is_end() && end[0].name.number == counted + 1);
    release(&mut scene);
    assert!(
        !scene.files.is_empty(),
        "the end is not known to be counted"
    );
    scene.journal.applied(counted + 1);
    release(&mut scene);
    assert!(scene.journal.is_over() && ship(&mut scene.journal).is_empty());
}

#[test]
fn a_journal_without_a_single_click_has_an_end() {
    let mut left = leased().kill();
    let segments = ship(&mut left);
    assert!(before_the_end(&segments).is_empty());
    assert!(left.release().is_empty());
    left.applied(1);
    assert_eq!(left.release().len(), 1);
    assert!(left.is_over());
}
