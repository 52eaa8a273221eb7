//! A program under test as a child process that never outlives the test.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, kill_process};

pub use rustix::process::Signal;

use crate::guard::Guard;
use crate::output::{Output, Stream};
use crate::wait::{poll, wait_until};

/// How long [`Program::wait_for_line`] waits.
const LINE_LIMIT: Duration = Duration::from_secs(30);

/// How long a program may take to end when it is dropped, before SIGKILL.
const DROP_LIMIT: Duration = Duration::from_secs(5);

/// A running child process with its output, killed on drop and when the test process ends.
///
/// All methods take `&self`, so that one test thread can kill what another uses. If the test has
/// failed, the drop prints the last lines of output.
pub struct Program {
    name: String,
    ending: Signal,
    child: Mutex<Child>,
    guard: Mutex<Guard>,
    output: Arc<Output>,
}

/// Where `cargo xtask test` has put the program `name` (it says so in `SUO_TEST_BIN_DIR`), or
/// else where cargo puts it: beside this test binary's folder.
///
/// # Panics
/// If it is not there.
pub fn built_program(name: &str) -> PathBuf {
    let given = env::var_os("SUO_TEST_BIN_DIR").map(PathBuf::from);
    let own = env::current_exe().expect("a test binary knows where it is");
    let folder = given.or_else(|| Some(own.parent()?.parent()?.to_owned()));
    let path = folder.unwrap_or_default().join(name);
    let shown = path.display();
    assert!(
        path.is_file(),
        "{shown} is missing: `cargo build -p {name}`"
    );
    path
}

impl Program {
    /// Starts `command` with its output captured and its input empty.
    ///
    /// `SUO_*` variables of the test process are not inherited; those set on the command are kept.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(command: Command) -> Self {
        Self::start_server(command, Signal::KILL, None)
    }

    /// [`Program::start`] for servers that want another signal than SIGKILL to tidy up, and whose
    /// `folder` goes when the test process does.
    pub(crate) fn start_server(
        mut command: Command,
        ending: Signal,
        folder: Option<&Path>,
    ) -> Self {
        forget_own_settings(&mut command);
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let guard = Mutex::new(Guard::watch(child.id(), ending, folder));
        let output = captured(&mut child);
        Self {
            name,
            ending,
            child: Mutex::new(child),
            guard,
            output,
        }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child().id()
    }

    /// Everything said so far, stdout and stderr in order of arrival.
    pub fn lines(&self) -> Vec<String> {
        self.output.lines(|_| true)
    }

    /// What was said on stdout so far.
    pub fn stdout(&self) -> Vec<String> {
        self.output.lines(|stream| stream == Stream::Stdout)
    }

    /// What was said on stderr so far.
    pub fn stderr(&self) -> Vec<String> {
        self.output.lines(|stream| stream == Stream::Stderr)
    }

    /// The first line, already said or to come within 30 s, that `wanted` likes.
    ///
    /// # Panics
    /// If the program ends or the time is over before; shows the last lines.
    #[track_caller]
    pub fn wait_for_line(&self, wanted: impl Fn(&str) -> bool) -> String {
        self.wait_for_line_within(LINE_LIMIT, wanted)
    }

    /// The same within another limit.
    ///
    /// # Panics
    /// As [`Program::wait_for_line`].
    #[track_caller]
    pub fn wait_for_line_within(&self, limit: Duration, wanted: impl Fn(&str) -> bool) -> String {
        match self.output.wait_for(0, limit, wanted) {
            Ok(line) => line,
            Err(why) => panic!("{why}: no such line from {}", self.report()),
        }
    }

    /// How it has ended, or `None` while it runs.
    pub fn ended(&self) -> Option<ExitStatus> {
        // Once it is reaped its process id may be another's: the guard must not act on it.
        let mut child = self.child();
        let status = child.try_wait().expect("our own child can be waited for");
        if status.is_some() {
            self.guard().dismiss();
        }
        status
    }

    /// Sends `signal`; does nothing if the program has ended.
    pub fn signal(&self, signal: Signal) {
        if self.ended().is_some() {
            return;
        }
        let pid = Pid::from_raw(self.pid().cast_signed()).expect("a child has a process id");
        // It may end between the two calls; until it is reaped the id stays its own.
        let _ = kill_process(pid, signal);
    }

    /// Waits for the end, and until everything it said is there to be read.
    ///
    /// # Panics
    /// If it still runs after `limit`; shows the last lines.
    #[track_caller]
    pub fn wait(&self, limit: Duration) -> ExitStatus {
        let status = wait_until("the program's end", limit, || {
            self.ended().ok_or_else(|| self.report())
        });
        self.output.wait_for_end(DROP_LIMIT);
        status
    }

    /// SIGTERM, then [`Program::wait`].
    #[track_caller]
    pub fn terminate(&self, limit: Duration) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait(limit)
    }

    /// SIGKILL, then waits for the end.
    pub fn kill(&self) -> ExitStatus {
        self.signal(Signal::KILL);
        self.wait(DROP_LIMIT)
    }

    fn report(&self) -> String {
        format!(
            "{} ({}), last lines:\n{}",
            self.name,
            self.pid(),
            self.output.tail()
        )
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Program {
    #[expect(
        clippy::print_stderr,
        reason = "the failed test's output is where one looks"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.report());
        }
        self.signal(self.ending);
        if poll(DROP_LIMIT, || self.ended().ok_or(())).is_err() {
            self.signal(Signal::KILL);
        }
    }
}

/// A setting meant for the tests themselves must not reach the programs under test.
fn forget_own_settings(command: &mut Command) {
    let given: Vec<_> = command
        .get_envs()
        .map(|(name, _)| name.to_owned())
        .collect();
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("SUO_") && !given.contains(&name) {
            command.env_remove(name);
        }
    }
}

fn captured(child: &mut Child) -> Arc<Output> {
    let output = Arc::new(Output::default());
    output.follow(
        Stream::Stdout,
        child.stdout.take().expect("stdout is piped"),
    );
    output.follow(
        Stream::Stderr,
        child.stderr.take().expect("stderr is piped"),
    );
    output
}
