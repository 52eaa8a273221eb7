//! Shades beside those around them.

use super::super::gray::Gray;

/// Modules around a place whose mean tells black from white there.
const NEIGHBOURHOOD: f32 = 3.0;

/// How much darker (below zero) or brighter than its neighbourhood each pixel is.
pub(super) struct Contrast {
    width: usize,
    height: usize,
    differences: Vec<i16>,
}

impl Contrast {
    pub(super) fn of(gray: &Gray, module: f32) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few pixels"
        )]
        let radius = (module * NEIGHBOURHOOD).ceil().clamp(2.0, 200.0) as usize;
        let means = gray.smoothed(radius);
        let pairs = gray.bytes.iter().zip(&means.bytes);
        let difference = |(shade, mean): (&u8, &u8)| i16::from(*shade) - i16::from(*mean);
        Self {
            width: gray.width,
            height: gray.height,
            differences: pairs.map(difference).collect(),
        }
    }

    /// None outside of the picture.
    pub(super) fn at(&self, [x, y]: [f32; 2]) -> f32 {
        if !(x >= 0.0 && y >= 0.0) {
            return 0.0;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not below zero, and too large is outside"
        )]
        let (x, y) = (x as usize, y as usize);
        if x >= self.width || y >= self.height {
            return 0.0;
        }
        let difference = self.differences.get(y * self.width + x);
        difference.copied().map_or(0.0, f32::from)
    }
}
