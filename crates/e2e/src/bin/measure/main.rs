//! Measures what the design promises, on real programs over loopback. Each command starts
//! private servers, does a bounded amount of work, prints what it found and ends.
//!
//! ```sh
//! cargo build --release -p suo; cargo build --release -p suo-admin
//! cargo build --release -p suo-edge; cargo build --release -p e2e
//! export SUO_TEST_BIN_DIR=$PWD/target/release
//! target/release/measure propagation   # from the API's answer to the last of three edges
//! target/release/measure batch         # loading 200 000 links, and what they take
//! target/release/measure flood         # twenty batches, 2 000 edits a second, a million strange codes
//! target/release/measure stats         # sums of 10 000 links and 50 million clicks, with query plans
//! ```
//!
//! The programs are built one by one: together, cargo would give all of them the features of
//! each. Postgres runs with its own defaults: a commit is on the disk before it is answered.
#![expect(clippy::print_stdout, reason = "it reports to whoever called it")]

mod batch;
mod beside;
mod figures;
mod flood;
mod propagation;
mod stage;
mod stats;
mod watch;

use std::{env, error::Error, str::FromStr};

const USAGE: &str = "\
measure propagation [--edits N] [--visits N a second and edge] [--edits-beside N a second and admin]
measure batch [--links N] [--connections N,N,…]
measure flood [--links N] [--edits N a second] [--seconds N] [--codes N]
measure stats [--links N] [--clicks N]
SUO_TEST_BIN_DIR names the folder with suo, suo-admin and suo-edge (an absolute path)";

fn main() -> Result<(), Box<dyn Error>> {
    env::var_os("SUO_TEST_BIN_DIR").ok_or(USAGE)?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, flags) = arguments.split_first().ok_or(USAGE)?;
    match command.as_str() {
        "propagation" => propagation::run(&propagation::Plan {
            edits: flag(flags, "--edits", 1000)?,
            visits: flag(flags, "--visits", 300)?,
            edits_beside: flag(flags, "--edits-beside", 10)?,
        }),
        "batch" => {
            let connections: String = flag(flags, "--connections", String::from("1,2"))?;
            let links = flag(flags, "--links", 200_000)?;
            let counts: Result<Vec<usize>, _> = connections.split(',').map(str::parse).collect();
            counts?
                .into_iter()
                .try_for_each(|count| batch::run(links, count))
        }
        "flood" => flood::run(&flood::Plan {
            links: flag(flags, "--links", 200_000)?,
            edits: flag(flags, "--edits", 2000)?,
            seconds: flag(flags, "--seconds", 60)?,
            codes: flag(flags, "--codes", 1_000_000)?,
        }),
        "stats" => stats::run(&stats::Plan {
            links: flag(flags, "--links", 10_000)?,
            clicks: flag(flags, "--clicks", 50_000_000)?,
        }),
        _ => Err(USAGE.into()),
    }
}

/// The value behind a flag.
fn flag<T: FromStr>(flags: &[String], name: &str, default: T) -> Result<T, Box<dyn Error>> {
    let known = [
        "--edits",
        "--visits",
        "--edits-beside",
        "--links",
        "--connections",
        "--seconds",
        "--codes",
        "--clicks",
    ];
    match flags.chunks(2).find(|pair| pair[0] == name) {
        Some(pair) => Ok(pair
            .get(1)
            .and_then(|text| text.parse().ok())
            .ok_or(USAGE)?),
        None if flags
            .iter()
            .step_by(2)
            .all(|flag| known.contains(&flag.as_str())) =>
        {
            Ok(default)
        }
        None => Err(USAGE.into()),
    }
}
