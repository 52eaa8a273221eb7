//! Threads that go on beside the server until they are told to end.

use std::{
    fmt::Display,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How often is said that something does not go on.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);

/// A thread that goes on.
pub(crate) struct Background {
    going: Going,
    thread: JoinHandle<()>,
}

/// What the thread asks whether it goes on.
#[derive(Clone, Default)]
pub(crate) struct Going(Arc<AtomicBool>);

impl Going {
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl Background {
    /// Starts a thread of this name for `what`.
    pub(crate) fn start(
        name: &str,
        what: &'static str,
        work: impl FnOnce(Going) + Send + 'static,
    ) -> io::Result<Self> {
        let going = Going::default();
        let its = going.clone();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let _guard = EndsWith(what);
                work(its);
            })?;
        Ok(Self { going, thread })
    }

    /// Ends after what is being done now.
    pub(crate) fn stop(self) {
        self.going.0.store(true, Relaxed);
        self.thread.thread().unpark();
        // Whoever panics ends the process.
        let _ = self.thread.join();
    }
}

/// Ends the process if the thread that has it panics: nobody would notice that the work is not done.
pub(crate) struct EndsWith(pub(crate) &'static str);

impl Drop for EndsWith {
    fn drop(&mut self) {
        if thread::panicking() {
            tracing::error!("{} has panicked: this is a bug of ours", self.0);
            std::process::abort();
        }
    }
}

/// Says that something does not go on, again every minute, and that it does.
pub(crate) struct Complaint {
    waits: &'static str,
    goes_on: &'static str,
    said: Option<Instant>,
}

impl Complaint {
    pub(crate) fn new(waits: &'static str, goes_on: &'static str) -> Self {
        Self {
            waits,
            goes_on,
            said: None,
        }
    }

    pub(crate) fn report<T>(&mut self, outcome: &Result<T, impl Display>) {
        match outcome {
            Ok(_) => {
                if self.said.take().is_some() {
                    tracing::info!("{}", self.goes_on);
                }
            }
            Err(error) => {
                let is_due = |said: Instant| said.elapsed() >= COMPLAIN_EVERY;
                if self.said.is_none_or(is_due) {
                    tracing::warn!(%error, "{}", self.waits);
                    self.said = Some(Instant::now());
                }
            }
        }
    }
}
