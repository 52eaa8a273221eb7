//! One line of the fault proxy: two directions through one gate.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// Longest byte string a trap can recognise.
const LONGEST_TRAP: usize = 256;

/// What all lines obey.
#[derive(Default)]
pub(super) struct Gate {
    held: watch::Sender<bool>,
    delay: Mutex<Duration>,
    traps: Mutex<Vec<Trap>>,
    accepted: AtomicUsize,
    open: AtomicUsize,
}

/// Bytes that close the gate when they come along.
pub(super) struct Trap {
    bytes: Vec<u8>,
    touched: watch::Sender<bool>,
}

/// Bytes with the time from which they may be passed on.
type Parcel = (Instant, Vec<u8>);

impl Gate {
    pub(super) fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    pub(super) fn delay_by(&self, delay: Duration) {
        *lock(&self.delay) = delay;
    }

    pub(super) fn set(&self, trap: Trap) {
        lock(&self.traps).push(trap);
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

    async fn opened(&self) {
        // The sender is `self`, so this cannot fail.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
    }

    /// Springs the traps whose bytes end in `window` after its first `seen` bytes.
    fn inspect(&self, window: &[u8], seen: usize) {
        let mut traps = lock(&self.traps);
        for trap in traps.extract_if(.., |trap| trap.matches(window, seen)) {
            self.hold(true);
            trap.touched.send_replace(true);
        }
    }
}

impl Trap {
    pub(super) fn new(bytes: &[u8]) -> (Self, watch::Receiver<bool>) {
        assert!((1..=LONGEST_TRAP).contains(&bytes.len()), "1 to 256 bytes");
        let (touched, seen) = watch::channel(false);
        let bytes = bytes.to_vec();
        (Self { bytes, touched }, seen)
    }

    fn matches(&self, window: &[u8], seen: usize) -> bool {
        let start = seen.saturating_sub(self.bytes.len() - 1);
        let mut places = window[start..].windows(self.bytes.len());
        places.any(|place| place == self.bytes)
    }
}

/// Carries one line until both directions have ended.
pub(super) async fn carry(client: TcpStream, upstream: SocketAddr, gate: Arc<Gate>) {
    let _counted = Counted::new(&gate.open);
    gate.opened().await;
    let Ok(server) = TcpStream::connect(upstream).await else {
        return;
    };
    // Small answers must not wait for each other; a failure only costs time.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // A peer that does not take bytes any more ends the line as a whole.
    let _ = tokio::try_join!(
        pass(from_client, to_server, &gate),
        pass(from_server, to_client, &gate),
    );
}

async fn pass(from: OwnedReadHalf, to: OwnedWriteHalf, gate: &Gate) -> io::Result<()> {
    let (parcels, arriving) = mpsc::channel(64);
    tokio::try_join!(collect(from, parcels, gate), deliver(arriving, to, gate))?;
    Ok(())
}

/// Reads until the end; an error of the reading side is an end, too, and waits its turn.
async fn collect(
    mut from: OwnedReadHalf,
    parcels: mpsc::Sender<Parcel>,
    gate: &Gate,
) -> io::Result<()> {
    let mut chunk = vec![0; 16 * 1024];
    loop {
        gate.opened().await;
        let read = from.read(&mut chunk).await.unwrap_or(0);
        let due = Instant::now() + *lock(&gate.delay);
        if read == 0 || parcels.send((due, chunk[..read].to_vec())).await.is_err() {
            return Ok(());
        }
    }
}

async fn deliver(
    mut parcels: mpsc::Receiver<Parcel>,
    mut to: OwnedWriteHalf,
    gate: &Gate,
) -> io::Result<()> {
    let mut window = Vec::new();
    while let Some((due, bytes)) = parcels.recv().await {
        sleep_until(due).await;
        let seen = window.len();
        window.extend_from_slice(&bytes);
        gate.inspect(&window, seen);
        window.drain(..window.len().saturating_sub(LONGEST_TRAP));
        gate.opened().await;
        to.write_all(&bytes).await?;
    }
    gate.opened().await;
    to.shutdown().await
}

/// Counts a line as open until it is dropped, also by a cut.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
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
