//! How far publication has come, and what waits for it.

use suo_link::{rev::Generation, time::Timestamp, wire::names::BUCKETS};

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
