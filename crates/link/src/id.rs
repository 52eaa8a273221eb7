//! Numbers that name things, and how they are written for people.

use std::fmt;

/// Lower-case Crockford base 32: sorts as the numbers do, no i, l, o, u.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 13 digits of 5 bits hold 64 bits.
const PUBLIC_LENGTH: usize = 13;

/// A link's number: from one sequence per instance, never used again after a delete.
///
/// Clients see it as 13 characters that sort like the numbers ([`LinkId::to_public`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

impl LinkId {
    /// The opaque text that the API shows.
    #[must_use]
    pub fn to_public(self) -> String {
        let digit = |place: usize| DIGITS[(self.0 >> (5 * place) & 31) as usize] as char;
        (0..PUBLIC_LENGTH).rev().map(digit).collect()
    }

    /// Reads what [`LinkId::to_public`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_public(text: &str) -> Option<Self> {
        if text.len() != PUBLIC_LENGTH {
            return None;
        }
        let number = text.bytes().try_fold(0u128, |number, byte| {
            let digit = DIGITS.iter().position(|digit| *digit == byte)?;
            Some(number << 5 | digit as u128)
        })?;
        u64::try_from(number).ok().map(Self)
    }
}

/// A domain's number, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainId(pub u32);

impl fmt::Display for DomainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::LinkId;

    #[test]
    fn public_ids_round_trip_and_sort_like_numbers() {
        let numbers = [0, 1, 31, 32, 1 << 40, u64::MAX];
        let texts: Vec<_> = numbers.iter().map(|n| LinkId(*n).to_public()).collect();
        assert!(texts.is_sorted());
        for (number, text) in numbers.iter().zip(&texts) {
            assert_eq!(text.len(), 13);
            assert_eq!(LinkId::from_public(text), Some(LinkId(*number)));
        }
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "1", "zzzzzzzzzzzzz", "000000000000u", "00000000000001"] {
            assert_eq!(LinkId::from_public(text), None, "{text}");
        }
    }
}
