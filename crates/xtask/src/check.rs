//! `cargo xtask check`: what CI checks besides tests, the quick things first.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::packages;
use crate::rules;
use crate::shell::{cargo, root, run, target};

/// Later versions may know other lints; a new one is a change like any other.
const CARGO_DENY: &str = "0.20.2";

pub(crate) fn all() -> Outcome {
    run(&mut cargo(&["fmt", "--all", "--check"])?)?;
    rules::check()?;
    // The Postgres client is built even for clippy, and needs OpenSSL's headers.
    packages::ensure()?;
    // Also what other platforms need: `cargo deny --offline` looks at the whole graph.
    run(&mut cargo(&["fetch", "--locked"])?)?;
    clippy()?;
    docs()?;
    licences()
}

/// The workspace, then each program alone: its own features, not the union of all.
fn clippy() -> Outcome {
    for packages in [
        ["--workspace"].as_slice(),
        &["--package", "suo"],
        &["--package", "suo-edge"],
        &["--package", "suo-admin"],
    ] {
        let mut command = cargo(&["clippy", "--all-targets"])?;
        run(command.args(packages).args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

fn docs() -> Outcome {
    let mut command = cargo(&["doc", "--workspace", "--no-deps"])?;
    run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Licences, sources and who may depend on what. Advisories come from github.com and are a job
/// of their own in the workflow, so that this works without a network.
fn licences() -> Outcome {
    let deny = cargo_deny()?;
    let arguments = ["--offline", "check", "licenses", "bans", "sources"];
    run(Command::new(deny).args(arguments).current_dir(root()?))
}

/// Built once (about two minutes) and kept beside what cargo builds.
fn cargo_deny() -> Result<PathBuf, String> {
    let folder = target()?.join("tools");
    let program = folder.join("bin/cargo-deny");
    if !is_current(&program) {
        let mut command = cargo(&["install", "--locked", "cargo-deny", "--version", CARGO_DENY])?;
        run(command.arg("--root").arg(&folder))?;
    }
    Ok(program)
}

fn is_current(program: &PathBuf) -> bool {
    let asked = Command::new(program).arg("--version").output();
    asked.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(CARGO_DENY))
}
