//! A test of the test: each rule of the protocol is left out, and the checker must miss it.

use stateright::Checker;
use suo_model::{
    mutation::{Mutation, Mutations},
    scenario::{Faults, Scenario, Start},
    search,
    world::Left,
};

fn is_missed(rules: &[Mutation], scenario: Scenario) {
    let left_out = |mutations: Mutations, rule: &Mutation| mutations.and(*rule);
    let mutations = rules.iter().fold(Mutations::NONE, left_out);
    let found = search(
        Scenario {
            mutations,
            ..scenario
        },
        1,
    );
    let broken: Vec<_> = found.discoveries().into_iter().collect();
    let broken = broken
        .iter()
        .find(|(name, _)| found.model().is_promise(name));
    let (name, path) = broken.expect("without this rule a promise is broken");
    println!(
        "{name}: {} steps, {} states",
        path.clone().into_actions().len(),
        found.unique_state_count()
    );
}

#[test]
fn the_rev_check_of_the_scripts() {
    is_missed(
        &[Mutation::ApplyIgnoresRev],
        Scenario {
            start: Start::Hearing,
            keys: 1,
            relays: 2,
            edges: 1,
            left: Left {
                writes: 2,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                lock: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_acknowledged_check_of_apply() {
    is_missed(
        &[Mutation::ApplyIgnoresAcknowledged],
        Scenario {
            start: Start::Hearing,
            keys: 5,
            relays: 1,
            edges: 0,
            left: Left {
                writes: 2,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                set_back_unseen: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn records_before_notices() {
    is_missed(
        &[Mutation::PublishBeforeApply],
        Scenario {
            start: Start::Published,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 0,
                looks: 0,
            },
            commits_late: false,
            faults: Faults::NONE,
            ..Scenario::QUIET
        },
    );
}

#[test]
fn numbers_that_are_committed_before_they_are_published() {
    is_missed(
        &[Mutation::NumberWhilePublishing],
        Scenario {
            start: Start::Hearing,
            keys: 3,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 2,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: true,
            faults: Faults {
                crash: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn rows_that_commit_out_of_order() {
    is_missed(
        &[Mutation::NumberIdsAboveLastSeen],
        Scenario {
            start: Start::Hearing,
            keys: 3,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 2,
                asks: 0,
                faults: 0,
                looks: 0,
            },
            commits_late: true,
            faults: Faults::NONE,
            ..Scenario::QUIET
        },
    );
}

#[test]
fn markers_that_are_taken_away() {
    is_missed(
        &[Mutation::KeepDamagedMarkers],
        Scenario {
            start: Start::Published,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                set_back: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_stream_that_gets_its_end_back() {
    is_missed(
        &[Mutation::LeaveStreamShort],
        Scenario {
            start: Start::Hearing,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                everything: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_token_of_a_rebuild() {
    is_missed(
        &[Mutation::SealWithoutToken],
        Scenario {
            start: Start::Hearing,
            keys: 1,
            relays: 1,
            edges: 0,
            left: Left {
                writes: 1,
                asks: 0,
                faults: 2,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                bucket: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_sweep_before_the_seal() {
    is_missed(
        &[Mutation::SweepAfterSeal],
        Scenario {
            start: Start::Hearing,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                set_back: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_look_at_what_is_swept() {
    is_missed(
        &[Mutation::SweepUnseen],
        Scenario {
            start: Start::Published,
            keys: 3,
            relays: 1,
            edges: 0,
            left: Left {
                writes: 3,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                bucket: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_marker_before_the_rows_in_an_answer() {
    is_missed(
        &[Mutation::AnswerReadsRowsFirst],
        Scenario {
            start: Start::Hearing,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 2,
                asks: 1,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                bucket: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_rev_check_of_the_cache() {
    is_missed(
        &[Mutation::CacheIgnoresRev],
        Scenario {
            start: Start::Empty,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 2,
                asks: 2,
                faults: 0,
                looks: 0,
            },
            commits_late: false,
            faults: Faults::NONE,
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_marker_check() {
    is_missed(
        &[Mutation::BelieveAnyMarker],
        Scenario {
            start: Start::Hearing,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
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
            start: Start::Hearing,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 2,
                asks: 1,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
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
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 0,
                looks: 0,
            },
            commits_late: false,
            faults: Faults::NONE,
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
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 0,
                looks: 0,
            },
            commits_late: false,
            faults: Faults::NONE,
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
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 0,
                looks: 0,
            },
            commits_late: false,
            faults: Faults::NONE,
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_heartbeat() {
    is_missed(
        &[Mutation::NoHeartbeat],
        Scenario {
            start: Start::Hearing,
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
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
            start: Start::Hearing,
            keys: 3,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 2,
                asks: 0,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
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
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 0,
                looks: 0,
            },
            commits_late: false,
            faults: Faults::NONE,
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
            keys: 1,
            relays: 1,
            edges: 1,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 1,
                looks: 0,
            },
            commits_late: false,
            faults: Faults {
                set_back: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

/// A hole that is known: an edge that started after a change believes a shard that has lost it,
/// and nobody tells it. Whoever mends it moves this to the other file.
#[test]
fn a_shard_that_is_set_back_alone_is_believed() {
    is_missed(
        &[],
        Scenario {
            start: Start::Published,
            left: Left {
                writes: 1,
                asks: 1,
                faults: 1,
                looks: 0,
            },
            faults: Faults {
                bucket_set_back: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}
