//! Publication: what [`Publication`] asks for.

use suo_link::{
    time::Timestamp,
    wire::{
        names::{Bucket, LinkKey},
        sighting::{Answer, Question},
    },
};

use super::{super::Database, answer, outbox, relay};
use crate::store::{Message, Publication, RelayState, StoreError};

impl Publication for Database {
    fn put_doubt(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(|conn| outbox::put_nothing(conn, now))
    }

    fn relay_state(&self) -> Result<RelayState, StoreError> {
        self.read(relay::state)
    }

    fn number_outbox(&self) -> Result<RelayState, StoreError> {
        self.write(relay::number)
    }

    fn messages_after(&self, after: u64, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.read(|conn| relay::messages_after(conn, after, limit))
    }

    fn with_relay_lock(
        &self,
        body: &mut dyn FnMut(&mut RelayState) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.write_once(|conn| relay::with_lock(conn, body))
    }

    fn bury_message(&self, seq: u64) -> Result<(), StoreError> {
        self.write(|conn| relay::bury(conn, seq))
    }

    fn mark_published(
        &self,
        up_to: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        self.write(|conn| relay::mark_published(conn, up_to, now, limit))
    }

    fn trim_outbox(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(|conn| relay::trim(conn, before, limit))
    }

    fn stream_floor(&self, since: Timestamp, changes: u64) -> Result<Option<u64>, StoreError> {
        self.read(|conn| relay::stream_floor(conn, since, changes))
    }

    fn outbox_oldest(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(relay::oldest)
    }

    fn has_unpublished(&self) -> Result<bool, StoreError> {
        self.read(relay::has_unpublished)
    }

    fn answer(&self, question: &Question) -> Result<Answer, StoreError> {
        self.read(|conn| answer::answer(conn, question))
    }

    fn bucket_page(
        &self,
        bucket: Bucket,
        after: Option<&LinkKey>,
        limit: usize,
    ) -> Result<Vec<(LinkKey, Vec<u8>)>, StoreError> {
        self.read(|conn| answer::bucket_page(conn, bucket, after, limit))
    }

    fn known(&self, keys: &[LinkKey]) -> Result<Vec<bool>, StoreError> {
        self.read(|conn| answer::known(conn, keys))
    }
}
