//! What a cell of the journal holds: seven words, of which the lowest byte of the last one tells the kind.

use suo_link::wire::clicks::Row;

/// Bytes of a host in one cell.
pub(super) const PIECE: usize = 48;

/// The kinds of cells.
const CLICK: u64 = 0;
const HOST: u64 = 1;

/// A cell that was written.
pub(super) enum Cell {
    /// An answer.
    Click(Row),
    /// The beginning of a host, or more of the last one: so many bytes of the piece count.
    Host {
        begins: bool,
        piece: [u8; PIECE],
        length: usize,
    },
}

/// How many cells a host takes.
pub(super) const fn cells_of_host(bytes: usize) -> usize {
    bytes.div_ceil(PIECE)
}

/// The cells of a host.
pub(super) fn rows_of_host(host: &[u8]) -> impl Iterator<Item = Row> {
    host.chunks(PIECE).enumerate().map(|(number, piece)| {
        let mut bytes = [0; PIECE];
        bytes[..piece.len()].copy_from_slice(piece);
        let mut words = [0; 7];
        for (word, part) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = part
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        words[6] = (piece.len() as u64) << 16 | u64::from(number == 0) << 8 | HOST;
        Row(words)
    })
}

impl Cell {
    pub(super) fn of(row: Row) -> Self {
        let last = row.0[6];
        if Self::is_click(last) {
            return Self::Click(row);
        }
        let mut piece = [0; PIECE];
        for (part, word) in piece.chunks_exact_mut(8).zip(row.0) {
            part.copy_from_slice(&word.to_be_bytes());
        }
        Self::Host {
            begins: last >> 8 & 1 == 1,
            piece,
            length: usize::from((last >> 16) as u16).min(PIECE),
        }
    }

    /// Whether a cell with this seventh word is a click.
    pub(super) fn is_click(last: u64) -> bool {
        last & 0xff == CLICK
    }
}
