//! Pictures in shades of grey, and how they are made of coloured ones.

use super::pixels::Pixels;

/// One byte a pixel, 0 is black.
#[derive(Clone)]
pub(super) struct Gray {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row by row; `width * height`.
    pub(super) bytes: Vec<u8>,
}

/// Which shade a colour becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// How bright it looks, transparent parts over white.
    Luma,
    /// The opposite of how bright it looks.
    Inverted,
    /// The opposite, transparent parts over black: white codes without a background.
    OverBlack,
    /// The brightest of red, green, blue, stretched: dark codes on colours.
    Brightest,
    /// The darkest of the three, stretched: coloured codes on white.
    Darkest,
    /// Red alone, stretched.
    Red,
    /// Blue alone, stretched.
    Blue,
}

impl Tone {
    /// Whether a picture with these channels may look other in this tone than in [`Tone::Luma`].
    pub(super) fn applies(self, pixels: &Pixels) -> bool {
        match self {
            Self::Luma | Self::Inverted => true,
            Self::OverBlack => pixels.channels == 4,
            Self::Brightest | Self::Darkest | Self::Red | Self::Blue => pixels.channels >= 3,
        }
    }
}

impl Gray {
    pub(super) fn of(pixels: &Pixels, tone: Tone) -> Self {
        match tone {
            Tone::Luma => Self::mapped(pixels, luma, 255),
            Tone::Inverted => Self::mapped(pixels, |pixel| 255 - luma(pixel), 0),
            Tone::OverBlack => Self::mapped(pixels, |pixel| 255 - luma(pixel), 255),
            Tone::Brightest => Self::mapped(pixels, |[r, g, b]| r.max(g).max(b), 255).stretched(),
            Tone::Darkest => Self::mapped(pixels, |[r, g, b]| r.min(g).min(b), 255).stretched(),
            Tone::Red => Self::mapped(pixels, |[r, _, _]| r, 255).stretched(),
            Tone::Blue => Self::mapped(pixels, |[_, _, b]| b, 255).stretched(),
        }
    }

    /// `behind` is what shows where a pixel is transparent, after the mapping.
    fn mapped(pixels: &Pixels, shade: impl Fn([u8; 3]) -> u8, behind: u8) -> Self {
        let bytes = &pixels.bytes;
        let bytes = match pixels.channels {
            1 => bytes.iter().map(|&grey| shade([grey; 3])).collect(),
            3 => {
                let (pixels, _) = bytes.as_chunks::<3>();
                pixels.iter().map(|&pixel| shade(pixel)).collect()
            }
            _ => {
                let (pixels, _) = bytes.as_chunks::<4>();
                let over = |&[r, g, b, opacity]: &[u8; 4]| over(shade([r, g, b]), behind, opacity);
                pixels.iter().map(over).collect()
            }
        };
        Self {
            width: pixels.width,
            height: pixels.height,
            bytes,
        }
    }

    /// All shades between the darkest and the brightest hundredth, over the whole range.
    fn stretched(mut self) -> Self {
        let mut counts = [0_usize; 256];
        for &byte in &self.bytes {
            counts[usize::from(byte)] += 1;
        }
        let few = self.bytes.len() / 100;
        let dark = first_above(counts.iter(), few);
        let bright = 255 - first_above(counts.iter().rev(), few);
        if dark >= bright {
            return self;
        }
        let range = bright - dark;
        let table: [u8; 256] = std::array::from_fn(|shade| {
            let above = shade.saturating_sub(dark).min(range);
            u8::try_from(above * 255 / range).unwrap_or(u8::MAX)
        });
        for byte in &mut self.bytes {
            *byte = table[usize::from(*byte)];
        }
        self
    }

    /// With a white border of this many pixels.
    pub(super) fn bordered(&self, border: usize) -> Self {
        let width = self.width + 2 * border;
        let mut bytes = vec![255; width * border];
        for row in self.bytes.chunks_exact(self.width.max(1)) {
            bytes.resize(bytes.len() + border, 255);
            bytes.extend_from_slice(row);
            bytes.resize(bytes.len() + border, 255);
        }
        bytes.resize(bytes.len() + width * border, 255);
        Self {
            width,
            height: self.height + 2 * border,
            bytes,
        }
    }
}

/// How bright a colour looks, by the weights of ITU-R BT.601.
fn luma([r, g, b]: [u8; 3]) -> u8 {
    let sum = 306 * u32::from(r) + 601 * u32::from(g) + 117 * u32::from(b) + 512;
    u8::try_from(sum >> 10).unwrap_or(u8::MAX)
}

fn over(shade: u8, behind: u8, opacity: u8) -> u8 {
    let opacity = u32::from(opacity);
    let mixed = u32::from(shade) * opacity + u32::from(behind) * (255 - opacity) + 127;
    u8::try_from(mixed / 255).unwrap_or(u8::MAX)
}

/// How many leading counts add up to no more than `few`.
fn first_above<'a>(counts: impl Iterator<Item = &'a usize>, few: usize) -> usize {
    let mut sum = 0;
    let within = counts.take_while(|count| {
        sum += **count;
        sum <= few
    });
    within.count().min(255)
}
