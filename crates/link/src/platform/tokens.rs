//! What a line of the tables says, and how it is compared with an agent.
//!
//! A *section* says what an agent is if one of its tokens is in it. Sections stand in order of
//! precedence: the first one found wins. A *token* is written as it stands in agents:
//!
//! | written | found |
//! |---|---|
//! | `DingTalk/` | where a word begins: at a letter that no letter precedes |
//! | `^jdapp;` | only as the very first of the agent |
//! | `*bot` | where a word ends: letters of any kind may precede it |
//! | `QQ/#` | followed by a digit |
//! | `Mobile!` | not followed by a letter |
//!
//! It begins with a letter, for that is where the scan looks, and sixteen bytes of it count.

use super::index::Found;

/// A token and where it is from.
pub struct Token {
    /// The token in the notation above.
    pub text: &'static str,
    /// Who has seen it.
    pub source: &'static str,
}

/// Writes a line of a table.
pub(super) const fn t(text: &'static str, source: &'static str) -> Token {
    Token { text, source }
}

/// Sixteen bytes of an agent, the first one lowest.
pub(super) type Window = u128;
pub(super) const WINDOW: usize = size_of::<Window>();

/// A token as the scan compares it.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) key: Window,
    /// The bytes that are compared.
    mask: Window,
    /// 0x20 where a letter may be of either case.
    fold: Window,
    pub(super) then: Then,
    pub(super) length: u8,
    first: bool,
    /// The bit of its section.
    pub(super) section: Found,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Anything,
    Digit,
    NoLetter,
}

impl Row {
    pub(super) const NONE: Self = Self {
        key: 0,
        mask: 0,
        fold: 0,
        then: Then::Anything,
        length: 0,
        first: false,
        section: 0,
    };

    /// Whether the token begins the word that the window begins with, the first one or not.
    pub(super) fn begins(&self, window: &[u8; WINDOW], first: bool) -> bool {
        (Window::from_le_bytes(*window) | self.fold) & self.mask == self.key
            && (!self.first || first)
            && match self.then {
                Then::Anything => true,
                Then::Digit => self.next(window).is_ascii_digit(),
                Then::NoLetter => !self.next(window).is_ascii_alphabetic(),
            }
    }

    /// The byte behind the token.
    fn next(&self, window: &[u8; WINDOW]) -> u8 {
        window[usize::from(self.length) % WINDOW]
    }

    /// Whether the token ends the word that the window ends with.
    pub(super) fn ends(&self, window: Window) -> bool {
        (window | self.fold) & self.mask == self.key
    }
}

/// Where a token is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Begins,
    Ends,
}

/// Reads a token. What is wrong with one stops the build.
pub(super) const fn read(text: &str, section: usize, exact: bool) -> (Place, Row) {
    let bytes = text.as_bytes();
    let mut row = Row::NONE;
    row.section = 1 << section;
    let ends = bytes[0] == b'*';
    row.first = bytes[0] == b'^';
    let mut from = (ends || row.first) as usize;
    let mut to = bytes.len();
    (row.then, to) = match bytes[to - 1] {
        b'#' => (Then::Digit, to - 1),
        b'!' => (Then::NoLetter, to - 1),
        _ => (Then::Anything, to),
    };
    assert!(
        bytes[from].is_ascii_alphabetic(),
        "a token begins with a letter"
    );
    assert!(
        to - from < WINDOW || matches!(row.then, Then::Anything),
        "too long"
    );
    if to - from > WINDOW {
        to = from + WINDOW;
    }
    // The bytes of an ending are the last of their window, the bytes of a beginning the first.
    let mut place = if ends { WINDOW - (to - from) } else { 0 };
    row.length = (to - from) as u8;
    while from < to {
        let fold = if !exact && bytes[from].is_ascii_alphabetic() {
            0x20
        } else {
            0
        };
        row.key |= ((bytes[from] | fold) as Window) << (8 * place);
        row.fold |= (fold as Window) << (8 * place);
        row.mask |= 0xff << (8 * place);
        from += 1;
        place += 1;
    }
    (if ends { Place::Ends } else { Place::Begins }, row)
}
