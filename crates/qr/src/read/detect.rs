//! Finding and decoding codes in one picture, by the decoders of others.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::{
    BinaryBitmap, DecodeHints, Point, Reader,
    common::{BitMatrix, DetectorRXingResult, HybridBinarizer, cpp_essentials::ConcentricPattern},
    qrcode::{
        QRCodeReader,
        cpp_port::{
            decoder::Decode,
            detector::{FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR},
        },
    },
};

use super::{gray::Gray, threshold};

/// How many triples of finder patterns are tried in one picture, the likeliest first.
const TRIES: usize = 200;

/// What one look at a picture gave.
#[derive(Default)]
pub(super) struct Look {
    pub(super) texts: Vec<String>,
    /// Whether there are finder patterns of a code that was not read.
    pub(super) saw_more: bool,
}

/// All codes in a black and white picture.
pub(super) fn all(matrix: &BitMatrix) -> Look {
    guarded(|| {
        let mut patterns = FindFinderPatterns(matrix, true, 0);
        let sets = GenerateFinderPatternSets(&mut patterns);
        let (mut look, mut read) = (Look::default(), Vec::new());
        let mut unread = Vec::new();
        for set in sets.iter().take(TRIES) {
            if is_used(set, &read) {
                continue;
            }
            match decode(matrix, set) {
                Some((text, corners)) => {
                    read.push((*set, corners));
                    look.texts.push(text);
                }
                None => unread.push(set),
            }
        }
        look.saw_more = unread.into_iter().any(|set| !is_used(set, &read));
        look
    })
}

/// One code, by the older detector: it reads some that have odd finder patterns.
pub(super) fn one(gray: &Gray) -> Look {
    guarded(|| {
        let hints = DecodeHints {
            TryHarder: Some(true),
            ..DecodeHints::default()
        };
        let result = threshold::source(gray).and_then(|source| {
            let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
            QRCodeReader.decode_with_hints(&mut bitmap, &hints).ok()
        });
        Look {
            texts: result
                .iter()
                .map(|code| code.getText().to_owned())
                .collect(),
            saw_more: false,
        }
    })
}

/// All codes, by another decoder altogether.
pub(super) fn other(gray: &Gray) -> Look {
    guarded(|| {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(gray.width, gray.height, |x, y| {
                gray.row(y).get(x).copied().unwrap_or(u8::MAX)
            });
        let grids = image.detect_grids().into_iter();
        Look {
            texts: grids
                .filter_map(|grid| Some(grid.decode().ok()?.1))
                .collect(),
            saw_more: false,
        }
    })
}

/// The decoders index and assert; a picture that makes them panic is one that they can't read.
pub(super) fn guarded(look: impl FnOnce() -> Look) -> Look {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_default()
}

type Corners = [Point; 4];

fn decode(matrix: &BitMatrix, set: &FinderPatternSet) -> Option<(String, Corners)> {
    let sampled = SampleQR(matrix, set).ok()?;
    let code = Decode(sampled.getBits()).ok()?;
    let text = code.isValid().then(|| code.content().to_string())?;
    let corners = sampled.getPoints().first_chunk().copied()?;
    (!text.is_empty()).then_some((text, corners))
}

/// Whether a pattern of the set belongs to a code that was read, or is inside of it.
fn is_used(set: &FinderPatternSet, read: &[(FinderPatternSet, Corners)]) -> bool {
    let patterns = [set.bl, set.tl, set.tr];
    read.iter().any(|(known, corners)| {
        let known = [known.bl, known.tl, known.tr];
        let is_it =
            |pattern: &ConcentricPattern| known.contains(pattern) || is_inside(pattern.p, corners);
        patterns.iter().any(is_it)
    })
}

/// Whether the point is on the same side of all four edges.
fn is_inside(point: Point, corners: &Corners) -> bool {
    let next = corners.iter().cycle().skip(1);
    let side = |(from, to): (&Point, &Point)| {
        (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x) >= 0.0
    };
    let mut sides = corners.iter().zip(next).map(side);
    let first = sides.next();
    sides.all(|side| Some(side) == first)
}
