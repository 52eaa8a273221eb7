//! The wish that the process end, carried to everyone who must act on it.

use tokio::sync::watch;

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
