//! Developer commands: `cargo xtask …`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for people talks on the terminal"
)]

mod axe;
mod check;
mod miri;
mod packages;
mod programs;
mod rules;
mod shell;
mod test;
mod torture;
mod total;

use std::env;
use std::process::ExitCode;

/// Ok, or what a person has to know about the failure; empty if that has been said.
type Outcome = Result<(), String>;

struct Command {
    name: &'static str,
    does: &'static str,
    run: fn(&[String]) -> Outcome,
}

const COMMANDS: [Command; 6] = [
    Command {
        name: "test",
        does: "run all tests; arguments after `--` go to the test binaries",
        run: test::run,
    },
    Command {
        name: "torture",
        does: "break a whole production for --minutes N with --seed N, and judge every read; `torture clicks`: every count",
        run: torture::all,
    },
    Command {
        name: "check",
        does: "format, house rules, clippy, docs, licences: what CI checks besides tests",
        run: |_| check::all(),
    },
    Command {
        name: "miri",
        does: "the journal's tests under Miri, which needs a nightly toolchain that has it (minutes)",
        run: miri::test,
    },
    Command {
        name: "rules",
        does: "the house rules alone (seconds)",
        run: |_| rules::check(),
    },
    Command {
        name: "help",
        does: "this list",
        run: |_| help(),
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let outcome = match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => Err(format!(
            "no command `{name}`; `cargo xtask help` lists them"
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            if !why.is_empty() {
                eprintln!("xtask: {why}");
            }
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "all commands have one type")]
fn help() -> Outcome {
    for command in &COMMANDS {
        println!("cargo xtask {:<7} {}", command.name, command.does);
    }
    Ok(())
}
