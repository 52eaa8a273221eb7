//! Why `suo-admin project` looks, and tells edges, before it makes anything whole.

use suo_model::{
    scenario::{Faults, Scenario, Start},
    world::Left,
};

use crate::is_missed;

/// The rebuild of the model begins at once and seals over a marker that is behind, before any relay
/// has looked at it: nobody tells edges that believed it.
#[test]
fn an_operators_rebuild_that_does_not_look_first_hides_that_a_shard_was_set_back() {
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
