//! Languages, as `Accept-Language` and policies name them.

use std::fmt;

/// The longest tag that is read, in bytes (RFC 5646, section 4.4.1).
const MAX_LENGTH: usize = 35;

/// The quality of a language that names none, in thousandths; there is no higher one.
const HIGHEST: u16 = 1000;

/// A language tag, such as `zh-Hans-CN`, as it came; case does not matter.
#[derive(Clone, Copy, Debug)]
pub struct Language<'a>(&'a str);

impl<'a> Language<'a> {
    /// Reads a tag; `None` if it is not letters and digits in parts of 1 to 8, the first of
    /// letters, or is longer than any in use.
    #[must_use]
    pub fn parse(tag: &'a str) -> Option<Self> {
        let mut parts = tag.split('-');
        let is_part = |part: &str, fits: fn(&u8) -> bool| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| fits(&byte))
        };
        let is_tag = tag.len() <= MAX_LENGTH
            && parts
                .next()
                .is_some_and(|first| is_part(first, u8::is_ascii_alphabetic))
            && parts.all(|part| is_part(part, u8::is_ascii_alphanumeric));
        is_tag.then_some(Self(tag))
    }

    /// The tag as it came.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The language alone: `zh` of `zh-Hans-CN`.
    #[must_use]
    pub fn primary(self) -> &'a str {
        self.0.split('-').next().unwrap_or(self.0)
    }

    /// Whether this is the language of the range or one of its kinds (RFC 4647, section 3.3.1):
    /// `zh-Hant-TW` is in `zh` and in `zh-Hant`, but not in `zh-TW`.
    #[must_use]
    pub fn is_in(self, range: &LanguageRange) -> bool {
        let (tag, range) = (self.0.as_bytes(), range.0.as_bytes());
        tag.split_at_checked(range.len())
            .is_some_and(|(head, tail)| {
                head.eq_ignore_ascii_case(range) && matches!(tail.first(), None | Some(b'-'))
            })
    }
}

impl PartialEq for Language<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Language<'_> {}

impl fmt::Display for Language<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A language that a policy names, such as `zh` or `zh-CN`; it stands for all kinds of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageRange(Box<str>);

impl LanguageRange {
    /// Reads a tag, as [`Language::parse`] does, and keeps it in lower case.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Language::parse(tag).map(|language| Self(language.0.to_ascii_lowercase().into()))
    }

    /// The tag in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LanguageRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The language that the visitor prefers to all others, of the value of `Accept-Language`
/// (RFC 9110, section 12.5.4): the highest quality, of several the first. What has no quality
/// has 1; `;q=0` says "not this one"; `*` names none. What cannot be read is passed over.
#[must_use]
pub fn preferred(header: &[u8]) -> Option<Language<'_>> {
    let mut best = None;
    for (language, quality) in accepted(header) {
        if quality == HIGHEST {
            return Some(language);
        }
        if best.is_none_or(|(_, highest)| quality > highest) {
            best = Some((language, quality));
        }
    }
    best.map(|(language, _)| language)
}

/// Which of some languages, by their first parts, a value of `Accept-Language` prefers: its place.
/// Of equals the one that is named first; `None` if none of them is named.
#[must_use]
pub fn best_of(header: &[u8], known: &[&str]) -> Option<usize> {
    let mut best: Option<(usize, u16)> = None;
    for (language, quality) in accepted(header) {
        let is_named = |tag: &&str| tag.eq_ignore_ascii_case(language.primary());
        let Some(place) = known.iter().position(is_named) else {
            continue;
        };
        if best.is_none_or(|(_, highest)| quality > highest) {
            best = Some((place, quality));
        }
    }
    best.map(|(place, _)| place)
}

/// The languages that a value of `Accept-Language` names, in its order, with their qualities in
/// thousandths, 1 to 1000.
pub fn accepted(header: &[u8]) -> impl Iterator<Item = (Language<'_>, u16)> {
    header.split(|byte| *byte == b',').filter_map(|item| {
        let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let tag = std::str::from_utf8(parts.next()?).ok()?;
        let quality = match parts.next() {
            None => HIGHEST,
            Some(weight) => quality(weight)?,
        };
        let language = Language::parse(tag)?;
        (quality > 0).then_some((language, quality))
    })
}

/// `q=0.8` in thousandths; `None` if it is something else.
fn quality(weight: &[u8]) -> Option<u16> {
    let (name, value) = weight.split_at_checked(2)?;
    if !name.eq_ignore_ascii_case(b"q=") {
        return None;
    }
    let (whole, fraction) = value.split_first()?;
    let digits = match fraction {
        [] => fraction,
        [b'.', digits @ ..] if digits.len() <= 3 => digits,
        _ => return None,
    };
    let mut thousandths = 0;
    for place in 0..3 {
        let digit = digits.get(place).copied().unwrap_or(b'0');
        let is_digit = digit.is_ascii_digit();
        thousandths = thousandths * 10 + u16::from(is_digit.then(|| digit - b'0')?);
    }
    match (whole, thousandths) {
        (b'0', _) => Some(thousandths),
        (b'1', 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, LanguageRange, accepted, preferred};

    #[test]
    fn the_highest_quality_is_preferred_and_of_several_the_first() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
            ("en;q=0.8, zh-CN;q=0.9", "zh-CN"),
            ("en;q=0.5,fr;q=0.5", "en"),
            ("en;q=0,fr;q=0.001", "fr"),
            ("*, en;q=0.5", "en"),
            ("en ; Q=0.3 ,de;q=1.000", "de"),
            ("", "none"),
            ("*", "none"),
            ("en;q=0", "none"),
            (
                "en;q=2,fr;q=0.1234,de;q=,pl;q=0.5x,it;level=1,nl;q=.5",
                "none",
            ),
            ("e n,1a,abcdefghi,en--us,-,中文", "none"),
        ] {
            let language = preferred(header.as_bytes()).map_or("none", Language::as_str);
            assert_eq!(language, expected, "{header}");
        }
        assert_eq!(preferred(b"\xff,en;q=\xff,fr").unwrap().as_str(), "fr");
    }

    #[test]
    fn qualities_are_thousandths() {
        let all: Vec<_> = accepted(b"a;q=0.1,b;q=0.12,c;q=0.123,d;q=1,e;q=1.0,f")
            .map(|(_, quality)| quality)
            .collect();
        assert_eq!(all, [100, 120, 123, 1000, 1000, 1000]);
    }

    #[test]
    fn a_range_stands_for_all_kinds_of_its_language() {
        for (tag, range, expected) in [
            ("zh-Hant-TW", "zh", true),
            ("ZH-hant-tw", "zh-Hant", true),
            ("zh", "zh", true),
            ("zh", "zh-CN", false),
            ("zh-Hant-TW", "zh-TW", false),
            ("zha", "zh", false),
        ] {
            let language = Language::parse(tag).unwrap();
            let range = LanguageRange::parse(range).unwrap();
            assert_eq!(language.is_in(&range), expected, "{tag} {}", range.as_str());
        }
        assert_eq!(Language::parse("zh-Hans-CN").unwrap().primary(), "zh");
    }
}
