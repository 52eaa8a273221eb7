//! One line of the fault proxy: two directions through one gate.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::gate::{Gate, LONGEST_TRAP, Latch};
use super::sieve::Sieve;

/// Bytes with the time from which they may be passed on.
type Parcel = (Instant, Vec<u8>);

/// Carries one line until both directions have ended.
pub(super) async fn carry(client: TcpStream, gate: Arc<Gate>) {
    let _counted = gate.count_open();
    let latch = Latch::default();
    gate.opened(&latch).await;
    let Ok(server) = TcpStream::connect(gate.upstream()).await else {
        return;
    };
    // Small answers must not wait for each other; a failure only costs time.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let line = Line {
        gate: &gate,
        latch: &latch,
    };
    // A peer that does not take bytes any more ends the line as a whole.
    let _ = tokio::try_join!(
        line.pass(from_client, to_server, None),
        line.pass(from_server, to_client, Some(Sieve::default())),
    );
}

#[derive(Clone, Copy)]
struct Line<'a> {
    gate: &'a Gate,
    latch: &'a Latch,
}

impl Line<'_> {
    async fn pass(
        self,
        from: OwnedReadHalf,
        to: OwnedWriteHalf,
        sieve: Option<Sieve>,
    ) -> io::Result<()> {
        let (parcels, arriving) = mpsc::channel(64);
        tokio::try_join!(
            self.collect(from, parcels, sieve),
            self.deliver(arriving, to)
        )?;
        Ok(())
    }

    /// Reads until the end; an error of the reading side is an end, too, and waits its turn.
    async fn collect(
        self,
        mut from: OwnedReadHalf,
        parcels: mpsc::Sender<Parcel>,
        mut sieve: Option<Sieve>,
    ) -> io::Result<()> {
        let mut chunk = vec![0; 16 * 1024];
        loop {
            self.gate.opened(self.latch).await;
            let read = from.read(&mut chunk).await.unwrap_or(0);
            let due = Instant::now() + self.gate.delay();
            let bytes = match &mut sieve {
                Some(sieve) => sieve.pass(&chunk[..read], self.gate),
                None => chunk[..read].to_vec(),
            };
            if read == 0 || parcels.send((due, bytes)).await.is_err() {
                return Ok(());
            }
        }
    }

    async fn deliver(
        self,
        mut parcels: mpsc::Receiver<Parcel>,
        mut to: OwnedWriteHalf,
    ) -> io::Result<()> {
        let mut window = Vec::new();
        while let Some((due, bytes)) = parcels.recv().await {
            sleep_until(due).await;
            let seen = window.len();
            window.extend_from_slice(&bytes);
            self.gate.inspect(self.latch, &window, seen);
            window.drain(..window.len().saturating_sub(LONGEST_TRAP));
            self.gate.opened(self.latch).await;
            to.write_all(&bytes).await?;
        }
        self.gate.opened(self.latch).await;
        to.shutdown().await
    }
}
