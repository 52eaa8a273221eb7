//! One life of the two connections: from subscribing to the first thing that is not as it should be.

use std::{convert::Infallible, pin::pin, time::Duration};

use futures_util::{StreamExt, future, stream};
use redis::aio::PubSub;
use suo_link::{rev::Position, wire::changes::Notice};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{
    Feed,
    lost::Lost,
    stream::{Entry, Stream},
};
use crate::links::Links;

/// How often the last id is read.
const BEAT: Duration = Duration::from_millis(250);

/// How long connecting and subscribing may take together.
const CONNECT_LIMIT: Duration = Duration::from_millis(800);

pub(super) struct Session<'a> {
    feed: &'a Feed,
    stream: Stream,
    /// What the last heartbeat saw ahead of us: by the next one it must have been heard.
    ahead: Option<Position>,
}

/// What a heartbeat saw.
struct Beat {
    /// Our position when it was sent.
    asked_at: Option<Position>,
    /// The last id of the stream.
    last: Option<Position>,
}

impl<'a> Session<'a> {
    /// Until something is not as it should be.
    pub(super) async fn run(feed: &'a Feed) -> Lost {
        match Self::live(feed).await {
            Ok(never) => match never {},
            Err(lost) => lost,
        }
    }

    async fn live(feed: &'a Feed) -> Result<Infallible, Lost> {
        let (pubsub, stream) = timeout(CONNECT_LIMIT, connect(feed))
            .await
            .map_err(|_| Lost::Silence)??;
        let mut session = Self {
            feed,
            stream,
            ahead: None,
        };
        session.catch_up().await?;
        feed.address.stream_answers(true);
        feed.links.hear();
        tracing::info!(position = ?feed.links.position(), "hears of changes");
        session.listen(pubsub).await
    }

    /// Notices first: what has arrived must not look missing to a heartbeat.
    async fn listen(&mut self, mut pubsub: PubSub) -> Result<Infallible, Lost> {
        let mut notices = pubsub.on_message();
        let mut beats = pin!(beats(self.stream.clone(), &self.feed.links));
        loop {
            tokio::select! {
                biased;
                notice = notices.next() => match notice {
                    Some(notice) => self.hear(notice.get_payload_bytes()).await?,
                    None => return Err(Lost::Line(String::from("the subscription ended"))),
                },
                Some(beat) = beats.next() => self.beat(&beat?)?,
            }
        }
    }

    async fn hear(&mut self, payload: &[u8]) -> Result<(), Lost> {
        let position = self.feed.links.position();
        match Notice::decode(payload) {
            Ok(notice) if is_next(&notice, position) => {
                self.feed.links.apply(&notice);
                Ok(())
            }
            Ok(notice) if is_known(notice.position, position) => Ok(()),
            // The stream has what is missing, or tells what cannot be read.
            Ok(_) | Err(_) => self.catch_up().await,
        }
    }

    fn beat(&mut self, beat: &Beat) -> Result<(), Lost> {
        let last = beat.last.ok_or(Lost::NoStream)?;
        let ours = self.feed.links.position().ok_or(Lost::Missed)?;
        if last.generation == ours.generation && Some(last) < beat.asked_at {
            return Err(Lost::WentBack);
        }
        if last.generation != ours.generation || self.ahead.is_some_and(|ahead| ours < ahead) {
            return Err(Lost::Missed);
        }
        self.ahead = Some(last);
        let behind = last.seq.saturating_sub(ours.seq);
        self.feed.counters.behind.set(behind);
        self.feed.links.hear();
        Ok(())
    }

    /// Reads the stream from our position to its end.
    async fn catch_up(&mut self) -> Result<(), Lost> {
        let last = self.stream.last().await?.ok_or(Lost::NoStream)?;
        let Some(ours) = self.feed.links.position() else {
            if !self.feed.may_begin_at(last).await {
                return Err(Lost::WentBack);
            }
            // Whatever was looked up by now may have changed before anybody listened.
            self.feed.links.miss(last);
            return Ok(());
        };
        if last.generation < ours.generation
            || last.generation == ours.generation && last.seq < ours.seq
        {
            return Err(Lost::WentBack);
        }
        if last.generation > ours.generation {
            self.miss(last);
            return Ok(());
        }
        self.replay(ours).await
    }

    async fn replay(&self, from: Position) -> Result<(), Lost> {
        let mut ours = from;
        let mut is_whole = true;
        loop {
            let page = self.stream.clone().after(ours).await?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                is_whole &= self.take(&entry, ours);
                ours = entry.position;
            }
        }
        if is_whole && ours != from {
            self.feed.counters.gaps_filled.add_one();
        }
        Ok(())
    }

    /// `false`: something is missing before it, or it can't be read.
    fn take(&self, entry: &Entry, ours: Position) -> bool {
        let notice = entry.notice.as_ref();
        let is_next = notice.is_some_and(|notice| is_next(notice, Some(ours)));
        if !is_next {
            self.miss(entry.position);
        }
        match notice {
            Some(notice) => self.feed.links.apply(notice),
            None => self.feed.counters.unreadable_notices.add_one(),
        }
        is_next
    }

    /// What was missed is missed for good.
    fn miss(&self, position: Position) {
        self.feed.counters.gaps_unfilled.add_one();
        tracing::warn!(%position, "changes were missed: everything is looked up again");
        self.feed.links.miss(position);
    }
}

/// Both connections; what is published from now on is heard.
///
/// In a cluster both lead to the node that holds the stream: a notice is published there, and
/// what other nodes pass on can be lost on the way.
async fn connect(feed: &Feed) -> Result<(PubSub, Stream), Lost> {
    let server = feed.address.holder(&feed.names.stream()).await?;
    let subscribed = async {
        let mut pubsub = server.subscriber().await?;
        pubsub.subscribe(feed.names.channel()).await?;
        Ok(pubsub)
    };
    let (pubsub, commands) = future::try_join(subscribed, server.commands()).await?;
    Ok((pubsub, Stream::new(commands, &feed.names)))
}

/// The last id, read again and again.
fn beats(stream: Stream, links: &Links) -> impl futures_util::Stream<Item = Result<Beat, Lost>> {
    let mut ticks = interval(BEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::unfold((stream, ticks), async move |(mut stream, mut ticks)| {
        ticks.tick().await;
        let asked_at = links.position();
        let last = stream.last().await;
        let beat = last.map(|last| Beat { asked_at, last });
        Some((beat, (stream, ticks)))
    })
}

/// Whether a notice tells what came after our position. One without changes tells nothing: a
/// relay puts it in the place of the last change, where that can no longer be told.
fn is_next(notice: &Notice, ours: Option<Position>) -> bool {
    let position = notice.position;
    let follows = |ours: Position| {
        position.generation == ours.generation && ours.seq.checked_add(1) == Some(position.seq)
    };
    !notice.changes.0.is_empty() && ours.is_some_and(follows)
}

/// Whether what is there was applied already.
fn is_known(position: Position, ours: Option<Position>) -> bool {
    ours.is_some_and(|ours| position.generation == ours.generation && position.seq <= ours.seq)
}
