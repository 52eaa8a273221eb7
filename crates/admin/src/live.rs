//! Answers as they are counted, for whoever watches.
//!
//! One thread looks into the database for all who watch, and only while somebody does. Whoever is too slow, or
//! watches when more comes than anybody could read, is told how many were left out.

mod tail;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{
            AtomicBool, AtomicU64, AtomicUsize,
            Ordering::{AcqRel, Acquire, Relaxed, Release},
        },
    },
    thread,
    time::Duration,
};

use tail::Tail;
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};

use crate::store::{Store, StoredEvent};

/// The most who watch at once.
pub const MAX_WATCHERS: usize = 64;

/// How often is looked.
const LOOK: Duration = Duration::from_millis(500);

/// How many answers wait for a slow watcher.
const WAITING: usize = 4096;

/// What a watcher hears.
#[derive(Clone, Debug)]
pub enum Heard {
    /// An answer was counted.
    Event(Arc<StoredEvent>),
    /// So many were, at least, and are not shown.
    LeftOut(u64),
}

/// Lets clients watch.
pub struct Live {
    store: Arc<dyn Store>,
    /// Gone when the admin ends.
    sender: Mutex<Option<Sender<Heard>>>,
    watchers: AtomicUsize,
    is_looking: AtomicBool,
    shown: AtomicU64,
}

impl Live {
    /// Nobody watches yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            store,
            sender: Mutex::new(Some(broadcast::channel(WAITING).0)),
            watchers: AtomicUsize::new(0),
            is_looking: AtomicBool::new(false),
            shown: AtomicU64::new(0),
        })
    }

    /// Begins to watch what is counted behind the answer `from`; `None` if too many do, or the admin is ending.
    #[must_use]
    pub fn watch(self: &Arc<Self>, from: i64) -> Option<Watch> {
        let receiver = self.sender()?.subscribe();
        let watch = Watch {
            live: Arc::clone(self),
            receiver,
        };
        if self.watchers.fetch_add(1, AcqRel) >= MAX_WATCHERS {
            return None;
        }
        if !self.is_looking.swap(true, AcqRel) {
            let live = Arc::clone(self);
            let looking = thread::Builder::new()
                .name("suo-live".into())
                .spawn(move || live.look(Tail::from(from)));
            if let Err(error) = looking {
                tracing::error!(%error, "no thread for those who watch");
                self.is_looking.store(false, Release);
                return None;
            }
        }
        Some(watch)
    }

    /// How much was shown to anybody so far.
    #[must_use]
    pub fn shown(&self) -> u64 {
        self.shown.load(Relaxed)
    }

    /// Ends all watching, for good.
    pub fn end(&self) {
        *self.sender.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn sender(&self) -> Option<Sender<Heard>> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        sender.clone()
    }

    /// Looks until nobody watches.
    fn look(&self, mut tail: Tail) {
        loop {
            let Some(sender) = self.sender() else {
                return;
            };
            match tail.look(&*self.store) {
                Ok(heard) => heard.into_iter().for_each(|heard| {
                    // Nobody may be there any more: that is no fault.
                    if sender.send(heard).is_ok() {
                        self.shown.fetch_add(1, Relaxed);
                    }
                }),
                Err(error) => tracing::debug!(%error, "who watches sees nothing for a moment"),
            }
            drop(sender);
            thread::park_timeout(LOOK);
            if self.watchers.load(Acquire) == 0 {
                self.is_looking.store(false, Release);
                // Somebody may have come just before that was said.
                if self.watchers.load(Acquire) == 0 || self.is_looking.swap(true, AcqRel) {
                    return;
                }
            }
        }
    }
}

/// Somebody who watches.
pub struct Watch {
    live: Arc<Live>,
    receiver: Receiver<Heard>,
}

impl Watch {
    /// The next thing; `None` when the admin ends.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.receiver.recv().await {
            Ok(heard) => Some(heard),
            Err(RecvError::Lagged(count)) => Some(Heard::LeftOut(count)),
            Err(RecvError::Closed) => None,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.live.watchers.fetch_sub(1, AcqRel);
    }
}
