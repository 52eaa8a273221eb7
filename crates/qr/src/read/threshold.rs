//! From shades to black and white.

use rxing::{
    Binarizer, Luma8Source,
    common::{BitMatrix, GlobalHistogramBinarizer, HybridBinarizer},
};

use super::gray::Gray;

/// What counts as black.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Threshold {
    /// What is darker than its neighbourhood of blocks of eight pixels.
    Hybrid,
    /// What is darker than the valley of a histogram of four rows.
    Histogram,
    /// What is in the darker of the two classes that differ most (Otsu).
    Otsu,
    /// What is darker than the mean within this many pixels.
    Local(usize),
}

/// How much darker than its neighbourhood black is: less is noise.
const NOISE: u8 = 5;

impl Threshold {
    /// The picture in black and white; nothing if there is too little contrast to tell.
    pub(super) fn of(self, gray: &Gray) -> Option<BitMatrix> {
        match self {
            Self::Hybrid => {
                let binarizer = HybridBinarizer::new(source(gray)?);
                binarizer.get_black_matrix().ok().cloned()
            }
            Self::Histogram => {
                let binarizer = GlobalHistogramBinarizer::new(source(gray)?);
                binarizer.get_black_matrix().ok().cloned()
            }
            Self::Otsu => {
                let level = otsu(&gray.bytes);
                matrix(gray, gray.bytes.iter().map(|&shade| shade <= level))
            }
            Self::Local(radius) => {
                let means = gray.smoothed(radius);
                let pairs = gray.bytes.iter().zip(&means.bytes);
                matrix(
                    gray,
                    pairs.map(|(&shade, &mean)| shade.saturating_add(NOISE) < mean),
                )
            }
        }
    }
}

/// The same picture as rxing takes it.
pub(super) fn source(gray: &Gray) -> Option<Luma8Source<'_>> {
    let (width, height) = (u32::try_from(gray.width), u32::try_from(gray.height));
    Luma8Source::new_with_slice(&gray.bytes, width.ok()?, height.ok()?).ok()
}

fn matrix(gray: &Gray, is_black: impl Iterator<Item = bool>) -> Option<BitMatrix> {
    let (width, height) = (u32::try_from(gray.width), u32::try_from(gray.height));
    let (width, height) = (width.ok()?, height.ok()?);
    let mut matrix = BitMatrix::new(width, height).ok()?;
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    for ((x, y), _) in places.zip(is_black).filter(|(_, is_black)| *is_black) {
        matrix.set(x, y);
    }
    Some(matrix)
}

/// The brightest shade of the darker class.
#[expect(clippy::cast_precision_loss, reason = "pixels are far fewer than 2^52")]
fn otsu(shades: &[u8]) -> u8 {
    let mut counts = [0_u64; 256];
    for &shade in shades {
        counts[usize::from(shade)] += 1;
    }
    let weighted = |(shade, &count): (usize, &u64)| shade as f64 * count as f64;
    let total: f64 = counts.iter().enumerate().map(weighted).sum();
    let (mut darker, mut sum, mut best, mut level) = (0.0, 0.0, 0.0, 0);
    for (shade, &count) in (0..=u8::MAX).zip(&counts) {
        darker += count as f64;
        sum += f64::from(shade) * count as f64;
        let brighter = shades.len() as f64 - darker;
        if darker == 0.0 || brighter <= 0.0 {
            continue;
        }
        let apart = sum / darker - (total - sum) / brighter;
        let difference = darker * brighter * apart * apart;
        if difference > best {
            (best, level) = (difference, shade);
        }
    }
    level
}
