//! Each rule of edges is left out, and the checker must miss it.

use suo_model::{
    mutation::Mutation,
    scenario::{Faults, Scenario, Start},
    world::Left,
};

use crate::is_missed;

#[test]
fn the_rev_check_of_the_cache() {
    is_missed(
        &[Mutation::CacheIgnoresRev],
        Scenario {
            start: Start::Empty,
            left: Left::of(2, 2, 0),
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_marker_check() {
    is_missed(
        &[Mutation::BelieveAnyMarker],
        Scenario {
            left: Left::of(1, 1, 1),
            faults: Faults {
                bucket: true,
                session: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_comparison_with_what_was_seen() {
    is_missed(
        &[Mutation::BelieveMarkersBehind],
        Scenario {
            left: Left::of(2, 1, 1),
            faults: Faults {
                set_back_unseen: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_question_inside_the_write() {
    is_missed(
        &[Mutation::WriteWithoutWeighing],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 0),
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_moment_before_the_question() {
    is_missed(
        &[Mutation::FreshAsOfArrival],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 0),
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_bar_that_is_raised_first() {
    is_missed(
        &[Mutation::TouchBeforeRaising],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 0),
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_heartbeat() {
    is_missed(
        &[Mutation::NoHeartbeat],
        Scenario {
            left: Left::of(1, 0, 1),
            faults: Faults {
                notice: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_arithmetic_of_gaps() {
    is_missed(
        &[Mutation::IgnoreGaps],
        Scenario {
            keys: 3,
            left: Left::of(2, 0, 1),
            faults: Faults {
                notice: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_doubt_of_a_new_edge() {
    is_missed(
        &[
            Mutation::StartWithoutDoubt,
            Mutation::TrustWhatWasAskedWhileDeaf,
        ],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 0),
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_doubt_of_what_was_asked_while_deaf() {
    is_missed(
        &[Mutation::TrustWhatWasAskedWhileDeaf],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 1),
            faults: Faults {
                set_back: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_disbelief_of_a_deaf_edge() {
    is_missed(
        &[Mutation::BelieveRedisWhileDeaf],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 1),
            faults: Faults {
                set_back: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}
