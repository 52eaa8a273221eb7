//! The wish that the process end: how it comes, and how it is carried to everyone who must act on it.

use std::io;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// SIGTERM and SIGINT (Ctrl-C).
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From here on neither ends the process by itself. To be called in the context of a runtime.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Completes when one of them comes.
    pub async fn come(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Ends the process when one of them comes: who asks a second time does not wait for what is
    /// under way.
    pub async fn end_when_they_come(mut self) {
        self.come().await;
        tracing::warn!("asked again: ends at once; clicks that are not counted yet stay on disk");
        std::process::exit(1);
    }
}

/// Two ends: one asks for the end, all copies of the other hear it.
#[must_use]
pub fn channel() -> (Stop, Shutdown) {
    let (stop, shutdown) = watch::channel(false);
    (Stop(stop), Shutdown(shutdown))
}

/// Asks for the end. Dropping it asks, too: nobody else could.
#[derive(Debug)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// Asks for the end; asking again changes nothing.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

/// Hears that the end is asked for, on any thread.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Completes when the end is asked for.
    pub async fn requested(&mut self) {
        // An error says that the other end was dropped.
        let _ = self.0.wait_for(|requested| *requested).await;
    }

    /// Whether the end has been asked for.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn asking_and_dropping_are_both_heard() {
        let (stop, shutdown) = super::channel();
        assert!(!shutdown.is_requested());
        stop.stop();
        assert!(shutdown.is_requested());

        let (stop, shutdown) = super::channel();
        drop(stop);
        assert!(shutdown.is_requested());
    }
}
