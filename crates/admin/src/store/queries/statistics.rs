//! Statistics: what [`Statistics`] asks for.

pub(super) mod events;
mod keys;
mod numbers;
pub(super) mod visitors;

use suo_link::{time::Timestamp, visitor::VisitorKey};

use super::{super::Database, clicks::hosts};
use crate::store::{EventFilter, Numbers, NumbersOf, Statistics, StoreError, StoredEvent};

impl Statistics for Database {
    fn visitor_key(
        &self,
        day: Timestamp,
        new: VisitorKey,
        now: Timestamp,
    ) -> Result<VisitorKey, StoreError> {
        self.write(|conn| keys::of_day(conn, day, new, now))
    }

    fn forget_visitor_keys(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(|conn| keys::forget(conn, before))
    }

    fn fold_visits(&self, limit: usize) -> Result<usize, StoreError> {
        self.write(|conn| visitors::fold(conn, limit))
    }

    fn close_visitors(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(|conn| visitors::close(conn, before, limit))
    }

    fn forget_hosts(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(|conn| hosts::forget(conn, before, limit))
    }

    fn numbers(&self, of: &NumbersOf) -> Result<Numbers, StoreError> {
        self.read(|conn| numbers::read(conn, of))
    }

    fn events(&self, filter: &EventFilter) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(|conn| events::page(conn, filter))
    }

    fn events_after(&self, id: i64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(|conn| events::after(conn, id, limit))
    }

    fn last_event(&self) -> Result<i64, StoreError> {
        self.read(events::last)
    }

    fn forget_events(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(|conn| events::forget(conn, before, limit))
    }
}
