//! Counting: what [`Counting`] asks for.

use suo_link::{
    id::LinkId,
    time::Timestamp,
    wire::{
        clicks::{Segment, SegmentName},
        leases::{Reply, Request},
    },
};

use super::{super::Database, clicks, leases};
use crate::{
    clicks::Rules,
    store::{Books, ClicksState, Counting, Depth, Period, StoreError, Watermark},
};

impl Counting for Database {
    fn count_clicks(
        &self,
        segments: &[Segment],
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Vec<Watermark>, StoreError> {
        self.write(|conn| clicks::count(conn, segments, rules, now))
    }

    fn park_clicks(
        &self,
        name: SegmentName,
        segment: &[u8],
        reason: &str,
        now: Timestamp,
    ) -> Result<Watermark, StoreError> {
        self.write(|conn| clicks::park(conn, name, segment, reason, now))
    }

    fn forget_journals(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(|conn| {
            leases::forget(conn, before)?;
            clicks::journals::forget(conn, before, limit)
        })
    }

    fn clicks_state(&self) -> Result<ClicksState, StoreError> {
        self.read(clicks::books::state)
    }

    fn click_books(&self, period: &Period, depth: Depth) -> Result<Books, StoreError> {
        self.snapshot(depth.limit(), |conn| {
            clicks::books::all(conn, period, depth)
        })
    }

    fn lease(&self, request: &Request, now: Timestamp) -> Result<Option<Reply>, StoreError> {
        self.write(|conn| leases::lease(conn, request, now, self.random()))
    }

    fn leases_overdue(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.read(|conn| leases::overdue(conn, before))
    }

    fn scans(&self, link: LinkId) -> Result<u64, StoreError> {
        self.read(|conn| clicks::scans(conn, link))
    }
}
