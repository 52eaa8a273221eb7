//! Codes: the part of a short link after the slash.

use std::fmt;

/// The longest code, in bytes.
pub const MAX_LENGTH: usize = 64;

/// How long generated codes are, until collisions become frequent.
pub const GENERATED_LENGTH: usize = 7;

/// Characters of generated codes: none looks like another (no 0 o, no 1 l).
pub const GENERATED_ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";

/// First path segments that admin and edge keep for themselves, so that both can share a domain.
pub const RESERVED: [&str; 20] = [
    "api",
    "dashboard",
    "docs",
    "assets",
    "health",
    "live",
    "ready",
    "metrics",
    "login",
    "logout",
    "setup",
    "create",
    "decode",
    "manage",
    "report",
    "embed",
    "admin",
    "static",
    "internal",
    "policy",
];

/// A code as it was written: 1–64 of `[A-Za-z0-9_-]`, and not reserved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// Reads a code that a person chose.
    ///
    /// # Errors
    /// Says what is wrong with it; reserved words are refused in any case of letters.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text.is_empty() {
            return Err(CodeError::Empty);
        }
        if let Some(bad) = text.chars().find(|c| !is_code_char(*c)) {
            return Err(CodeError::BadCharacter(bad));
        }
        if text.len() > MAX_LENGTH {
            return Err(CodeError::TooLong);
        }
        if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text)) {
            return Err(CodeError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The code that random bytes spell, one character a byte; `None` if that is no code
    /// (a reserved word, no bytes, too many): draw again.
    #[must_use]
    pub fn from_random(bytes: &[u8]) -> Option<Self> {
        let spelled = |byte: &u8| GENERATED_ALPHABET[usize::from(byte % 32)] as char;
        Self::parse(&bytes.iter().map(spelled).collect::<String>()).ok()
    }

    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which the code is found.
    #[must_use]
    pub fn key(&self, case_sensitive: bool) -> CodeKey {
        CodeKey(if case_sensitive {
            self.0.clone()
        } else {
            self.0.to_ascii_lowercase()
        })
    }
}

/// A code as it is matched: in lower case where the domain does not tell cases apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeKey(String);

impl CodeKey {
    /// The key of a path segment that a visitor asked for; `None` if it can't be a code.
    /// Reserved words are not looked at: no code has such a key.
    #[must_use]
    pub fn from_segment(segment: &str, case_sensitive: bool) -> Option<Self> {
        let fits = (1..=MAX_LENGTH).contains(&segment.len());
        (fits && segment.chars().all(is_code_char)).then(|| {
            Self(if case_sensitive {
                segment.to_owned()
            } else {
                segment.to_ascii_lowercase()
            })
        })
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nothing was given.
    Empty,
    /// More than [`MAX_LENGTH`] bytes.
    TooLong,
    /// This character is not one of `[A-Za-z0-9_-]`.
    BadCharacter(char),
    /// One of [`RESERVED`].
    Reserved,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a code has at least one character"),
            Self::TooLong => write!(f, "a code has at most {MAX_LENGTH} characters"),
            Self::BadCharacter(c) => {
                write!(f, "a code is made of A-Z a-z 0-9 _ and -, not of {:?}", c)
            }
            Self::Reserved => f.write_str("this word is reserved for pages of the service"),
        }
    }
}

impl std::error::Error for CodeError {}

fn is_code_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::{Code, CodeError, CodeKey, GENERATED_ALPHABET, RESERVED};

    #[test]
    fn every_reserved_word_is_refused_in_any_case() {
        for word in RESERVED {
            assert_eq!(Code::parse(word), Err(CodeError::Reserved));
            assert_eq!(Code::parse(&word.to_uppercase()), Err(CodeError::Reserved));
            assert!(Code::parse(&format!("{word}2")).is_ok());
        }
    }

    #[test]
    fn codes_have_one_to_64_plain_characters() {
        assert!(Code::parse(&"a".repeat(64)).is_ok());
        assert_eq!(Code::parse(&"a".repeat(65)), Err(CodeError::TooLong));
        assert_eq!(Code::parse(""), Err(CodeError::Empty));
        for (text, bad) in [
            ("a+", '+'),
            ("a/b", '/'),
            ("é", 'é'),
            ("a b", ' '),
            ("码", '码'),
        ] {
            assert_eq!(Code::parse(text), Err(CodeError::BadCharacter(bad)));
        }
    }

    #[test]
    fn keys_fold_case_only_where_the_domain_does() {
        let code = Code::parse("AbC").unwrap();
        assert_eq!(code.key(false).as_str(), "abc");
        assert_eq!(code.key(true).as_str(), "AbC");
        assert_eq!(CodeKey::from_segment("AbC", false), Some(code.key(false)));
        assert_eq!(CodeKey::from_segment("AbC+", false), None);
        assert_eq!(CodeKey::from_segment("", false), None);
    }

    #[test]
    fn generated_codes_avoid_look_alikes_and_reserved_words() {
        assert!(!GENERATED_ALPHABET.iter().any(|c| b"01lo".contains(c)));
        assert_eq!(Code::from_random(&[0; 7]).unwrap().as_str(), "2222222");
        let spelling: Vec<u8> = "metrics"
            .bytes()
            .map(|c| GENERATED_ALPHABET.iter().position(|a| *a == c).unwrap() as u8)
            .collect();
        assert_eq!(Code::from_random(&spelling), None);
    }
}
