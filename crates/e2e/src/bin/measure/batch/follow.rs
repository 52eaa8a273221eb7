//! What an edge takes that remembers every link.

use std::{
    io,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use e2e::{api::Visits, keep_alive::KeepAlive, metrics::metric};
use suo_testkit::Program;

use super::target;
use e2e::process::resident;

/// Visitors at once.
const VISITORS: usize = 2;

/// Follows every code twice, from an edge that has just started; prints what that took.
pub(super) fn follow(
    visits: &Visits,
    operations: SocketAddr,
    program: &Program,
    codes: &[String],
) -> io::Result<()> {
    let before = resident(program.pid())?;
    let first = pass(visits, codes)?;
    let after = resident(program.pid())?;
    let taken = after.saturating_sub(before) as f64 / codes.len() as f64;
    println!(
        "  edge: RSS {:.1} MiB before, {:.1} MiB with all links: {taken:.0} bytes a link, {:.0} beside its URL",
        mebibytes(before),
        mebibytes(after),
        taken - target(0).len() as f64,
    );
    report("first", first, operations);
    let second = pass(visits, codes)?;
    report("second", second, operations);
    println!(
        "  edge: RSS {:.1} MiB after both",
        mebibytes(resident(program.pid())?)
    );
    Ok(())
}

/// Follows every code once.
fn pass(visits: &Visits, codes: &[String]) -> io::Result<Duration> {
    let share = codes.len().div_ceil(VISITORS).max(1);
    let start = Instant::now();
    thread::scope(|scope| {
        let visitors: Vec<_> = codes
            .chunks(share)
            .map(|codes| scope.spawn(move || visit(visits, codes)))
            .collect();
        let panicked = |_| io::Error::other("a visitor panicked");
        let mut visitors = visitors.into_iter();
        visitors.try_for_each(|visitor| visitor.join().map_err(panicked)?)
    })?;
    Ok(start.elapsed())
}

fn visit(visits: &Visits, codes: &[String]) -> io::Result<()> {
    let mut connection = KeepAlive::open(visits.address)?;
    for code in codes {
        let answer = visits.get_over(&mut connection, &format!("/{code}"))?;
        if answer.status != 302 {
            return Err(io::Error::other(format!("/{code}: {answer:?}")));
        }
    }
    Ok(())
}

fn report(pass: &str, took: Duration, operations: SocketAddr) {
    println!(
        "  edge: {pass} visits took {:.1} s; so far {} misses, {} lookups, {} hits",
        took.as_secs_f64(),
        metric(operations, "suo_edge_cache_misses_total"),
        metric(operations, "suo_edge_lookups_total"),
        metric(operations, "suo_edge_cache_hits_total"),
    );
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
