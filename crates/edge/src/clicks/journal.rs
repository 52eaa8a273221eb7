//! The shipper's side of one journal: closes segments, remembers which are not applied yet,
//! and gives memory back.

use std::{
    collections::VecDeque,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use suo_link::wire::clicks::{Dropped, JournalId, SegmentName, segment::MAX_CLICKS};

use super::{
    chunk::{Chunk, Memory},
    held::Held,
    pending::{Closed, Pending},
    writer::Handover,
};

/// How old the first click of a segment is at most when it is closed.
const AGE: Duration = Duration::from_millis(100);

/// One journal: of a worker, or left by an earlier process.
pub(super) struct Journal<M> {
    id: JournalId,
    handover: Option<Arc<Handover<M>>>,
    chunks: VecDeque<Held<M>>,
    /// The place of the next chunk.
    next_place: u64,
    /// The number of the next segment.
    next: u64,
    pending: Pending,
    /// Since when there is something to close.
    open_since: Option<Instant>,
    /// Whether a segment without clicks was made, which says that the journal ends.
    is_finished: bool,
}

impl<M: Memory> Journal<M> {
    /// A new journal that a worker writes.
    pub(super) fn new(id: JournalId, handover: Arc<Handover<M>>) -> Self {
        Self {
            handover: Some(handover),
            ..Self::empty(id)
        }
    }

    /// A journal that an earlier process has left; its chunks in any order.
    pub(super) fn left(id: JournalId, mut chunks: Vec<Chunk<M>>) -> Self {
        chunks.sort_by_key(Chunk::place);
        let mut journal = Self::empty(id);
        for chunk in chunks {
            journal.take_over(chunk);
        }
        // All are left, so this closes all there is.
        journal.close(Instant::now(), true);
        journal.finish();
        journal
    }

    fn empty(id: JournalId) -> Self {
        Self {
            id,
            handover: None,
            chunks: VecDeque::new(),
            next_place: 0,
            next: 1,
            pending: Pending::default(),
            open_since: None,
            is_finished: false,
        }
    }

    fn take_over(&mut self, chunk: Chunk<M>) {
        match chunk.first_segment() {
            0 => {}
            first => {
                self.close(Instant::now(), true);
                self.next = first;
            }
        }
        let sealed = chunk.sealed();
        self.chunks.push_back(Held::new(chunk.into()));
        for range in sealed {
            self.note(self.chunks.len() - 1, range);
        }
    }

    pub(super) fn id(&self) -> JournalId {
        self.id
    }

    /// Whether a worker writes it.
    pub(super) fn is_alive(&self) -> bool {
        self.handover.is_some()
    }

    /// Nobody writes it any more.
    pub(super) fn end(&mut self) {
        // With it go spares that nobody has begun.
        self.handover = None;
    }

    /// Closed segments and clicks in them that are not known to be applied.
    pub(super) fn waiting(&self) -> (usize, u64) {
        self.pending.count()
    }

    /// What was dropped so far. Each chunk says what was until its worker left it, and a spare that nobody
    /// has begun says nothing.
    pub(super) fn dropped(&self) -> Dropped {
        if let Some(handover) = &self.handover {
            return handover.dropped();
        }
        let chunks = self.chunks.iter().map(|held| held.chunk.dropped());
        chunks.fold(Dropped::default(), |most, dropped| Dropped {
            full: most.full.max(dropped.full),
            unwritable: most.unwritable.max(dropped.unwritable),
        })
    }

    /// Whether its worker needs another chunk soon.
    pub(super) fn wants_chunk(&self) -> bool {
        self.handover
            .as_ref()
            .is_some_and(|handover| handover.spares() == 0)
    }

    /// Why no chunk comes: no room on the disk, or none within the bound.
    pub(super) fn refuse_chunk(&self, is_unwritable: bool) {
        if let Some(handover) = &self.handover {
            handover.cannot_be_written(is_unwritable);
        }
    }

    /// Makes a chunk of this memory for the worker.
    pub(super) fn add_chunk(&mut self, memory: M) {
        let Some(handover) = &self.handover else {
            return;
        };
        let chunk = Arc::new(Chunk::begin(memory, self.id, self.next_place));
        self.next_place += 1;
        if self.chunks.is_empty() {
            chunk.set_first_segment(self.next);
        }
        self.chunks.push_back(Held::new(Arc::clone(&chunk)));
        handover.cannot_be_written(false);
        handover.give(chunk);
    }

    /// Closes what is full or old, or all there is.
    pub(super) fn close(&mut self, now: Instant, all: bool) {
        let is_old = self
            .open_since
            .is_some_and(|since| now.duration_since(since) >= AGE);
        let mut is_open = false;
        for place in 0..self.chunks.len() {
            let (chunk, closed) = (&self.chunks[place].chunk, self.chunks[place].closed);
            let (written, left) = chunk.progress();
            if written > closed {
                self.name_first(place);
            }
            let mut begin = closed;
            while written > begin {
                let end = written.min(begin + MAX_CLICKS);
                let is_full = end - begin == MAX_CLICKS;
                if !(is_full || left || is_old || all) {
                    is_open = true;
                    break;
                }
                let held = &self.chunks[place];
                held.chunk.seal(held.segments, end);
                self.note(place, begin..end);
                begin = end;
            }
            // What comes after it was not begun when it was looked at, and must not be closed first.
            if !left {
                break;
            }
        }
        self.open_since = is_open.then(|| self.open_since.unwrap_or(now));
    }

    /// Makes the last segment, without clicks, once nobody writes any more and all is closed; only if
    /// blocks were leased for this journal: what they have left is free when this one is applied.
    pub(super) fn finish(&mut self) {
        let is_closed = |held: &Held<M>| held.closed >= held.chunk.progress().0;
        let is_leased = self.chunks.iter().any(|held| held.chunk.is_leased());
        let is_due = self.handover.is_none() && is_leased && self.chunks.iter().all(is_closed);
        let Some(last) = self.chunks.back().filter(|_| is_due && !self.is_finished) else {
            return;
        };
        self.is_finished = true;
        let (place, end) = (last.chunk.place(), last.closed);
        self.push(place, end..end, 0);
    }

    /// Whether the first chunk alone tells a successor of this process that the journal's end has
    /// to be told.
    fn is_first_needed_for_the_end(&self) -> bool {
        let is_leased = |held: &Held<M>| held.chunk.is_leased();
        let is_told = self.is_finished && self.pending.first().is_none();
        let mut chunks = self.chunks.iter();
        !is_told && chunks.next().is_some_and(is_leased) && !chunks.any(is_leased)
    }

    /// A chunk that a new process finds alone must tell how its segments are numbered.
    fn name_first(&self, place: usize) {
        let held = &self.chunks[place];
        if held.segments == 0 {
            held.chunk.set_first_segment(self.next);
        }
    }

    fn note(&mut self, place: usize, cells: Range<usize>) {
        let held = &mut self.chunks[place];
        let is_click = |cell: &usize| held.chunk.is_click(*cell);
        let clicks = cells.clone().filter(is_click).count() as u64;
        held.closed = cells.end;
        held.segments += 1;
        let place = held.chunk.place();
        self.push(place, cells, clicks);
    }

    fn push(&mut self, place: u64, cells: Range<usize>, clicks: u64) {
        self.pending.push(Closed {
            number: self.next,
            place,
            cells,
            clicks,
            dropped: self.dropped(),
            sent: None,
        });
        self.next += 1;
    }

    /// Whether a segment is to be shipped.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.pending.due(now, 1).next().is_some()
    }

    /// The next segments to be shipped: at most `limit`, with their bytes. Those that are taken
    /// must be told to [`Journal::sent`].
    pub(super) fn due(&mut self, now: Instant, limit: usize) -> Vec<(SegmentName, Vec<u8>)> {
        let oldest = self.pending.first().map_or(self.next, |first| first.number);
        let (chunks, id) = (&mut self.chunks, self.id);
        let due = self.pending.due(now, limit);
        due.filter_map(|segment| {
            let held = chunks
                .iter_mut()
                .find(|held| held.chunk.place() == segment.place)?;
            let name = SegmentName {
                journal: id,
                number: segment.number,
            };
            let cells = segment.cells.clone();
            Some((name, held.encode(name, oldest - 1, cells, segment.dropped)))
        })
        .collect()
    }

    /// A segment is on its way.
    pub(super) fn sent(&mut self, number: u64, now: Instant) {
        self.pending.sent(number, now);
    }

    /// All segments up to this number are in the database.
    pub(super) fn applied(&mut self, number: u64) {
        self.pending.applied(number);
    }

    /// Memory that is not needed any more.
    pub(super) fn release(&mut self) -> Vec<M> {
        let mut released = Vec::new();
        while let Some(held) = self.chunks.front() {
            let (written, left) = held.chunk.progress();
            let is_abandoned = self.handover.is_none();
            let is_needed = self
                .pending
                .first()
                .is_some_and(|first| first.place == held.chunk.place());
            let is_kept = is_needed || self.is_first_needed_for_the_end();
            if !(left || is_abandoned) || held.closed < written || is_kept {
                break;
            }
            // The numbering must not be lost with this chunk.
            if self.chunks.len() > 1 {
                self.name_first(1);
            }
            let Some(held) = self.chunks.pop_front() else {
                break;
            };
            // The worker may hold it for another moment.
            match Arc::try_unwrap(held.chunk) {
                Ok(chunk) => released.push(chunk.into_memory()),
                Err(chunk) => {
                    self.chunks.push_front(Held::closed(chunk, held.segments));
                    break;
                }
            }
        }
        released
    }

    /// Whether nothing of it is left.
    pub(super) fn is_over(&self) -> bool {
        self.handover.is_none() && self.chunks.is_empty()
    }
}
