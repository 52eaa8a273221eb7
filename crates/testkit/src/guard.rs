//! Ends a child process when the test process has ended, however that happened.
//!
//! The parent-death signal of Linux is no help here: it fires when the *thread* that started the
//! child ends, and the test harness runs every test in a thread of its own. A shell that reads
//! from a pipe sees the end of the process itself.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Signal;

/// Arguments: signal, process id, folder to remove (or empty). The pipe never carries a byte, so
/// `read` returns when its other end is closed. Five seconds after the signal comes SIGKILL.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
while read -r _; do :; done
kill -"$1" "$2" 2>/dev/null
i=0
while kill -0 "$2" 2>/dev/null && [ $i -lt 100 ]; do sleep 0.05; i=$((i + 1)); done
kill -9 "$2" 2>/dev/null
[ -z "$3" ] || rm -rf "$3"
"#;

/// A shell that outlives us by a moment. [`Guard::dismiss`] ends it before its child is reaped:
/// afterwards the process id may belong to somebody else.
pub(crate) struct Guard {
    shell: Child,
}

impl Guard {
    /// Sends `signal` to `pid` and removes `folder` as soon as this process has ended.
    pub(crate) fn watch(pid: u32, signal: Signal, folder: Option<&Path>) -> Self {
        let shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "suo-testkit-guard"])
            .args([signal.as_raw().to_string(), pid.to_string()])
            .arg(folder.unwrap_or(Path::new("")))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("/bin/sh guards child processes");
        Self { shell }
    }

    /// Ends the guard without letting it act.
    pub(crate) fn dismiss(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.dismiss();
    }
}
