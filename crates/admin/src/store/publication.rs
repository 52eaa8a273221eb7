//! How far publication has come, and what waits for it.

use suo_link::{
    rev::Generation,
    time::Timestamp,
    wire::{
        names::{BUCKETS, Bucket, LinkKey},
        sighting::{Answer, Question},
    },
};

use super::StoreError;

/// The relay's one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayState {
    /// The life of the instance's history in which `seq` counts.
    pub generation: Generation,
    /// The highest `seq` given.
    pub numbered: u64,
    /// The highest `seq` published.
    pub published: u64,
    /// Per bucket, the highest `seq` that Redis acknowledged; always [`BUCKETS`] numbers.
    pub acknowledged: Vec<u64>,
    /// Who is rebuilding the projection.
    pub rebuild_owner: Option<String>,
    /// Until when the rebuild counts as alive.
    pub rebuild_until: Option<Timestamp>,
    /// When markers were compared last.
    pub checked_at: Option<Timestamp>,
}

impl RelayState {
    /// The acknowledged numbers as the row keeps them: big-endian, bucket by bucket.
    pub(crate) fn acknowledged_bytes(&self) -> Vec<u8> {
        let number = |bucket| self.acknowledged.get(bucket).copied().unwrap_or(0);
        (0..BUCKETS)
            .flat_map(|bucket| number(bucket).to_be_bytes())
            .collect()
    }

    /// Reads what [`RelayState::acknowledged_bytes`] wrote; what is missing is 0.
    pub(crate) fn acknowledged_from(bytes: &[u8]) -> Vec<u64> {
        let (numbers, _) = bytes.as_chunks::<8>();
        let read = numbers.iter().map(|number| u64::from_be_bytes(*number));
        read.chain(std::iter::repeat(0)).take(BUCKETS).collect()
    }
}

/// A numbered message of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place in the published history.
    pub seq: u64,
    /// [`suo_link::wire::changes::Changes`], encoded, generation 0.
    pub changes: Vec<u8>,
    /// When it was written.
    pub committed_at: Timestamp,
}

/// The most messages that one call of [`Publication::number_outbox`] numbers: a long backlog must
/// not need one long statement.
pub const NUMBERED_AT_ONCE: u64 = 2000;

/// What the relay and the edges ask of the store.
pub trait Publication: Send + Sync {
    /// Puts a message without changes into the outbox: an edge that hears it looks up again
    /// whatever it remembers.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn put_doubt(&self, now: Timestamp) -> Result<(), StoreError>;

    /// How far publication has come.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn relay_state(&self) -> Result<RelayState, StoreError>;

    /// Gives the next numbers to outbox rows that have none, in order of their ids, while
    /// the relay's row is locked; at most [`NUMBERED_AT_ONCE`] a call.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn number_outbox(&self) -> Result<RelayState, StoreError>;

    /// Numbered messages with a `seq` above `after`, in order.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn messages_after(&self, after: u64, limit: usize) -> Result<Vec<Message>, StoreError>;

    /// Locks the relay's row, hands it to `body`, writes back what `body` changed.
    ///
    /// # Errors
    /// What `body` returns, and then nothing is written; else as every call.
    fn with_relay_lock(
        &self,
        body: &mut dyn FnMut(&mut RelayState) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Empties a message that nobody can read and begins a new generation, so that what it would
    /// have said is looked up everywhere.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn bury_message(&self, seq: u64) -> Result<(), StoreError>;

    /// Notes when the messages up to `up_to` were published, where that is not noted yet; at
    /// most `limit` a call; returns how many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn mark_published(&self, up_to: u64, now: Timestamp, limit: usize)
    -> Result<usize, StoreError>;

    /// Deletes messages published before `before`; at most `limit` a call; returns how many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn trim_outbox(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// The highest `seq` that was published before `since` and has at least `changes`
    /// published changes after it: the stream may be trimmed up to it.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn stream_floor(&self, since: Timestamp, changes: u64) -> Result<Option<u64>, StoreError>;

    /// When the oldest unpublished message was committed.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn outbox_oldest(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Whether anything waits to be numbered or published.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn has_unpublished(&self) -> Result<bool, StoreError>;

    /// What an edge asks. The marker (the highest number given) is read before the rows, so
    /// that everything up to it is in them; records bear the generation.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn answer(&self, question: &Question) -> Result<Answer, StoreError>;

    /// The codes of a link bucket in order, after `after`, with their encoded records, which
    /// bear the generation.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn bucket_page(
        &self,
        bucket: Bucket,
        after: Option<&LinkKey>,
        limit: usize,
    ) -> Result<Vec<(LinkKey, Vec<u8>)>, StoreError>;

    /// Which of these keys there are, in order.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn known(&self, keys: &[LinkKey]) -> Result<Vec<bool>, StoreError>;
}
