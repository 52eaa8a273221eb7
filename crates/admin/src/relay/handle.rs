//! How handlers wake the relay, and how they learn that it is done.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

/// The handlers' side of the relay: wakes it, and waits for it.
#[derive(Clone)]
pub struct RelayHandle {
    shared: Option<Arc<Shared>>,
    progress: watch::Receiver<Progress>,
    patience: Duration,
}

/// The relay's side.
pub(super) struct Inbox {
    shared: Arc<Shared>,
    progress: watch::Sender<Progress>,
}

/// A call that the relay has heard.
#[derive(Clone, Copy)]
pub(super) struct Call(u64);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    woken: Condvar,
}

#[derive(Default)]
struct State {
    calls: u64,
    answered: u64,
    is_stopped: bool,
}

#[derive(Clone, Copy)]
struct Progress {
    answered: u64,
    is_well: bool,
}

pub(super) fn pair(patience: Duration) -> (RelayHandle, Inbox) {
    let shared = Arc::new(Shared::default());
    let (sender, progress) = watch::channel(Progress {
        answered: 0,
        is_well: true,
    });
    let handle = RelayHandle {
        shared: Some(shared.clone()),
        progress,
        patience,
    };
    (
        handle,
        Inbox {
            shared,
            progress: sender,
        },
    )
}

impl RelayHandle {
    /// A handle without a relay: nothing is published, nobody waits.
    #[must_use]
    pub fn detached() -> Self {
        let (_, progress) = watch::channel(Progress {
            answered: 0,
            is_well: false,
        });
        Self {
            shared: None,
            progress,
            patience: Duration::ZERO,
        }
    }

    /// Wakes the relay and waits until everything committed before this call is published.
    ///
    /// Waits no longer than the relay's patience, and not at all while nothing can be
    /// announced: a write never fails or hangs because Redis is away.
    pub async fn settled(&self) {
        let Some(shared) = &self.shared else { return };
        let call = shared.call();
        let mut progress = self.progress.clone();
        let done = progress.wait_for(|now| now.answered >= call || !now.is_well);
        // Patience running out and a relay that has ended are both no reason to fail a write.
        let _ = tokio::time::timeout(self.patience, done).await;
    }

    /// Whether the last attempt to announce, or to look after the far side, succeeded.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.shared.is_none() || self.progress.borrow().is_well
    }

    pub(super) fn stop(&self) {
        if let Some(shared) = &self.shared {
            shared.lock().is_stopped = true;
            shared.woken.notify_all();
        }
    }
}

impl Inbox {
    /// Waits for a call, at most `limit`.
    pub(super) fn wait(&self, limit: Duration) -> Option<Call> {
        let state = self.shared.lock();
        let is_idle = |state: &mut State| state.calls == state.answered && !state.is_stopped;
        let (mut state, _) = self
            .shared
            .woken
            .wait_timeout_while(state, limit, is_idle)
            .unwrap_or_else(PoisonError::into_inner);
        let is_called = state.calls > state.answered || state.is_stopped;
        state.answered = state.calls;
        is_called.then_some(Call(state.calls))
    }

    /// Everything committed before `call` is published.
    pub(super) fn done(&self, call: Option<Call>) {
        self.progress.send_modify(|progress| {
            progress.is_well = true;
            progress.answered = call.map_or(progress.answered, |Call(number)| number);
        });
    }

    /// Nothing can be announced now.
    pub(super) fn failed(&self) {
        self.progress
            .send_modify(|progress| progress.is_well = false);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.shared.lock().is_stopped
    }
}

impl Shared {
    fn call(&self) -> u64 {
        let mut state = self.lock();
        state.calls += 1;
        self.woken.notify_all();
        state.calls
    }

    /// No code panics while it holds the lock, so its content is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
