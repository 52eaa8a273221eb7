//! What must hold in the quick start and in production alike.

use crate::{
    api::{Api, Visits},
    production::Instance,
    quick_start::Place,
};

/// Runs a test on `suo` alone.
pub fn in_the_quick_start(test: impl FnOnce(&Api, &Visits)) {
    let mut place = Place::new();
    let suo = place.start();
    test(&suo.api, &suo.visits);
}

/// Runs a test on an admin and an edge with Postgres and Redis.
pub fn in_production(test: impl FnOnce(&Api, &Visits)) {
    let instance = Instance::new();
    let admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    test(&admin.api, &edge.visits);
}
