//! Undoing a blur: the picture is sought that, blurred, would look like this one.
//!
//! Van Cittert's iteration: what the present guess, blurred, lacks is added to it. Codes have only
//! black and white, so that keeping the guess within that range steadies it; noise grows
//! with each round.

use super::gray::Gray;

impl Gray {
    /// After so many rounds against a Gaussian blur of this standard deviation, in pixels.
    pub(super) fn deblurred(&self, deviation: f32, rounds: usize) -> Self {
        let seen: Vec<f32> = self.bytes.iter().map(|&shade| f32::from(shade)).collect();
        let mut guess = seen.clone();
        let mut blur = Blur::new(deviation, self.width, self.height);
        for _ in 0..rounds {
            let blurred = blur.of(&guess);
            for ((guess, seen), blurred) in guess.iter_mut().zip(&seen).zip(blurred) {
                *guess = (*guess + seen - blurred).clamp(0.0, 255.0);
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped above"
        )]
        let shades = guess.into_iter().map(|shade| shade as u8);
        Self {
            bytes: shades.collect(),
            ..*self
        }
    }
}

/// A Gaussian blur of pictures of one size.
struct Blur {
    width: usize,
    height: usize,
    /// Of a pixel itself, then of its neighbours to either side, by distance.
    weights: Vec<f32>,
    /// A row with its ends repeated on either side.
    padded: Vec<f32>,
    across: Vec<f32>,
    result: Vec<f32>,
}

impl Blur {
    fn new(deviation: f32, width: usize, height: usize) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few pixels"
        )]
        let radius = (deviation * 2.5).ceil() as u16;
        let weight = |distance: u16| {
            let distance = f32::from(distance) / deviation;
            (-distance * distance / 2.0).exp()
        };
        let weights: Vec<f32> = (0..=radius).map(weight).collect();
        let total = 2.0 * weights.iter().sum::<f32>() - 1.0;
        Self {
            width,
            height,
            weights: weights.into_iter().map(|weight| weight / total).collect(),
            padded: vec![0.0; width + 2 * usize::from(radius)],
            across: vec![0.0; width * height],
            result: vec![0.0; width * height],
        }
    }

    fn of(&mut self, picture: &[f32]) -> &[f32] {
        let width = self.width.max(1);
        for (row, across) in picture
            .chunks_exact(width)
            .zip(self.across.chunks_exact_mut(width))
        {
            blur_row(row, &self.weights, &mut self.padded, across);
        }
        let rows: Vec<&[f32]> = self.across.chunks_exact(width).collect();
        for (y, result) in self.result.chunks_exact_mut(width).enumerate() {
            blur_down(&rows, y, self.height, &self.weights, result);
        }
        &self.result
    }
}

fn blur_row(row: &[f32], weights: &[f32], padded: &mut [f32], result: &mut [f32]) {
    let radius = weights.len() - 1;
    let (first, last) = (row.first().copied(), row.last().copied());
    padded[..radius].fill(first.unwrap_or_default());
    padded[radius..radius + row.len()].copy_from_slice(row);
    padded[radius + row.len()..].fill(last.unwrap_or_default());
    result.fill(0.0);
    for (distance, weight) in weights.iter().enumerate() {
        let (left, right) = (&padded[radius - distance..], &padded[radius + distance..]);
        add_weighted(result, left, right, *weight, distance == 0);
    }
}

fn blur_down(rows: &[&[f32]], y: usize, height: usize, weights: &[f32], result: &mut [f32]) {
    result.fill(0.0);
    for (distance, weight) in weights.iter().enumerate() {
        let (above, below) = (y.saturating_sub(distance), (y + distance).min(height - 1));
        add_weighted(result, rows[above], rows[below], *weight, distance == 0);
    }
}

/// Both sides count, but the middle only once.
fn add_weighted(result: &mut [f32], one: &[f32], other: &[f32], weight: f32, is_middle: bool) {
    let weight = if is_middle { weight / 2.0 } else { weight };
    for ((sum, one), other) in result.iter_mut().zip(one).zip(other) {
        *sum += weight * (one + other);
    }
}
