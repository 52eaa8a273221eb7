//! The database's clock, and a clock that goes by it.

use suo_admin::clock;

use super::{on_both, place::Place};

/// What two clocks of one machine may differ by: both are cut to milliseconds.
const ROUNDING: i64 = 2;

on_both!(a_clock_shows_what_the_databases_clock_shows);

fn a_clock_shows_what_the_databases_clock_shows(place: &Place) {
    let clock = clock::of_database(&place.shared()).unwrap();
    for _ in 0..100 {
        let before = place.now().unwrap();
        let shown = clock();
        let after = place.now().unwrap();
        let (first, last) = (before.plus(-ROUNDING), after.plus(ROUNDING));
        assert!(
            (first..=last).contains(&shown),
            "{before:?} {shown:?} {after:?}"
        );
    }
    let apart = clock::system()().0.abs_diff(clock().0);
    assert!(apart < 60_000, "{apart} ms");
}
