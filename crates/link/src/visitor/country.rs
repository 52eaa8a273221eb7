//! Countries, by the codes of ISO 3166-1.

use std::fmt;

/// Two ASCII capitals, such as `CN`. Whether the code is assigned is not asked: databases of
/// addresses know `XK`, which ISO does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code; lower case will do. `None` if it is not two ASCII letters.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 2] = code.as_bytes().try_into().ok()?;
        let is_code = letters.iter().all(u8::is_ascii_alphabetic);
        is_code.then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code's two letters.
    #[must_use]
    pub const fn letters(self) -> [u8; 2] {
        self.0
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Country;

    #[test]
    fn countries_are_two_letters() {
        assert_eq!(Country::parse("cN").unwrap().as_str(), "CN");
        for text in ["", "C", "CHN", "C1", "中", "é"] {
            assert_eq!(Country::parse(text), None, "{text}");
        }
    }
}
