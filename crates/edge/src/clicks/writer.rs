//! A worker's side of its journal: appends, and never waits.

use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::Thread,
};

use suo_link::wire::clicks::{
    Dropped, NO_REFERRER, OTHER_REFERRER, Row,
    segment::{MAX_HOST, MAX_HOSTS},
};

use super::{
    cell::{PIECE, cells_of_host},
    chunk::{Chunk, Memory},
};
use crate::hash::Seeded;

/// The longest host that is named, in bytes: two cells, room for a label of the longest (63) and a domain. A
/// click from a host that is new takes three cells so; with all of the 253 bytes that DNS allows it would be
/// seven, and a stranger who makes up hosts would fill the journal seven times as fast.
const LONGEST_HOST: usize = 2 * PIECE;

const _: () = assert!(LONGEST_HOST <= MAX_HOST);

/// The most cells that one click takes: its own and those of a host that is new.
const MOST_CELLS: usize = 1 + cells_of_host(LONGEST_HOST);

/// What a worker and the shipper share: empty chunks in one direction, counts in the other.
#[derive(Debug)]
pub(super) struct Handover<M> {
    spares: Mutex<VecDeque<Arc<Chunk<M>>>>,
    full: AtomicU64,
    unwritable: AtomicU64,
    /// Why there are no spares, if there are none.
    is_unwritable: AtomicBool,
    shipper: Thread,
}

impl<M: Memory> Handover<M> {
    pub(super) fn new(shipper: Thread) -> Self {
        Self {
            spares: Mutex::default(),
            full: AtomicU64::new(0),
            unwritable: AtomicU64::new(0),
            is_unwritable: AtomicBool::new(false),
            shipper,
        }
    }

    pub(super) fn spares(&self) -> usize {
        self.lock().len()
    }

    pub(super) fn give(&self, chunk: Arc<Chunk<M>>) {
        self.lock().push_back(chunk);
    }

    /// Says why no more chunks come, for now.
    pub(super) fn cannot_be_written(&self, is_unwritable: bool) {
        self.is_unwritable.store(is_unwritable, Relaxed);
    }

    pub(super) fn dropped(&self) -> Dropped {
        Dropped {
            full: self.full.load(Relaxed),
            unwritable: self.unwritable.load(Relaxed),
        }
    }

    fn take(&self) -> Option<Arc<Chunk<M>>> {
        let chunk = self.lock().pop_front();
        if chunk.is_some() {
            self.shipper.unpark();
        }
        chunk
    }

    fn drop_one(&self) -> Dropped {
        let count = if self.is_unwritable.load(Relaxed) {
            &self.unwritable
        } else {
            &self.full
        };
        count.fetch_add(1, Relaxed);
        self.dropped()
    }

    /// Held for a push or a pop; nobody panics meanwhile.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Chunk<M>>>> {
        self.spares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Appends clicks; one for each worker.
#[derive(Debug)]
pub(super) struct Writer<M> {
    handover: Arc<Handover<M>>,
    chunk: Option<Arc<Chunk<M>>>,
    /// The next empty cell.
    at: usize,
    /// Whether blocks were leased for the journal.
    leases: bool,
    hosts: HashMap<Box<[u8]>, u16, Seeded>,
}

impl<M: Memory> Writer<M> {
    pub(super) fn new(handover: Arc<Handover<M>>) -> Self {
        Self {
            handover,
            chunk: None,
            at: 0,
            leases: false,
            hosts: HashMap::with_hasher(Seeded::random()),
        }
    }

    /// Has the next cell fetched.
    pub(super) fn expect(&self) {
        if let Some(chunk) = &self.chunk {
            chunk.expect(self.at);
        }
    }

    /// Appends a click whose visitor came from this host (empty: from none that is named).
    pub(super) fn append(&mut self, row: Row, host: &[u8]) {
        if !self.has_room() {
            self.drop_one();
            return;
        }
        let row = row.with_referrer(self.referrer(host));
        let Some(chunk) = &self.chunk else { return };
        chunk.put(self.at, row);
        self.at += 1;
        chunk.publish(self.at);
    }

    /// Notes that blocks are leased for this journal. Whether there is room for a click: one that
    /// a block pays for must not be dropped.
    pub(super) fn lease(&mut self) -> bool {
        if !self.has_room() {
            return false;
        }
        if !std::mem::replace(&mut self.leases, true)
            && let Some(chunk) = &self.chunk
        {
            chunk.note_leased();
        }
        true
    }

    /// How many were not appended.
    #[cfg(test)]
    pub(super) fn dropped(&self) -> u64 {
        let dropped = self.handover.dropped();
        dropped.full + dropped.unwritable
    }

    #[inline]
    fn has_room(&mut self) -> bool {
        let fits = |chunk: &Arc<Chunk<M>>| self.at + MOST_CELLS <= chunk.cells();
        self.chunk.as_ref().is_some_and(fits) || self.turn_over()
    }

    /// Goes on in the next chunk, if there is one.
    #[cold]
    fn turn_over(&mut self) -> bool {
        let Some(next) = self.handover.take() else {
            return false;
        };
        next.note_dropped(self.handover.dropped());
        if self.leases {
            next.note_leased();
        }
        if let Some(full) = self.chunk.replace(next) {
            full.leave();
        }
        self.at = 0;
        self.hosts.clear();
        true
    }

    #[cold]
    fn drop_one(&mut self) {
        let dropped = self.handover.drop_one();
        if let Some(chunk) = &self.chunk {
            chunk.note_dropped(dropped);
        }
    }

    /// The place of a host in the chunk's dictionary; one that is new is written into it.
    fn referrer(&mut self, host: &[u8]) -> u16 {
        if host.is_empty() {
            return NO_REFERRER;
        }
        let host = lower(host);
        if let Some(place) = self.hosts.get(&*host) {
            return *place;
        }
        let Some(chunk) = &self.chunk else {
            return OTHER_REFERRER;
        };
        if self.hosts.len() >= MAX_HOSTS || host.len() > LONGEST_HOST || !host.is_ascii() {
            return OTHER_REFERRER;
        }
        chunk.put_host(self.at, &host);
        self.at += cells_of_host(host.len());
        let place = self.hosts.len() as u16 + 1;
        self.hosts.insert(host.into(), place);
        place
    }
}

/// A worker that ends leaves its chunk to the shipper.
impl<M> Drop for Writer<M> {
    fn drop(&mut self) {
        if let Some(chunk) = self.chunk.take() {
            chunk.leave();
        }
    }
}

fn lower(host: &[u8]) -> Cow<'_, [u8]> {
    if host.iter().any(u8::is_ascii_uppercase) {
        host.to_ascii_lowercase().into()
    } else {
        host.into()
    }
}
