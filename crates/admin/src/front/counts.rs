//! How often a link was followed, as its maker sees it.

use suo_link::wire::clicks::Class;

use super::words::{Tongue, fill};
use crate::store::StoredLink;

/// What the page shows.
pub(super) struct Counts {
    /// By people.
    pub(super) human: String,
    /// Those of them who came by the QR code.
    pub(super) scans: String,
    /// By programs: what kind, and how often.
    pub(super) programs: Vec<(&'static str, String)>,
}

impl Counts {
    /// `scans`: how often people came by the QR code.
    pub(super) fn new(link: &StoredLink, scans: u64, tongue: Tongue) -> Self {
        let words = tongue.words();
        let of = |class| number(link.clicks.of(class));
        Self {
            human: of(Class::Human),
            scans: fill(words.counts_scans, &[&number(scans)]),
            programs: vec![
                (words.counts_preview, of(Class::Preview)),
                (words.counts_crawler, of(Class::Crawler)),
                (words.counts_prefetch, of(Class::Prefetch)),
            ],
        }
    }
}

/// A number with a thin space between thousands, which both languages read.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(2 * digits.len());
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn thousands_stand_apart() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1 000"),
            (1_234_567, "1 234 567"),
        ] {
            assert_eq!(number(value).replace('\u{202f}', " "), text);
        }
    }
}
