//! What must hold in the quick start and in production alike.

use crate::{
    api::{Api, Visits},
    production::Instance,
    quick_start::Place,
};

/// Runs a test of the front page, which is open to the public, in both modes. Edges answer for
/// every host, so that a browser can be shown their pages.
pub fn where_the_front_page_is_open(test: impl Fn(&Api, &Visits)) {
    in_the_quick_start(&test);
    let instance = Instance::new();
    let admin = instance.admin_with(|admin| _ = admin.env("SUO_PUBLIC_CREATE", "on"));
    let edge = instance.edge_with(&[&admin], |edge| _ = edge.env("SUO_ANY_HOST", "on"));
    test(&admin.api, &edge.visits);
}

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
