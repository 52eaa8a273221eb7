//! One answer, as it is counted.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{Class, Outcome, Via};
use crate::{
    id::{DomainId, LinkId},
    platform::{App, Device, Os},
    policy::Variant,
    time::Timestamp,
    visitor::Country,
    wire::WireError,
};

/// The referrer of a visitor who names none.
pub const NO_REFERRER: u16 = 0;

/// The referrer of a visitor who names one for which the dictionary has no room.
pub const OTHER_REFERRER: u16 = u16::MAX;

/// How many bits of the hash of a code are kept: enough to tell the codes of one link apart.
pub const ENTRY_BITS: u32 = u32::BITS;

/// No place of a rule and a target: there are at most 32 rules.
const NO_VARIANT: u64 = 0xffff;

/// Milliseconds since 1970 have this many bits: until the year 10889.
const TIME_BITS: u32 = 48;

/// One answer to a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Click {
    /// The link; 0 where the answer is of no link.
    pub link: LinkId,
    /// The domain.
    pub domain: DomainId,
    /// When it was answered, by the edge's clock.
    pub at: Timestamp,
    /// What the visitor got.
    pub outcome: Outcome,
    /// Who asked.
    pub class: Class,
    /// How the visitor came upon the link.
    pub via: Via,
    /// By which of the link's codes ([`Click::entry_of`]).
    pub entry: u32,
    /// The app.
    pub app: App,
    /// The system.
    pub os: Os,
    /// The device.
    pub device: Device,
    /// The place, from 1, of the host among those of the segment; or [`NO_REFERRER`], or
    /// [`OTHER_REFERRER`].
    pub referrer: u16,
    /// The country, if the edge knows countries.
    pub country: Option<Country>,
    /// The preferred language.
    pub language: Option<LanguageCode>,
    /// Which target of which rule.
    pub variant: Option<Variant>,
    /// The lease that paid for it; 0: none.
    pub lease: u64,
    /// A keyed hash of address and agent; 0: not made.
    pub visitor: u64,
}

impl Click {
    /// What stands for a code (as it is matched) in records.
    #[must_use]
    pub fn entry_of(code_key: &str) -> u32 {
        xxh3_64(code_key.as_bytes()) as u32
    }

    /// The click as words.
    #[must_use]
    pub fn row(&self) -> Row {
        let at = u64::try_from(self.at.0)
            .unwrap_or(0)
            .min((1 << TIME_BITS) - 1);
        let country = self.country.map_or([0; 2], Country::letters);
        let language = self.language.map_or(0, |language| language.0);
        let variant = self.variant.map_or(NO_VARIANT, |variant| {
            u64::from(variant.rule) << 8 | u64::from(variant.target)
        });
        Row([
            self.link.0,
            at << 16 | (self.outcome as u64) << 8 | (self.class as u64) << 4 | self.via as u64,
            (self.app as u64) << 56
                | (self.os as u64) << 48
                | (self.device as u64) << 40
                | u64::from(u16::from_be_bytes(country)) << 24
                | u64::from(language) << 8,
            variant << 48 | u64::from(self.referrer) << 32 | u64::from(self.entry),
            self.lease,
            self.visitor,
            u64::from(self.domain.0) << 32,
        ])
    }
}

/// A click as seven words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row(pub [u64; 7]);

impl Row {
    /// Its length in bytes.
    pub const BYTES: usize = 7 * 8;

    /// What follows it in a journal; `place` is another one for every place of every journal, so
    /// that what was left there by an earlier life is not taken for a record.
    #[must_use]
    pub fn check(&self, place: u64) -> u64 {
        let mut bytes = [0; Self::BYTES];
        for (to, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            to.copy_from_slice(&word.to_be_bytes());
        }
        xxh3_64_with_seed(&bytes, place)
    }

    /// The place of its referrer in the dictionary, as [`Click::referrer`].
    #[must_use]
    pub fn referrer(&self) -> u16 {
        (self.0[3] >> 32) as u16
    }

    /// The same click with the place of its referrer in another dictionary.
    #[must_use]
    pub fn with_referrer(mut self, referrer: u16) -> Self {
        self.0[3] = self.0[3] & !(0xffff << 32) | u64::from(referrer) << 32;
        self
    }

    /// Reads what [`Click::row`] wrote. Apps, systems and devices that a newer edge knows are read
    /// as "none" and "other".
    ///
    /// # Errors
    /// [`WireError::Value`] if it is not known what the visitor got, or who it was.
    pub fn read(&self) -> Result<Click, WireError> {
        let [link, what, who, how, lease, visitor, place] = self.0;
        let byte = |word: u64, shift: u32| usize::from((word >> shift) as u8);
        let nibble = |shift: u32| (what >> shift & 0xf) as usize;
        let variant = how >> 48;
        Ok(Click {
            link: LinkId(link),
            domain: DomainId((place >> 32) as u32),
            at: Timestamp((what >> 16) as i64),
            outcome: known(Outcome::ALL, byte(what, 8))?,
            class: known(Class::ALL, nibble(4))?,
            via: known(Via::ALL, nibble(0))?,
            entry: how as u32,
            app: known(App::ALL, byte(who, 56)).unwrap_or(App::None),
            os: known(Os::ALL, byte(who, 48)).unwrap_or(Os::Other),
            device: known(Device::ALL, byte(who, 40)).unwrap_or(Device::Other),
            referrer: self.referrer(),
            country: country((who >> 24) as u16),
            language: Some(LanguageCode((who >> 8) as u16)).filter(|code| code.0 != 0),
            variant: (variant != NO_VARIANT).then_some(Variant {
                rule: (variant >> 8) as u8,
                target: variant as u8,
            }),
            lease,
            visitor,
        })
    }
}

fn known<T: Copy>(all: &[T], place: usize) -> Result<T, WireError> {
    all.get(place).copied().ok_or(WireError::Value)
}

fn country(letters: u16) -> Option<Country> {
    let letters = letters.to_be_bytes();
    Country::parse(std::str::from_utf8(&letters).ok()?)
}

/// The first part of a language tag, of two or three letters: five bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LanguageCode(pub u16);

impl LanguageCode {
    /// Reads `zh` or `yue`, in any case of letters; `None` for what is longer or shorter.
    #[must_use]
    pub fn parse(primary: &str) -> Option<Self> {
        if !(2..=3).contains(&primary.len()) {
            return None;
        }
        let code = primary.bytes().try_fold(0u16, |code, byte| {
            let letter = byte.to_ascii_lowercase().checked_sub(b'a' - 1)?;
            (1..=26)
                .contains(&letter)
                .then_some(code << 5 | u16::from(letter))
        });
        code.map(Self)
    }

    /// The letters, in lower case.
    #[must_use]
    pub fn letters(self) -> String {
        let letter = |shift: u32| (self.0 >> shift & 31) as u8;
        let letters = [10, 5, 0].map(letter).into_iter();
        let letters = letters.filter(|letter| (1..=26).contains(letter));
        letters
            .map(|letter| char::from(letter + b'a' - 1))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::LanguageCode;

    #[test]
    fn languages_are_two_or_three_letters() {
        for (text, letters) in [("zh", "zh"), ("EN", "en"), ("yue", "yue"), ("zz", "zz")] {
            assert_eq!(LanguageCode::parse(text).unwrap().letters(), letters);
        }
        for text in ["", "z", "zho-", "z1", "é", "zhong"] {
            assert_eq!(LanguageCode::parse(text), None, "{text}");
        }
    }
}
