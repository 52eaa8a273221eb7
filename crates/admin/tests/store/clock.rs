//! The database's clock, and a clock that goes by it.

use std::time::Instant;

use suo_admin::clock;

use super::{on_both, place::Place};

/// What two clocks of one machine may differ by: both are cut to milliseconds.
const ROUNDING: i64 = 2;

on_both!(a_clock_shows_what_the_databases_clock_shows);

fn a_clock_shows_what_the_databases_clock_shows(place: &Place) {
    let begun = Instant::now();
    let clock = clock::of_database(&place.shared()).unwrap();
    // The database read its clock at some moment of the call: half of it is the guess, and may be all wrong.
    let slack = ROUNDING + i64::try_from(begun.elapsed().as_millis()).unwrap();
    for _ in 0..100 {
        let before = place.now().unwrap();
        let shown = clock();
        let after = place.now().unwrap();
        let (first, last) = (before.plus(-slack), after.plus(slack));
        assert!(
            (first..=last).contains(&shown),
            "{before:?} {shown:?} {after:?}"
        );
    }
    let apart = clock::system()().0.abs_diff(clock().0);
    assert!(apart < 60_000, "{apart} ms");
}
