//! How many different visitors there were, without knowing which.
//!
//! A HyperLogLog sketch, by Apache `DataSketches`, in its documented format. Up to some hundred visitors it
//! is as good as exact and takes four bytes for each; then it stays at its size, with an error that
//! statistics.md states and a test measures.

use datasketches::hll::{HllSketch, HllType};
use xxhash_rust::xxh3::xxh3_64;

use super::tally::Scope;

/// The first byte of a sketch as it is kept.
const VERSION: u8 = 1;

/// Bytes before the sketch itself: the version and a check, because a damaged sketch counts on as
/// if nothing were wrong.
const HEAD: usize = 1 + 4;

/// The visitors of a day.
pub struct Sketch(HllSketch);

impl Sketch {
    /// Nobody yet. Links and tags, which are many, take 2 KB at most, with a standard error of 1.3 %;
    /// domains and the workspace 8 KB, with 0.65 %.
    #[must_use]
    pub fn of(scope: Scope) -> Option<Self> {
        let registers = match scope {
            Scope::Link | Scope::Tag => 12,
            Scope::Domain | Scope::Workspace => 14,
        };
        HllSketch::new(registers, HllType::Hll4).ok().map(Self)
    }

    /// Reads a sketch; `None` if it is damaged.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, sketch) = bytes.split_at_checked(HEAD)?;
        if head != self::head(sketch) {
            return None;
        }
        HllSketch::deserialize(sketch).ok().map(Self)
    }

    /// The sketch as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let sketch = self.0.serialize();
        [&head(&sketch)[..], &sketch].concat()
    }

    /// Somebody came, by the hash; again or for the first time.
    pub fn add(&mut self, visitor: u64) {
        self.0.update(visitor);
    }

    /// How many came.
    #[must_use]
    pub fn visitors(&self) -> u64 {
        self.0.estimate().round() as u64
    }
}

fn head(sketch: &[u8]) -> [u8; HEAD] {
    let [a, b, c, d, ..] = xxh3_64(sketch).to_be_bytes();
    [VERSION, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::{Scope, Sketch};

    /// A generator of numbers without a pattern (SplitMix64).
    fn visitor(number: u64) -> u64 {
        let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn sketch(scope: Scope, visitors: std::ops::Range<u64>) -> Sketch {
        let mut sketch = Sketch::of(scope).unwrap();
        visitors.for_each(|number| sketch.add(visitor(number)));
        sketch
    }

    /// The worst and the mean error over some days, in parts of the truth.
    fn errors(scope: Scope, visitors: u64) -> (f64, f64) {
        let days = 40;
        let of_day = |day: u64| {
            // As it is kept: read and written again after every few visitors.
            let begin = day << 32;
            let mut kept = Sketch::of(scope).unwrap().to_bytes();
            for part in 0..4 {
                let mut sketch = Sketch::from_bytes(&kept).unwrap();
                let part = begin + part * visitors / 4..begin + (part + 1) * visitors / 4;
                part.clone().for_each(|number| sketch.add(visitor(number)));
                part.for_each(|number| sketch.add(visitor(number)));
                kept = sketch.to_bytes();
            }
            let counted = Sketch::from_bytes(&kept).unwrap().visitors();
            (counted as f64 - visitors as f64).abs() / visitors as f64
        };
        let errors: Vec<f64> = (0..days).map(of_day).collect();
        let square: f64 = errors.iter().map(|error| error * error).sum();
        let worst = errors.iter().copied().fold(0.0, f64::max);
        (worst, (square / errors.len() as f64).sqrt())
    }

    #[test]
    fn few_visitors_are_counted_exactly_in_few_bytes() {
        for (visitors, bytes) in [(0, 13), (1, 17), (7, 41), (30, 150), (100, 430)] {
            let sketch = sketch(Scope::Link, 0..visitors);
            assert_eq!(sketch.visitors(), visitors);
            let length = sketch.to_bytes().len();
            assert!(length <= bytes, "{visitors}: {length}");
        }
        assert!(sketch(Scope::Link, 0..100_000).to_bytes().len() < 2300);
        assert!(sketch(Scope::Workspace, 0..100_000).to_bytes().len() < 8600);
    }

    #[test]
    fn the_error_is_what_the_manual_says() {
        for (scope, visitors, mean, worst) in [
            (Scope::Link, 300, 0.005, 0.01),
            (Scope::Link, 3000, 0.02, 0.045),
            (Scope::Link, 30_000, 0.02, 0.045),
            (Scope::Workspace, 30_000, 0.01, 0.025),
            (Scope::Workspace, 200_000, 0.01, 0.025),
        ] {
            let (most, usual) = errors(scope, visitors);
            println!("{scope:?} {visitors}: standard error {usual:.4}, worst of 40 {most:.4}");
            assert!(
                usual <= mean && most <= worst,
                "{scope:?} {visitors}: {usual} {most}"
            );
        }
    }

    #[test]
    fn a_visitor_who_comes_again_and_again_is_one() {
        let mut sketch = sketch(Scope::Link, 0..50);
        (0..50).for_each(|number| sketch.add(visitor(number)));
        assert_eq!(sketch.visitors(), 50);
    }

    #[test]
    fn damaged_bytes_are_not_believed() {
        for visitors in [3, 100, 5000] {
            let good = sketch(Scope::Link, 0..visitors).to_bytes();
            for place in 0..good.len() {
                let mut bad = good.clone();
                bad[place] ^= 1 << (place % 8);
                assert!(Sketch::from_bytes(&bad).is_none(), "{visitors} {place}");
                assert!(Sketch::from_bytes(&good[..place]).is_none());
            }
        }
        assert!(Sketch::from_bytes(&[]).is_none());
    }

    #[test]
    fn the_bytes_stay_as_they_are() {
        let hex = |sketch: &Sketch| -> String {
            let bytes = sketch.to_bytes();
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        assert_eq!(
            hex(&sketch(Scope::Link, 0..3)),
            "01bfa364560201070c03080300a3ee7a0cc1b3cb0573e51606"
        );
        let large = sketch(Scope::Link, 0..5000).to_bytes();
        let check = xxhash_rust::xxh3::xxh3_64(&large);
        assert_eq!(
            format!("{} {check:016x}", large.len()),
            "2093 ff2a8dcce7995dcf"
        );
    }
}
