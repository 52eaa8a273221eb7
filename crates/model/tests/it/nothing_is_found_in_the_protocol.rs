//! Every state within the bounds is visited, and in none is a promise broken.

use suo_model::{
    scenario::{Faults, Scenario, Start},
    world::Left,
};

use crate::finds_nothing;

#[test]
fn two_relays_and_two_edges_with_a_crash_or_a_loss_at_any_step() {
    finds_nothing(Scenario {
        relays: 2,
        edges: 2,
        left: Left::of(1, 0, 1),
        faults: Faults {
            crash: true,
            lock: true,
            line: true,
            notice: true,
            session: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn two_relays_that_crash_or_lose_the_lock_and_go_on() {
    finds_nothing(Scenario {
        relays: 2,
        left: Left::of(2, 0, 1),
        faults: Faults {
            crash: true,
            lock: true,
            line: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn transactions_that_commit_in_any_order_in_two_buckets() {
    finds_nothing(Scenario {
        keys: 3,
        left: Left::of(3, 0, 0),
        commits_late: true,
        ..Scenario::QUIET
    });
}

#[test]
fn lookups_against_notices_that_are_late_or_lost() {
    finds_nothing(Scenario {
        left: Left::of(2, 2, 1),
        faults: Faults {
            notice: true,
            session: true,
            edge: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn edges_that_start_while_links_are_written() {
    finds_nothing(Scenario {
        edges: 2,
        start: Start::Empty,
        left: Left::of(1, 2, 0),
        ..Scenario::QUIET
    });
}

#[test]
fn a_redis_that_loses_everything_or_a_bucket() {
    finds_nothing(Scenario {
        left: Left::of(1, 1, 1),
        faults: Faults {
            everything: true,
            bucket: true,
            trim: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn a_redis_that_loses_everything_between_two_relays() {
    finds_nothing(Scenario {
        relays: 2,
        edges: 0,
        left: Left::of(1, 0, 1),
        faults: Faults {
            everything: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn a_redis_that_restarts_as_it_was_earlier() {
    finds_nothing(Scenario {
        left: Left::of(1, 1, 1),
        start: Start::Published,
        faults: Faults {
            set_back: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn a_database_that_is_restored_to_an_earlier_point() {
    finds_nothing(Scenario {
        left: Left::of(2, 0, 1),
        faults: Faults {
            restore: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn a_shard_that_restarts_alone_as_it_was_earlier() {
    finds_nothing(Scenario {
        start: Start::Published,
        left: Left::of(1, 1, 1),
        faults: Faults {
            bucket_set_back: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}

#[test]
fn a_redis_that_is_set_back_behind_lines_that_stay_up() {
    finds_nothing(Scenario {
        start: Start::Published,
        left: Left::of(1, 1, 1),
        faults: Faults {
            set_back_unseen: true,
            ..Faults::NONE
        },
        ..Scenario::QUIET
    });
}
