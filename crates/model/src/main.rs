//! Searches the protocol within bounds of one's own:
//! `cargo run --release -p suo-model -- --relays 2 --writes 3 --faults 1 --with crash,lock`.
#![expect(
    clippy::print_stdout,
    reason = "this program is for reading what it prints"
)]

use std::{process::ExitCode, time::Instant};

use clap::{Parser, ValueEnum};
use stateright::Checker;
use suo_model::{
    mutation::{Mutation, Mutations},
    scenario::{Faults, Scenario, Start},
    search,
    world::Left,
};

#[derive(Parser)]
struct Bounds {
    /// Admin processes.
    #[arg(long, default_value_t = 1)]
    relays: usize,
    /// Edge processes.
    #[arg(long, default_value_t = 1)]
    edges: usize,
    /// The keys that are written, as bits: 1, 3 (two buckets), 5 (one bucket) or 7.
    #[arg(long, default_value_t = 1)]
    keys: u8,
    /// Creations, edits and deletions.
    #[arg(long, default_value_t = 2)]
    writes: u8,
    /// Lookups by visitors.
    #[arg(long, default_value_t = 1)]
    asks: u8,
    /// Faults, of all kinds together.
    #[arg(long, default_value_t = 1)]
    faults: u8,
    /// Looks at a Redis that has nothing.
    #[arg(long, default_value_t = 0)]
    looks: u8,
    /// How it begins.
    #[arg(long, value_enum, default_value_t = Begin::Hearing)]
    start: Begin,
    /// Transactions commit late and in any order.
    #[arg(long)]
    late: bool,
    /// What may go wrong: the fields of `Faults`, with commas between.
    #[arg(long, value_delimiter = ',')]
    with: Vec<String>,
    /// Leave out rules, by their names in `Mutation`, with commas between.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// Threads; a trace is shortest with one.
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Begin {
    Empty,
    Published,
    Hearing,
}

fn main() -> ExitCode {
    let bounds = Bounds::parse();
    let Some(scenario) = bounds.scenario() else {
        println!("no such fault or rule");
        return ExitCode::from(64);
    };
    let began = Instant::now();
    let found = search(scenario, bounds.threads);
    println!(
        "{} states in {:.1?}, {} steps deep",
        found.unique_state_count(),
        began.elapsed(),
        found.max_depth()
    );
    let mut is_right = true;
    for (name, path) in found.discoveries() {
        println!("{}: {name}", found.discovery_classification(name));
        if found.model().is_promise(name) {
            is_right = false;
            path.into_actions()
                .iter()
                .for_each(|action| println!("    {action:?}"));
        }
    }
    ExitCode::from(u8::from(!is_right))
}

impl Bounds {
    fn scenario(&self) -> Option<Scenario> {
        let mut faults = Faults::default();
        for name in &self.with {
            *faults.by_name(name)? = true;
        }
        let mut mutations = Mutations::NONE;
        for name in &self.without {
            mutations = mutations.and(Mutation::by_name(name)?);
        }
        Some(Scenario {
            relays: self.relays,
            edges: self.edges,
            keys: self.keys,
            start: match self.start {
                Begin::Empty => Start::Empty,
                Begin::Published => Start::Published,
                Begin::Hearing => Start::Hearing,
            },
            left: Left {
                writes: self.writes,
                asks: self.asks,
                faults: self.faults,
                looks: self.looks,
            },
            commits_late: self.late,
            faults,
            mutations,
        })
    }
}
