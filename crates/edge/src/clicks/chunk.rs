//! A piece of a journal: a header, seals, cells.
//!
//! ```text
//! words   0        1 2      3      4              5        6           7       512    then
//!         magic    journal  place  first segment  dropped  unwritable  leased  seals  cells of 8 words
//! ```
//!
//! One worker writes cells, from the first on, each once: seven words, then its check; and the words 5 to 7. One
//! thread, the shipper, writes the rest. A cell is a click or a piece of a referrer's host; a
//! click holds the place of its host among those of the chunk. A *seal* closes a segment: its
//! number and the cell that comes after its last one, in one word.
//!
//! The memory is whatever words there are, so that all of this runs on plain memory in tests.

use std::{
    ops::{Deref, Range},
    sync::atomic::{
        AtomicBool, AtomicU64, AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use suo_link::wire::clicks::{Dropped, JournalId, Row};
use xxhash_rust::xxh3::xxh3_64;

use super::cell::{Cell, rows_of_host};
use crate::prefetch::prefetch;

/// Words that a process shares with its successors.
pub(super) trait Memory: Deref<Target = [AtomicU64]> + Send + Sync + 'static {}

impl<T: Deref<Target = [AtomicU64]> + Send + Sync + 'static> Memory for T {}

/// "suo clicks", version 1 of this layout.
const MAGIC: u64 = 0x7375_6f63_6c6b_0001;

const JOURNAL: usize = 1;
const PLACE: usize = 3;
const FIRST_SEGMENT: usize = 4;
const FULL: usize = 5;
const UNWRITABLE: usize = 6;
const LEASED: usize = 7;

/// A page, so that seals and cells begin on pages of their own.
const HEADER: usize = 512;

/// A cell, and the seal that it may need.
const CELL: usize = 8;
const WORDS_A_CELL: usize = CELL + 1;

/// How many words a chunk of so many cells takes.
pub(super) const fn words(cells: usize) -> usize {
    HEADER + cells * WORDS_A_CELL
}

/// A piece of a journal.
#[derive(Debug)]
pub(super) struct Chunk<M> {
    memory: M,
    journal: JournalId,
    /// The chunk's place in its journal, from 0.
    place: u64,
    cells: usize,
    seed: u64,
    /// Cells that are whole.
    written: AtomicUsize,
    /// Whether the worker writes no more of them.
    left: AtomicBool,
}

impl<M> Chunk<M> {
    /// The worker writes no more into it.
    pub(super) fn leave(&self) {
        self.left.store(true, Release);
    }
}

impl<M: Memory> Chunk<M> {
    /// Makes an empty chunk in memory that may hold anything.
    pub(super) fn begin(memory: M, journal: JournalId, place: u64) -> Self {
        let chunk = Self::at(memory, journal, place);
        // Until it has a magic number again it is nobody's.
        chunk.word(0).store(0, Release);
        for word in chunk.memory.iter().take(HEADER + chunk.cells).skip(1) {
            word.store(0, Relaxed);
        }
        // Who writes a page for the first time waits for the kernel; better here than there.
        for word in chunk
            .memory
            .iter()
            .skip(HEADER + chunk.cells)
            .step_by(HEADER)
        {
            word.store(0, Relaxed);
        }
        let (high, low) = halves(journal);
        chunk.word(JOURNAL).store(high, Relaxed);
        chunk.word(JOURNAL + 1).store(low, Relaxed);
        chunk.word(PLACE).store(place, Relaxed);
        chunk.word(0).store(MAGIC, Release);
        chunk
    }

    /// Opens a chunk that an earlier process has left; gives the memory back if it is none.
    pub(super) fn reopen(memory: M) -> Result<Self, M> {
        let word = |place: usize| memory.get(place).map_or(0, |word| word.load(Acquire));
        if word(0) != MAGIC {
            return Err(memory);
        }
        let id = u128::from(word(JOURNAL)) << 64 | u128::from(word(JOURNAL + 1));
        let place = word(PLACE);
        let chunk = Self::at(memory, JournalId(id.to_be_bytes()), place);
        let is_whole =
            |cell: &usize| chunk.row(*cell).check(chunk.seed + *cell as u64) == chunk.check(*cell);
        let written = (0..chunk.cells).take_while(is_whole).count();
        chunk.written.store(written, Relaxed);
        chunk.left.store(true, Relaxed);
        Ok(chunk)
    }

    fn at(memory: M, journal: JournalId, place: u64) -> Self {
        let mut name = [0; 24];
        name[..16].copy_from_slice(&journal.0);
        name[16..].copy_from_slice(&place.to_be_bytes());
        Self {
            cells: memory.len().saturating_sub(HEADER) / WORDS_A_CELL,
            memory,
            journal,
            place,
            // Room above it, for the number of the cell.
            seed: xxh3_64(&name) >> 1,
            written: AtomicUsize::new(0),
            left: AtomicBool::new(false),
        }
    }

    pub(super) fn journal(&self) -> JournalId {
        self.journal
    }

    pub(super) fn place(&self) -> u64 {
        self.place
    }

    pub(super) fn cells(&self) -> usize {
        self.cells
    }

    pub(super) fn into_memory(self) -> M {
        self.memory
    }

    /// Writes a click into an empty cell. The worker's.
    pub(super) fn put(&self, cell: usize, row: Row) {
        self.store(cell, row);
    }

    /// Has an empty cell fetched. The worker's.
    pub(super) fn expect(&self, cell: usize) {
        if let Some(word) = self.memory.get(HEADER + self.cells + cell * CELL) {
            prefetch(word);
        }
    }

    /// Writes a host into as many empty cells as it needs. The worker's.
    pub(super) fn put_host(&self, cell: usize, host: &[u8]) {
        for (number, row) in rows_of_host(host).enumerate() {
            self.store(cell + number, row);
        }
    }

    /// Makes the cells before this one visible to the shipper. The worker's.
    pub(super) fn publish(&self, written: usize) {
        self.written.store(written, Release);
    }

    /// Notes what was dropped so far. The worker's, who has nowhere else to write.
    pub(super) fn note_dropped(&self, dropped: Dropped) {
        self.word(FULL).store(dropped.full, Relaxed);
        self.word(UNWRITABLE).store(dropped.unwritable, Relaxed);
    }

    pub(super) fn dropped(&self) -> Dropped {
        Dropped {
            full: self.word(FULL).load(Relaxed),
            unwritable: self.word(UNWRITABLE).load(Relaxed),
        }
    }

    /// Notes that blocks are leased for this journal. The worker's, before it asks for the first one.
    pub(super) fn note_leased(&self) {
        self.word(LEASED).store(1, Release);
    }

    /// Whether the end of this journal has to be told, because somebody waits for it.
    pub(super) fn is_leased(&self) -> bool {
        self.word(LEASED).load(Acquire) != 0
    }

    /// How many cells are written, and whether these are all there will be.
    pub(super) fn progress(&self) -> (usize, bool) {
        // In this order: after it was left nothing is written.
        let left = self.left.load(Acquire);
        (self.written.load(Acquire), left)
    }

    /// What a written cell holds.
    pub(super) fn cell(&self, cell: usize) -> Cell {
        Cell::of(self.row(cell))
    }

    /// Whether a written cell is a click.
    pub(super) fn is_click(&self, cell: usize) -> bool {
        let last = HEADER + self.cells + cell * CELL + 6;
        Cell::is_click(self.word(last).load(Relaxed))
    }

    /// The number of the first segment that begins here; 0: not known yet.
    pub(super) fn first_segment(&self) -> u64 {
        self.word(FIRST_SEGMENT).load(Acquire)
    }

    pub(super) fn set_first_segment(&self, number: u64) {
        self.word(FIRST_SEGMENT).store(number, Release);
    }

    /// Closes a segment for good: the `place`th of this chunk.
    pub(super) fn seal(&self, place: usize, end: usize) {
        self.word(HEADER + place).store(end as u64, Release);
    }

    /// The cells of the segments that were closed here. Seals that say what cannot be, as a power cut may leave
    /// them, end the list.
    pub(super) fn sealed(&self) -> Vec<Range<usize>> {
        let (written, _) = self.progress();
        let mut begin = 0;
        let mut ranges = Vec::new();
        for place in 0..self.cells {
            let end = self.word(HEADER + place).load(Acquire) as usize;
            if end <= begin || end > written {
                break;
            }
            ranges.push(begin..end);
            begin = end;
        }
        ranges
    }

    fn store(&self, cell: usize, row: Row) {
        let begin = HEADER + self.cells + cell * CELL;
        let Some((last, words)) = self
            .memory
            .get(begin..begin + CELL)
            .and_then(<[_]>::split_last)
        else {
            return;
        };
        for (word, value) in words.iter().zip(row.0) {
            word.store(value, Relaxed);
        }
        // Whoever finds the check after a crash finds the words as well.
        last.store(row.check(self.seed + cell as u64), Release);
    }

    fn row(&self, cell: usize) -> Row {
        let begin = HEADER + self.cells + cell * CELL;
        Row(std::array::from_fn(|n| self.word(begin + n).load(Relaxed)))
    }

    fn check(&self, cell: usize) -> u64 {
        self.word(HEADER + self.cells + cell * CELL + CELL - 1)
            .load(Acquire)
    }

    /// The word at this place; all places are computed from the memory's length.
    fn word(&self, place: usize) -> &AtomicU64 {
        static NOWHERE: AtomicU64 = AtomicU64::new(0);
        self.memory.get(place).unwrap_or(&NOWHERE)
    }
}

fn halves(journal: JournalId) -> (u64, u64) {
    let id = u128::from_be_bytes(journal.0);
    ((id >> 64) as u64, id as u64)
}

/// Makes nobody's memory of a chunk that is not needed any more.
pub(super) fn forget<M: Memory>(memory: &M) {
    if let Some(magic) = memory.first() {
        magic.store(0, Release);
    }
}
