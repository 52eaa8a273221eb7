//! Programs are heard, signalled and ended.

use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use suo_testkit::{Program, Signal};

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn lines_of_both_streams_are_heard() {
    let program = shell("echo one; echo two >&2; exec sleep 60");
    assert_eq!(program.wait_for_line(|line| line.starts_with("tw")), "two");
    program.wait_for_line(|line| line == "one");
    assert_eq!(program.stdout(), ["one"]);
    assert_eq!(program.stderr(), ["two"]);
    assert!(program.ended().is_none());
}

#[test]
fn a_program_that_ends_without_the_line_fails_the_wait_and_is_quoted() {
    let program = shell("echo sorry; exit 3");
    let failed = catch_unwind(AssertUnwindSafe(|| {
        program.wait_for_line(|line| line == "ready")
    }));
    let message = failed.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("has ended") && message.contains("sorry"),
        "{message}"
    );
    assert_eq!(program.wait(LIMIT).code(), Some(3));
}

#[test]
fn terminate_lets_a_program_end_in_order() {
    let program = shell("trap 'echo draining; exit 7' TERM; echo up; while :; do sleep 0.01; done");
    program.wait_for_line(|line| line == "up");
    assert_eq!(program.terminate(LIMIT).code(), Some(7));
    program.wait_for_line(|line| line == "draining");
}

#[test]
fn kill_does_not_ask() {
    let program = shell("trap '' TERM; echo up; while :; do sleep 0.01; done");
    program.wait_for_line(|line| line == "up");
    program.signal(Signal::TERM);
    assert_eq!(program.kill().signal(), Some(9));
}

#[test]
fn only_the_settings_given_by_the_test_are_there() {
    let mut command = Command::new("env");
    command.env("SUO_LOG", "debug");
    let program = Program::start(command);
    program.wait(LIMIT);
    program.wait_for_line(|line| line == "SUO_LOG=debug");
    let settings = program.stdout();
    let settings = settings.iter().filter(|line| line.starts_with("SUO_"));
    assert_eq!(settings.count(), 1);
}

fn shell(script: &str) -> Program {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Program::start(command)
}
