//! `cargo xtask test`: everything that tests need, then all tests, then one closing line.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

use crate::Outcome;
use crate::axe;
use crate::packages;
use crate::programs;
use crate::shell::cargo;
use crate::total::Total;

/// `arguments` after a leading `--` go to the test binaries.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let arguments = match arguments.split_first() {
        None => &[],
        Some((dashes, rest)) if dashes == "--" => rest,
        Some((other, _)) => return Err(format!("`{other}`: put `--` before test arguments")),
    };
    packages::ensure()?;
    axe::ensure()?;
    let programs = programs::build(programs::Profile::Debug)?;
    close(&all_tests(&programs, arguments)?)
}

/// Runs them to the end, also after a failure, and shows their output as it comes.
fn all_tests(programs: &Path, arguments: &[String]) -> Result<Total, String> {
    let mut command = cargo(&["test", "--workspace", "--no-fail-fast", "--"])?;
    command.args(arguments).env("SUO_TEST_BIN_DIR", programs);
    eprintln!("xtask: cargo test --workspace --no-fail-fast");
    let failed = |error| format!("cargo test: {error}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut total = child.stdout.take().map(summed).unwrap_or_default();
    let status = child.wait().map_err(failed)?;
    if !status.success() && total.failed == 0 {
        eprintln!("xtask: a build or a test binary failed without a result: counted as one");
        total.failed = 1;
    }
    Ok(total)
}

/// Passes the output on, byte for byte, and adds its results.
fn summed(output: impl Read) -> Total {
    let mut total = Total::default();
    let mut lines = BufReader::new(output).split(b'\n');
    while let Some(Ok(line)) = lines.next() {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        total.add(&line);
    }
    total
}

/// The closing line comes last: what is wrong is said on stderr before it.
fn close(total: &Total) -> Outcome {
    let verdict = verdict(total);
    if let Err(why) = verdict {
        eprintln!("xtask: {why}");
    }
    println!("{total}");
    verdict.map_err(|_| String::new())
}

fn verdict(total: &Total) -> Result<(), &'static str> {
    match (total.passed, total.failed) {
        (_, 1..) => Err("there are failed tests"),
        (0, 0) => Err("no test ran"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Total, verdict};

    #[test]
    fn a_run_is_good_only_if_something_passed_and_nothing_failed() {
        let good = |passed, failed| verdict(&Total { passed, failed }).is_ok();
        assert!(good(1, 0));
        assert!(!good(1, 1));
        assert!(!good(0, 0));
    }
}
