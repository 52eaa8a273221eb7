//! What a child process has said so far, line by line.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Lines shown when a wait fails.
const SHOWN: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// Both streams in order of arrival, filled by one thread each.
#[derive(Default)]
pub(crate) struct Output {
    said: Mutex<Said>,
    changed: Condvar,
}

#[derive(Default)]
struct Said {
    lines: Vec<(Stream, String)>,
    ended: usize,
}

impl Output {
    /// Copies `from` line by line until its end.
    pub(crate) fn follow(self: &Arc<Self>, stream: Stream, from: impl Read + Send + 'static) {
        let output = Arc::clone(self);
        thread::spawn(move || {
            let mut lines = BufReader::new(from).split(b'\n');
            while let Some(Ok(line)) = lines.next() {
                output.add(stream, String::from_utf8_lossy(&line).into_owned());
            }
            output.lock().ended += 1;
            output.changed.notify_all();
        });
    }

    pub(crate) fn lines(&self, wanted: impl Fn(Stream) -> bool) -> Vec<String> {
        let said = self.lock();
        let lines = said.lines.iter().filter(|(stream, _)| wanted(*stream));
        lines.map(|(_, line)| line.clone()).collect()
    }

    /// The last lines, indented, for a person.
    pub(crate) fn tail(&self) -> String {
        let lines = self.lines(|_| true);
        let tail = &lines[lines.len().saturating_sub(SHOWN)..];
        tail.iter().map(|line| format!("    {line}\n")).collect()
    }

    /// The first line from index `from` on that `wanted` likes; `Err` says why there is none.
    pub(crate) fn wait_for(
        &self,
        from: usize,
        limit: Duration,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<String, String> {
        let start = Instant::now();
        let mut said = self.lock();
        loop {
            let mut lines = said.lines.iter().skip(from);
            if let Some((_, line)) = lines.find(|(_, line)| wanted(line)) {
                return Ok(line.clone());
            }
            if said.ended == 2 {
                return Err(String::from("the program has ended"));
            }
            let Some(left) = limit.checked_sub(start.elapsed()) else {
                return Err(format!("waited {limit:?}"));
            };
            let woken = self.changed.wait_timeout(said, left);
            said = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until both streams have ended, so that nothing more is said; at most `limit`, as
    /// a grandchild may keep a stream open.
    pub(crate) fn wait_for_end(&self, limit: Duration) {
        let is_open = |said: &mut Said| said.ended < 2;
        let woken = self.changed.wait_timeout_while(self.lock(), limit, is_open);
        drop(woken.unwrap_or_else(PoisonError::into_inner));
    }

    fn add(&self, stream: Stream, line: String) {
        self.lock().lines.push((stream, line));
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
