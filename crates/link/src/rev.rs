//! Which of two records is newer ([`Rev`]), and how far publication has come ([`Position`]).

use std::{fmt, str::FromStr};

/// Counts the lives of the instance's history: a database restored to an earlier point
/// begins a new one, which wins over every older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u32);

/// The age of a record: a record replaces only one with a lower `Rev`, everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rev {
    /// The instance's generation when the record was published or read.
    pub generation: Generation,
    /// From one SQL sequence, taken while the link's rows were locked.
    pub number: u64,
}

/// A place in the published history, written `<generation>-<seq>` in markers and stream ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The generation in which `seq` counts.
    pub generation: Generation,
    /// The number of a published message: 1, 2, 3 … without gaps.
    pub seq: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.generation.0, self.seq)
    }
}

impl FromStr for Position {
    type Err = NotAPosition;

    fn from_str(text: &str) -> Result<Self, NotAPosition> {
        let (generation, seq) = text.split_once('-').ok_or(NotAPosition)?;
        Ok(Self {
            generation: Generation(generation.parse().map_err(|_| NotAPosition)?),
            seq: seq.parse().map_err(|_| NotAPosition)?,
        })
    }
}

/// A text that is not `<generation>-<seq>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPosition;

impl fmt::Display for NotAPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a position: <generation>-<seq> expected")
    }
}

impl std::error::Error for NotAPosition {}

#[cfg(test)]
mod tests {
    use super::{Generation, Position, Rev};

    #[test]
    fn a_new_generation_wins_over_every_number() {
        let rev = |generation, number| Rev {
            generation: Generation(generation),
            number,
        };
        assert!(rev(2, 1) > rev(1, u64::MAX));
        assert!(rev(1, 2) > rev(1, 1));
    }

    #[test]
    fn positions_are_written_like_stream_ids() {
        let position = Position {
            generation: Generation(7),
            seq: 12345,
        };
        assert_eq!(position.to_string(), "7-12345");
        assert_eq!("7-12345".parse(), Ok(position));
        for text in ["", "7", "-", "7-", "-1", "7-1-2", "a-b", "4294967296-1"] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
