//! Hears of changes from Redis, and knows when it does not.
//!
//! ```text
//! subscribe ── confirmed ── read the stream from our position ── listen
//!     ↑                                                            │ line lost, silence,
//!     └──────────────── deaf; wait a little ←──────────────────────┘ last id unexpected
//! ```

mod fatal;
mod lost;
mod session;
mod stream;

use std::{sync::Arc, time::Duration};

use suo_link::{rev::Position, wire::names::Names};
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep},
};

use crate::{
    counters::Counters,
    links::Links,
    origin::{Unavailable, redis::Address},
};
use fatal::PanicEndsProcess;
use session::Session;

/// The longest pause between two attempts: an edge that was cut off is right within a second
/// of regained contact.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// The pause after the first failed attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// How long an edge that has heard nothing yet waits for a Redis that is behind what is published,
/// before it serves by what admins say. A relay looks twice a second.
const SUSPICION: Duration = Duration::from_secs(3);

/// How often somebody looks whether the domains have to be asked for.
const DOMAINS_BEAT: Duration = Duration::from_millis(50);

/// The longest pause between two attempts to learn the domains.
const LONGEST_DOMAINS_PAUSE: Duration = Duration::from_millis(400);

/// Keeps [`Links`] true.
pub struct Feed {
    address: Address,
    names: Names,
    links: Arc<Links>,
    counters: Arc<Counters>,
    /// Where the stream must stand before an edge that has heard nothing yet believes Redis,
    /// and since when it waits for that.
    wanted: OnceCell<(Option<Position>, Instant)>,
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
            wanted: OnceCell::new(),
        }
    }

    /// Follows the changes for ever.
    pub async fn run(self) {
        let _guard = PanicEndsProcess("the feed of changes");
        tokio::join!(self.follow(), self.keep_domains());
    }

    async fn follow(&self) {
        let mut pause = Duration::ZERO;
        let mut is_told = false;
        loop {
            let lost = Session::run(self).await;
            self.address.stream_answers(false);
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

    /// Whether Redis may be believed by an edge that has heard nothing yet: one that was set back
    /// looks whole until a relay has looked, and an admin knows where the stream should be.
    async fn may_begin_at(&self, last: Position) -> bool {
        let asked = self.wanted.get_or_try_init(async || {
            let published = self.links.published().await?;
            Ok::<_, Unavailable>((published, Instant::now()))
        });
        match asked.await {
            Ok((published, since)) => {
                if since.elapsed() >= SUSPICION {
                    self.links.serve_without_hearing();
                }
                Some(last) >= *published
            }
            Err(reason) => {
                tracing::debug!(%reason, "nobody can say how old Redis is");
                true
            }
        }
    }

    /// At the start, and whenever something about them may have been missed: asks until
    /// somebody has answered.
    async fn keep_domains(&self) {
        let mut pause = DOMAINS_BEAT;
        loop {
            if self.links.domains_are_current() {
                pause = DOMAINS_BEAT;
            } else if let Err(error) = self.links.load_domains().await {
                tracing::debug!(%error, "the domains are not known for certain");
                pause = (pause * 2).min(LONGEST_DOMAINS_PAUSE);
            }
            sleep(pause).await;
        }
    }
}
