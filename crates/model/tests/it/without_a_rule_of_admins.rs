//! Each rule of relay, scripts and rebuild is left out, and the checker must miss it.

use suo_model::{
    mutation::Mutation,
    scenario::{Faults, Scenario, Start},
    world::Left,
};

use crate::is_missed;

#[test]
fn the_rev_check_of_the_scripts() {
    is_missed(
        &[Mutation::ApplyIgnoresRev],
        Scenario {
            relays: 2,
            left: Left::of(2, 0, 1),
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
            keys: 5,
            edges: 0,
            left: Left::of(2, 0, 1),
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
            left: Left::of(1, 1, 0),
            ..Scenario::QUIET
        },
    );
}

#[test]
fn numbers_that_are_committed_before_they_are_published() {
    is_missed(
        &[Mutation::NumberWhilePublishing],
        Scenario {
            keys: 3,
            left: Left::of(2, 0, 1),
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
            keys: 3,
            left: Left::of(2, 0, 0),
            commits_late: true,
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
fn the_stream_that_gets_its_end_back() {
    is_missed(
        &[Mutation::LeaveStreamShort],
        Scenario {
            left: Left::of(1, 0, 1),
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
            edges: 0,
            left: Left::of(1, 0, 2),
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
            left: Left::of(1, 0, 1),
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
            edges: 0,
            left: Left::of(3, 0, 1),
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
            left: Left::of(2, 1, 1),
            faults: Faults {
                bucket: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_message_that_tells_of_a_marker_that_was_behind() {
    is_missed(
        &[Mutation::LeaveOutDoubt],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 1),
            faults: Faults {
                bucket_set_back: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}

#[test]
fn the_message_in_the_outbox_before_the_bucket_forgets() {
    is_missed(
        &[Mutation::ForgetBeforeTelling],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 2),
            faults: Faults {
                bucket_set_back: true,
                telling: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}
