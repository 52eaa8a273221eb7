//! One pass over the bytes of an agent: which sections of the tables are in it?
//!
//! An agent is mostly bytes at which no token can begin, so the pass is in three steps, each over
//! less: which bytes are letters (whole vectors at a time), where words begin and end (bits of
//! that), and which of those places look like a token at all (one look into a table,
//! without a branch). Only what is left, a handful, is compared.

use wide::u8x16;

use super::{
    index::{BEGIN, END, Found, beginning, ending},
    tokens::{WINDOW, Window},
};

/// Bytes looked at as one: a bit each in a word.
const BLOCK: usize = u64::BITS as usize;

/// Bytes whose places are kept at a time; a place among them fits into a byte.
const STRETCH: usize = 4 * BLOCK;

/// A word is two bytes at least, one of them behind it. Places are written eight at a time.
const PLACES: usize = STRETCH / 2 + 8;

/// The sections that have a token in `agent`.
pub(super) fn scan(agent: &[u8]) -> Found {
    let mut found = 0;
    let mut after_letter = 0;
    let (mut stretch, mut likely) = (Stretch::new(), (Likely::new(), Likely::new()));
    let (mut begin, mut end) = (Places::new(), Places::new());
    // The byte behind the last one is looked at, too: there the last word ends.
    for from in (0..=agent.len()).step_by(STRETCH) {
        stretch.fill(agent, from);
        begin.count = 0;
        end.count = 0;
        for (n, block) in stretch.blocks(agent.len() - from).iter().enumerate() {
            let letters = letters(block);
            let shifted = letters << 1 | after_letter;
            let last = letters >> (BLOCK - 1);
            let begins = letters & !shifted;
            let count = begins.count_ones() as usize;
            begin.add(begins, count, n * BLOCK);
            // Every word that begins ends, but for those that reach over the block's edges.
            end.add(
                !letters & shifted,
                count + after_letter as usize - last as usize,
                n * BLOCK,
            );
            after_letter = last;
        }
        stretch.sort(begin.all(), end.all(), &mut likely);
        found |= stretch.beginnings(from == 0, &likely.0);
        found |= stretch.endings(&likely.1);
    }
    found
}

/// A part of the agent between two windows of what is around it; zeros where nothing is.
///
/// A copy, so that every place in it, being a byte, can be read from without looking whether it
/// is inside.
struct Stretch {
    bytes: [u8; WINDOW + STRETCH + WINDOW],
}

impl Stretch {
    fn new() -> Self {
        Self {
            bytes: [0; WINDOW + STRETCH + WINDOW],
        }
    }

    fn fill(&mut self, agent: &[u8], from: usize) {
        let (to, around) = match from.checked_sub(WINDOW) {
            Some(before) => (&mut self.bytes[..], agent.get(before..)),
            None => (&mut self.bytes[WINDOW..], Some(agent)),
        };
        let around = around.unwrap_or_default();
        let length = around.len().min(to.len());
        let (head, rest) = to.split_at_mut(length);
        head.copy_from_slice(&around[..length]);
        rest.fill(0);
    }

    /// The blocks that hold the next `rest` bytes and the one behind them.
    fn blocks(&self, rest: usize) -> &[[u8; BLOCK]] {
        let (blocks, _) = self.bytes[WINDOW..].as_chunks();
        &blocks[..(rest / BLOCK + 1).min(STRETCH / BLOCK)]
    }

    /// Keeps the places that look like a token. Both ends of a word at once: that is faster than one
    /// after the other. A word that reaches over the stretch's edge has one end in it.
    fn sort(&self, begins: &[u8], ends: &[u8], likely: &mut (Likely, Likely)) {
        likely.0.count = 0;
        likely.1.count = 0;
        let mut begin = |place: &u8| {
            let number = beginning(u32::from_le_bytes(self.at(*place)));
            likely.0.add(*place, BEGIN.has(number));
        };
        let mut end = |place: &u8| {
            let number = ending(u32::from_le_bytes(self.before(*place)));
            likely.1.add(*place, END.has(number));
        };
        for (begins, ends) in begins.iter().zip(ends) {
            begin(begins);
            end(ends);
        }
        begins.get(ends.len()).into_iter().for_each(begin);
        ends.get(begins.len()).into_iter().for_each(end);
    }

    fn beginnings(&self, first: bool, likely: &Likely) -> Found {
        let mut found = 0;
        for place in likely.all() {
            let window = self.at(*place);
            for row in BEGIN.rows(beginning(Window::from_le_bytes(window) as u32)) {
                if row.begins(&window, first && *place == 0) {
                    found |= row.section;
                }
            }
        }
        found
    }

    fn endings(&self, likely: &Likely) -> Found {
        let mut found = 0;
        for place in likely.all() {
            let window = Window::from_le_bytes(self.before(*place));
            for row in END.rows(ending((window >> 96) as u32)) {
                if row.ends(window) {
                    found |= row.section;
                }
            }
        }
        found
    }

    /// The bytes from a place on.
    fn at<const N: usize>(&self, place: u8) -> [u8; N] {
        let from = WINDOW + usize::from(place);
        std::array::from_fn(|n| self.bytes[from + n])
    }

    /// The bytes before a place.
    fn before<const N: usize>(&self, place: u8) -> [u8; N] {
        let from = WINDOW - N + usize::from(place);
        std::array::from_fn(|n| self.bytes[from + n])
    }
}

/// A bit for each byte that is a letter.
fn letters(block: &[u8; BLOCK]) -> u64 {
    let (sixteens, _) = block.as_chunks::<16>();
    let mut bits = 0;
    for (n, sixteen) in sixteens.iter().enumerate() {
        let from_a = (u8x16::new(*sixteen) | u8x16::splat(0x20)) - u8x16::splat(b'a');
        let letters = from_a.simd_lt(u8x16::splat(26));
        bits |= u64::from(letters.to_bitmask()) << (16 * n);
    }
    bits
}

/// Places in a stretch, ascending.
struct Places {
    places: [u8; PLACES],
    count: usize,
}

impl Places {
    fn new() -> Self {
        Self {
            places: [0; PLACES],
            count: 0,
        }
    }

    /// Eight at a time: how many there are cannot be foreseen, and each wrong guess costs more
    /// than places that are written in vain.
    fn add(&mut self, mut bits: u64, count: usize, at: usize) {
        let mut next = self.count;
        self.count += count;
        while bits != 0 {
            let Some(eight) = self.places.get_mut(next..next + 8) else {
                break;
            };
            for place in eight {
                *place = (at as u8).wrapping_add(bits.trailing_zeros() as u8);
                bits &= bits.wrapping_sub(1);
            }
            next += 8;
        }
    }

    fn all(&self) -> &[u8] {
        self.places.get(..self.count).unwrap_or_default()
    }
}

/// Places that look like a token.
struct Likely {
    places: [u8; 1 << 8],
    count: u8,
}

impl Likely {
    fn new() -> Self {
        Self {
            places: [0; 1 << 8],
            count: 0,
        }
    }

    /// Writes always and counts if `one` is 1: cheaper than to guess.
    fn add(&mut self, place: u8, one: usize) {
        self.places[usize::from(self.count)] = place;
        self.count = self.count.wrapping_add(one as u8);
    }

    fn all(&self) -> &[u8] {
        &self.places[..usize::from(self.count)]
    }
}
