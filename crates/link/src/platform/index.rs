//! The tables as one, made ready by the compiler: a bit for each section, and the rows by the bytes
//! that the scan finds them by.

use super::{
    apps::APPS,
    bots::BOTS,
    systems::SYSTEMS,
    tokens::{Place, Row, Then, Token, WINDOW, read},
};

/// Which sections were found: a bit each, in the order of their tables, and behind them a bit for
/// each list of conditions.
pub(super) type Found = u128;

/// Where the bits of each table begin.
pub(super) const APPS_AT: usize = 0;
pub(super) const BOTS_AT: usize = APPS_AT + APPS.len();
pub(super) const SYSTEMS_AT: usize = BOTS_AT + BOTS.len();
const SECTIONS: usize = SYSTEMS_AT + SYSTEMS.len();

/// A section that counts only if its condition holds.
#[derive(Clone, Copy)]
pub(super) struct Conditional {
    /// The bit of the section.
    pub(super) section: Found,
    /// The bit of the condition's tokens.
    pub(super) tokens: Found,
    /// Whether the tokens must be there, or must not.
    pub(super) wanted: bool,
}

const fn conditions_of(section: usize) -> (&'static [Token], bool) {
    if section < BOTS_AT {
        (APPS[section].beside, true)
    } else if section < SYSTEMS_AT {
        (BOTS[section - BOTS_AT].unless, false)
    } else {
        (SYSTEMS[section - SYSTEMS_AT].beside, true)
    }
}

/// The tokens of a section, and whether their case matters.
const fn tokens_of(section: usize) -> (&'static [Token], bool) {
    if section < BOTS_AT {
        (APPS[section].tokens, true)
    } else if section < SYSTEMS_AT {
        (BOTS[section - BOTS_AT].tokens, false)
    } else {
        (SYSTEMS[section - SYSTEMS_AT].tokens, false)
    }
}

const CONDITIONALS: usize = {
    let (mut count, mut section) = (0, 0);
    while section < SECTIONS {
        count += !conditions_of(section).0.is_empty() as usize;
        section += 1;
    }
    count
};

/// Every section with a condition.
pub(super) const CONDITIONAL: [Conditional; CONDITIONALS] = {
    let none = Conditional {
        section: 0,
        tokens: 0,
        wanted: true,
    };
    let mut all = [none; CONDITIONALS];
    let (mut next, mut section) = (0, 0);
    while section < SECTIONS {
        let (tokens, wanted) = conditions_of(section);
        if !tokens.is_empty() {
            all[next] = Conditional {
                section: 1 << section,
                tokens: 1 << (SECTIONS + next),
                wanted,
            };
            next += 1;
        }
        section += 1;
    }
    assert!(
        SECTIONS + CONDITIONALS <= Found::BITS as usize,
        "a bit each"
    );
    all
};

/// Hands every token of the tables to a macro, with the bit it sets and whether case matters.
macro_rules! for_each_token {
    ($each:ident) => {{
        let (mut section, mut conditional) = (0, 0);
        while section < SECTIONS {
            let (tokens, exact) = tokens_of(section);
            $each!(tokens, section, exact);
            let (tokens, _) = conditions_of(section);
            $each!(tokens, SECTIONS + conditional, exact);
            conditional += !tokens.is_empty() as usize;
            section += 1;
        }
    }};
}

/// A number for the first four bytes of a beginning, whatever their case.
pub(super) const fn beginning(four: u32) -> usize {
    ((four | 0x2020_2020).wrapping_mul(0x9e37_79b1) >> (32 - BEGINNING_BITS)) as usize
}

/// A number for the last three letters of an ending, whatever their case, of its last four bytes.
pub(super) const fn ending(four: u32) -> usize {
    (((four | 0x2020_2020) >> 8).wrapping_mul(0x9e37_79b1) >> (32 - ENDING_BITS)) as usize
}

const BEGINNING_BITS: u32 = 15;
pub(super) const BEGINNINGS: usize = 1 << (BEGINNING_BITS - 3);
const ENDING_BITS: u32 = 15;
pub(super) const ENDINGS: usize = 1 << (ENDING_BITS - 3);

/// Rows by the number that the scan finds them by.
pub(super) struct Index<const ROWS: usize, const SLOTS: usize> {
    rows: [Row; ROWS],
    /// Where the rows of each slot begin; those of the next slot are behind them.
    from: [[u16; 2]; SLOTS],
    /// A bit for each number that a row has, eight to a slot.
    taken: [u8; SLOTS],
}

impl<const ROWS: usize, const SLOTS: usize> Index<ROWS, SLOTS> {
    /// 1 if a row has the number.
    pub(super) fn has(&self, number: usize) -> usize {
        let eight = self.taken.get(number / 8).copied().unwrap_or_default();
        usize::from(eight >> (number % 8) & 1)
    }

    /// The rows of a number's slot.
    pub(super) fn rows(&self, number: usize) -> &[Row] {
        let [from, to] = self.from.get(number / 8).copied().unwrap_or_default();
        self.rows
            .get(from as usize..to as usize)
            .unwrap_or_default()
    }

    const fn new(unsorted: &[Slotted; ROWS]) -> Self {
        let mut index = Self {
            rows: [Row::NONE; ROWS],
            from: [[0; 2]; SLOTS],
            taken: [0; SLOTS],
        };
        let mut n = 0;
        while n < ROWS {
            let number = unsorted[n].0;
            index.from[number / 8][1] += 1;
            index.taken[number / 8] |= 1 << (number % 8);
            n += 1;
        }
        let mut slot = 0;
        let mut before = 0;
        while slot < SLOTS {
            let count = index.from[slot][1];
            index.from[slot] = [before, before];
            before += count;
            slot += 1;
        }
        n = 0;
        while n < ROWS {
            let (number, row) = unsorted[n];
            let slot = number / 8;
            index.rows[index.from[slot][1] as usize] = row;
            index.from[slot][1] += 1;
            n += 1;
        }
        index
    }
}

/// How many rows there are: beginnings, endings.
const COUNTS: (usize, usize) = {
    let (mut begins, mut ends) = (0, 0);
    macro_rules! count {
        ($tokens:expr, $section:expr, $exact:expr) => {{
            let mut n = 0;
            while n < $tokens.len() {
                let (place, row) = read($tokens[n].text, $section, $exact);
                match place {
                    Place::Begins if row.length < 4 => begins += 10,
                    Place::Begins => begins += 1,
                    Place::Ends if row.length < 3 => ends += 256,
                    Place::Ends => ends += 1,
                }
                n += 1;
            }
        }};
    }
    for_each_token!(count);
    (begins, ends)
};

/// A row and the number it is found by.
type Slotted = (usize, Row);

const UNSORTED: ([Slotted; COUNTS.0], [Slotted; COUNTS.1]) = {
    let mut begins = [(0, Row::NONE); COUNTS.0];
    let mut ends = [(0, Row::NONE); COUNTS.1];
    let (mut b, mut e) = (0, 0);
    macro_rules! put {
        ($tokens:expr, $section:expr, $exact:expr) => {{
            let mut n = 0;
            while n < $tokens.len() {
                match read($tokens[n].text, $section, $exact) {
                    // Found by its first four bytes: of three and a digit there are ten.
                    (Place::Begins, row) if row.length < 4 => {
                        assert!(
                            row.length == 3 && matches!(row.then, Then::Digit),
                            "too short"
                        );
                        let mut digit = 0x30;
                        while digit <= 0x39 {
                            begins[b] = (beginning(row.key as u32 | digit << 24), row);
                            b += 1;
                            digit += 1;
                        }
                    }
                    (Place::Begins, row) => {
                        begins[b] = (beginning(row.key as u32), row);
                        b += 1;
                    }
                    (Place::Ends, row) if row.length < 3 => {
                        assert!(row.length == 2, "too short");
                        let mut before = 0;
                        while before < 256 {
                            let four = (row.key >> (8 * (WINDOW - 4))) as u32 | before << 8;
                            ends[e] = (ending(four), row);
                            e += 1;
                            before += 1;
                        }
                    }
                    (Place::Ends, row) => {
                        ends[e] = (ending((row.key >> (8 * (WINDOW - 4))) as u32), row);
                        e += 1;
                    }
                }
                n += 1;
            }
        }};
    }
    for_each_token!(put);
    (begins, ends)
};

pub(super) static BEGIN: Index<{ COUNTS.0 }, BEGINNINGS> = Index::new(&UNSORTED.0);
pub(super) static END: Index<{ COUNTS.1 }, ENDINGS> = Index::new(&UNSORTED.1);
