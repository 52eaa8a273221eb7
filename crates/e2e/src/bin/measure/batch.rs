//! How quickly many links are loaded, and what they take: in the database, in Redis, in an edge.

mod follow;
pub(crate) mod load;
mod sizes;

use std::{
    error::Error,
    net::SocketAddr,
    time::{Duration, Instant},
};

use e2e::{metrics::metric, production::Instance, quick_start::Place};
use follow::follow;
use load::{Loaded, load, target};
use suo_testkit::{Postgres, Profile, wait_until};

/// How long publication may take after the last answer.
const PUBLISHED: Duration = Duration::from_secs(60);

/// Loads so many links over so many connections, on each of the two databases.
pub(crate) fn run(links: usize, connections: usize) -> Result<(), Box<dyn Error>> {
    embedded(links, connections)?;
    production(links, connections)
}

fn embedded(links: usize, connections: usize) -> Result<(), Box<dyn Error>> {
    let mut place = Place::new();
    let suo = place.start();
    println!("suo on SQLite, {links} links over {connections} connections");
    let before = applied(suo.operations);
    let loaded = load(&suo.api, links, connections)?;
    wait_for_edge(suo.operations, before, &loaded);
    suo.interrupt();
    sizes::print_files(&place.data(), links)?;
    let suo = place.start();
    follow(&suo.visits, suo.operations, &suo.program, &loaded.codes()?)?;
    suo.interrupt();
    Ok(())
}

fn production(links: usize, connections: usize) -> Result<(), Box<dyn Error>> {
    let postgres = Postgres::start(Profile::Durable);
    let instance = Instance::on_server(&postgres);
    let admin = instance.admin();
    let listener = instance.edge(&[&admin]);
    println!("suo-admin on Postgres and Redis, {links} links over {connections} connections");
    let (before, empty) = (applied(listener.operations), sizes::redis(&instance.redis));
    let loaded = load(&admin.api, links, connections)?;
    wait_for_edge(listener.operations, before, &loaded);
    sizes::print_redis(&instance.redis, empty, links);
    sizes::print_postgres(&instance.database, links);
    let edge = instance.edge(&[&admin]);
    follow(
        &edge.visits,
        edge.operations,
        &edge.program,
        &loaded.codes()?,
    )?;
    Ok(())
}

fn applied(operations: SocketAddr) -> f64 {
    metric(operations, "suo_edge_applied_seq")
}

/// Until the edge has heard of every link; prints how long that took.
fn wait_for_edge(operations: SocketAddr, before: f64, loaded: &Loaded) {
    let expected = before + loaded.messages as f64;
    wait_until(
        "the edge has heard of all links",
        PUBLISHED,
        || match applied(operations) {
            applied if applied >= expected => Ok(()),
            applied => Err(format!("{applied} of {expected}")),
        },
    );
    let whole = Instant::now() - loaded.start;
    println!(
        "  heard by an edge: {:.0} links a second, {:.0} ms after the last answer",
        loaded.links as f64 / whole.as_secs_f64(),
        (whole - loaded.took).as_secs_f64() * 1e3,
    );
}
