//! A chunk as the shipper sees it: what is closed, and which hosts its clicks name.

use std::{ops::Range, sync::Arc};

use suo_link::wire::clicks::{Dropped, NO_REFERRER, SegmentName, segment};

use super::{
    cell::Cell,
    chunk::{Chunk, Memory},
};

/// A chunk, and how far the shipper has come in it.
pub(super) struct Held<M> {
    pub(super) chunk: Arc<Chunk<M>>,
    /// Cells that are closed.
    pub(super) closed: usize,
    /// Segments that they make.
    pub(super) segments: usize,
    /// Hosts that begin before the cell `read`.
    hosts: Vec<Vec<u8>>,
    read: usize,
}

impl<M: Memory> Held<M> {
    pub(super) fn new(chunk: Arc<Chunk<M>>) -> Self {
        Self {
            chunk,
            closed: 0,
            segments: 0,
            hosts: Vec::new(),
            read: 0,
        }
    }

    /// A chunk of which everything is closed and applied.
    pub(super) fn closed(chunk: Arc<Chunk<M>>, segments: usize) -> Self {
        Self {
            closed: chunk.progress().0,
            segments,
            ..Self::new(chunk)
        }
    }

    /// A segment's bytes, with those hosts alone that its clicks name.
    pub(super) fn encode(
        &mut self,
        name: SegmentName,
        confirmed: u64,
        cells: Range<usize>,
        dropped: Dropped,
    ) -> Vec<u8> {
        self.read_hosts(cells.end);
        let mut places = vec![NO_REFERRER; self.hosts.len()];
        let mut hosts = Vec::new();
        let mut rows = Vec::with_capacity(cells.len());
        for cell in cells {
            let Cell::Click(row) = self.chunk.cell(cell) else {
                continue;
            };
            let referrer = row.referrer();
            let place = usize::from(referrer.wrapping_sub(1));
            let referrer = match (places.get_mut(place), self.hosts.get(place)) {
                (Some(new @ &mut NO_REFERRER), Some(host)) => {
                    hosts.push(String::from_utf8_lossy(host));
                    *new = hosts.len() as u16;
                    *new
                }
                (Some(known), _) => *known,
                // None, or "other": neither has a place.
                (None, _) => referrer,
            };
            rows.push(row.with_referrer(referrer));
        }
        segment::encode(name, confirmed, dropped, &hosts, &rows)
    }

    fn read_hosts(&mut self, end: usize) {
        for cell in self.read..end {
            let Cell::Host {
                begins,
                piece,
                length,
            } = self.chunk.cell(cell)
            else {
                continue;
            };
            if begins {
                self.hosts.push(Vec::new());
            }
            if let Some(host) = self.hosts.last_mut() {
                host.extend_from_slice(&piece[..length]);
            }
        }
        self.read = self.read.max(end);
    }
}
