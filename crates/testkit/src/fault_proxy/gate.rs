//! What all lines of the fault proxy obey.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Longest byte string a trap can recognise.
pub(super) const LONGEST_TRAP: usize = 256;

/// What all lines obey.
pub(super) struct Gate {
    upstream: Mutex<SocketAddr>,
    hold: watch::Sender<Hold>,
    delay: Mutex<Duration>,
    traps: Mutex<Vec<Trap>>,
    notices: Mutex<Vec<watch::Sender<bool>>>,
    accepted: AtomicUsize,
    open: AtomicUsize,
}

/// Whether everything is held, and how often it was released.
#[derive(Clone, Copy, Default)]
struct Hold {
    all: bool,
    releases: u64,
}

/// The release that a line of its own waits for; 0: none.
#[derive(Default)]
pub(super) struct Latch(AtomicU64);

/// Bytes that hold lines when they come along.
pub(super) struct Trap {
    bytes: Vec<u8>,
    holds: Scope,
    touched: watch::Sender<bool>,
}

/// What a trap holds.
#[derive(Clone, Copy)]
pub(super) enum Scope {
    /// The line on which the bytes came along.
    Line,
    /// All lines.
    All,
}

/// Counts a line as open until it is dropped, also by a cut.
pub(super) struct Counted<'a>(&'a AtomicUsize);

impl Gate {
    pub(super) fn new(upstream: SocketAddr) -> Self {
        Self {
            upstream: Mutex::new(upstream),
            hold: watch::Sender::default(),
            delay: Mutex::default(),
            traps: Mutex::default(),
            notices: Mutex::default(),
            accepted: AtomicUsize::default(),
            open: AtomicUsize::default(),
        }
    }

    pub(super) fn upstream(&self) -> SocketAddr {
        *lock(&self.upstream)
    }

    pub(super) fn lead_to(&self, upstream: SocketAddr) {
        *lock(&self.upstream) = upstream;
    }

    pub(super) fn hold(&self) {
        self.hold.send_modify(|hold| hold.all = true);
    }

    pub(super) fn release(&self) {
        self.hold.send_modify(|hold| {
            hold.all = false;
            hold.releases += 1;
        });
    }

    pub(super) fn delay(&self) -> Duration {
        *lock(&self.delay)
    }

    pub(super) fn delay_by(&self, delay: Duration) {
        *lock(&self.delay) = delay;
    }

    pub(super) fn set(&self, trap: Trap) {
        lock(&self.traps).push(trap);
    }

    /// The next notice is not passed on.
    pub(super) fn swallow(&self, swallowed: watch::Sender<bool>) {
        lock(&self.notices).push(swallowed);
    }

    pub(super) fn is_swallowing(&self) -> bool {
        !lock(&self.notices).is_empty()
    }

    /// Whether this very notice is to be swallowed.
    pub(super) fn swallows(&self) -> bool {
        let next = lock(&self.notices).pop();
        next.inspect(|swallowed| _ = swallowed.send_replace(true))
            .is_some()
    }

    pub(super) fn count_line(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn accepted_lines(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    pub(super) fn open_lines(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    pub(super) fn count_open(&self) -> Counted<'_> {
        self.open.fetch_add(1, Ordering::Relaxed);
        Counted(&self.open)
    }

    pub(super) async fn opened(&self, line: &Latch) {
        let passes = |hold: &Hold| !hold.all && line.0.load(Ordering::Relaxed) <= hold.releases;
        // The sender is `self`, so this cannot fail.
        let _ = self.hold.subscribe().wait_for(passes).await;
    }

    /// Springs the traps whose bytes end in `window` after its first `seen` bytes.
    pub(super) fn inspect(&self, line: &Latch, window: &[u8], seen: usize) {
        let mut traps = lock(&self.traps);
        for trap in traps.extract_if(.., |trap| trap.matches(window, seen)) {
            match trap.holds {
                Scope::All => self.hold(),
                Scope::Line => {
                    let next = self.hold.borrow().releases + 1;
                    line.0.store(next, Ordering::Relaxed);
                }
            }
            trap.touched.send_replace(true);
        }
    }
}

impl Trap {
    pub(super) fn new(bytes: &[u8], holds: Scope) -> (Self, watch::Receiver<bool>) {
        assert!((1..=LONGEST_TRAP).contains(&bytes.len()), "1 to 256 bytes");
        let (touched, seen) = watch::channel(false);
        let bytes = bytes.to_vec();
        let trap = Self {
            bytes,
            holds,
            touched,
        };
        (trap, seen)
    }

    fn matches(&self, window: &[u8], seen: usize) -> bool {
        let start = seen.saturating_sub(self.bytes.len() - 1);
        let mut places = window[start..].windows(self.bytes.len());
        places.any(|place| place == self.bytes)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
