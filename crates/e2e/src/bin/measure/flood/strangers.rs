//! An edge with little memory, asked for more than it can hold.

use std::{error::Error, io, thread, time::Instant};

use e2e::{keep_alive::KeepAlive, process::peak, production::Edge};

use crate::stage::Stage;

/// Visitors at once.
const VISITORS: usize = 4;

const CACHE_MB: &str = "8";

/// Asks for so many codes that no link has, then follows all links; prints the memory.
pub(super) fn run(stage: &Stage, codes: &[String], strange: usize) -> Result<(), Box<dyn Error>> {
    let edge = stage.instance.edge_with(&[&stage.admins[0]], |command| {
        command.env("SUO_CACHE_MB", CACHE_MB);
    });
    println!("an edge with SUO_CACHE_MB={CACHE_MB}");
    report(&edge, "at the start")?;
    let start = Instant::now();
    let absent: Vec<String> = (0..strange).map(|n| format!("stranger-{n}")).collect();
    ask(&edge, &absent, 404)?;
    report(
        &edge,
        &format!(
            "after {strange} codes that no link has, {:.0} s",
            start.elapsed().as_secs_f64()
        ),
    )?;
    ask(&edge, codes, 302)?;
    report(&edge, &format!("after {} links", codes.len()))?;
    Ok(())
}

fn ask(edge: &Edge, codes: &[String], expected: u16) -> io::Result<()> {
    thread::scope(|scope| {
        let shares = codes.chunks(codes.len().div_ceil(VISITORS));
        let visitors: Vec<_> = shares
            .map(|share| scope.spawn(move || visit(edge, share, expected)))
            .collect();
        for visitor in visitors {
            visitor
                .join()
                .map_err(|_| io::Error::other("a visitor panicked"))??;
        }
        Ok(())
    })
}

fn visit(edge: &Edge, codes: &[String], expected: u16) -> io::Result<()> {
    let mut connection = KeepAlive::open(edge.visits.address)?;
    for code in codes {
        let answer = edge.visits.get_over(&mut connection, &format!("/{code}"))?;
        if answer.status != expected {
            return Err(io::Error::other(format!("/{code}: {answer:?}")));
        }
    }
    Ok(())
}

fn report(edge: &Edge, when: &str) -> io::Result<()> {
    let mebibytes = peak(edge.program.pid())? as f64 / f64::from(1 << 20);
    println!("  at most {mebibytes:.1} MiB {when}");
    Ok(())
}
