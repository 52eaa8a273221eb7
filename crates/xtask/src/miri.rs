//! `cargo xtask miri`: what threads and processes share through the journal, on plain memory.

use std::process::Command;

use crate::Outcome;
use crate::shell::{root, run};

/// The tests that need neither files nor other programs.
const TESTS: [&str; 2] = ["clicks::tests::ends", "clicks::tests::journal"];

/// `arguments` come behind the names of the tests.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    // Not the cargo that runs us: that one belongs to another toolchain.
    let mut command = Command::new("rustup");
    command
        .args(["run", "nightly", "cargo", "miri", "test"])
        .args(["-p", "suo-edge", "--no-default-features", "--lib", "--"])
        .args(TESTS)
        .args(arguments)
        .current_dir(root()?);
    run(&mut command)
}
