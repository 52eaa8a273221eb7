//! Hears of changes from Redis, and knows when it does not.
//!
//! ```text
//! subscribe ── confirmed ── read the stream from our position ── listen
//!     ↑                                                            │ line lost, silence,
//!     └──────────────── deaf; wait a little ←──────────────────────┘ last id unexpected
//! ```

mod lost;
mod session;
mod stream;

use std::{sync::Arc, time::Duration};

use suo_link::wire::names::Names;
use tokio::{sync::Notify, time::sleep};

use crate::{counters::Counters, links::Links, origin::redis::Address};
use session::Session;

/// The longest pause between two attempts: an edge that was cut off is right within a second
/// of regained contact.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// The pause after the first failed attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// How soon the domains are asked for again.
const DOMAINS_PAUSE: Duration = Duration::from_millis(200);

/// Keeps [`Links`] true.
pub struct Feed {
    address: Address,
    names: Names,
    links: Arc<Links>,
    counters: Arc<Counters>,
    /// The domains have to be asked for.
    domains_wanted: Notify,
}

impl Feed {
    /// A feed that [`Feed::run`] starts.
    #[must_use]
    pub fn new(address: Address, names: Names, links: Arc<Links>, counters: Arc<Counters>) -> Self {
        Self {
            address,
            names,
            links,
            counters,
            domains_wanted: Notify::new(),
        }
    }

    /// Follows the changes for ever.
    pub async fn run(self) {
        self.domains_wanted.notify_one();
        tokio::join!(self.follow(), self.keep_domains());
    }

    async fn follow(&self) {
        let mut pause = Duration::ZERO;
        let mut is_told = false;
        loop {
            let lost = Session::run(self).await;
            if self.counters.deaf.value() == 0 {
                pause = Duration::ZERO;
                is_told = false;
            }
            self.links.lose_touch();
            if !is_told {
                tracing::warn!(%lost, "cannot hear of changes");
                is_told = true;
            }
            sleep(pause).await;
            pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        }
    }

    /// At the start and after every gap that could not be filled.
    async fn keep_domains(&self) {
        loop {
            self.domains_wanted.notified().await;
            while let Err(error) = self.links.load_domains().await {
                tracing::debug!(%error, "the domains are not known");
                sleep(DOMAINS_PAUSE).await;
            }
        }
    }
}
