//! Holes that are known. Whoever mends one moves its test to `nothing_is_found_in_the_protocol`.

use suo_model::{
    scenario::{Faults, Scenario, Start},
    world::Left,
};

use crate::is_missed;

/// A rebuild seals over a marker that is behind before any relay has looked at it: nobody
/// tells edges that believed it.
#[test]
fn an_operator_who_rebuilds_before_a_relay_looks_hides_that_a_shard_was_set_back() {
    is_missed(
        &[],
        Scenario {
            start: Start::Published,
            left: Left::of(1, 1, 2),
            faults: Faults {
                bucket_set_back: true,
                project: true,
                ..Faults::NONE
            },
            ..Scenario::QUIET
        },
    );
}
