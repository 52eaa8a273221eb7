//! Pictures with opacity: logos.

use std::io::Cursor;

use super::{DesignError, Logo};

/// Logos are at most this many pixels, decoded.
const MAX_LOGO: usize = 1 << 20;

/// A logo's pixels: red, green, blue, opacity.
pub(crate) struct Opaque {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<[u8; 4]>,
}

impl Opaque {
    pub(super) fn of(logo: &Logo) -> Result<Self, DesignError> {
        let refused = |_| DesignError::NotALogo;
        let mut reader = png::Decoder::new(Cursor::new(&logo.png))
            .read_info()
            .map_err(refused)?;
        let size = reader.output_buffer_size().ok_or(DesignError::NotALogo)?;
        let is_right = reader.output_color_type() == (png::ColorType::Rgba, png::BitDepth::Eight);
        if !is_right || size > 4 * MAX_LOGO {
            return Err(DesignError::NotALogo);
        }
        let mut bytes = vec![0; size];
        let frame = reader.next_frame(&mut bytes).map_err(refused)?;
        Ok(Self {
            width: frame.width as usize,
            height: frame.height as usize,
            pixels: bytes.as_chunks::<4>().0.to_vec(),
        })
    }

    /// The mean of the pixels that one pixel of a picture of this size stands for.
    pub(super) fn mean(&self, x: usize, y: usize, width: usize, height: usize) -> [u8; 4] {
        let range = |at: usize, of: usize, all: usize| {
            let begin = at * all / of;
            begin..((at + 1) * all / of).max(begin + 1).min(all)
        };
        let (mut sums, mut count) = ([0_u64; 4], 0);
        for row in range(y, height, self.height) {
            for column in range(x, width, self.width) {
                let pixel = self.pixels.get(row * self.width + column);
                let [red, green, blue, opacity] = pixel.copied().unwrap_or_default().map(u64::from);
                for (sum, part) in sums.iter_mut().zip([red, green, blue]) {
                    *sum += part * opacity;
                }
                sums[3] += opacity;
                count += 1;
            }
        }
        let [red, green, blue, opacity] = sums;
        let color = |sum: u64| u8::try_from(sum / opacity.max(1)).unwrap_or(u8::MAX);
        let opacity = u8::try_from(opacity / count.max(1)).unwrap_or(u8::MAX);
        [color(red), color(green), color(blue), opacity]
    }

    /// At most this many pixels along the longer side.
    #[cfg(feature = "read")]
    pub(crate) fn within(&self, side: usize) -> Self {
        let longer = self.width.max(self.height).max(1);
        let shrunk = |length: usize| {
            let side = side.min(longer);
            (length * side / longer).max(1)
        };
        let (width, height) = (shrunk(self.width), shrunk(self.height));
        let places = 0..width * height;
        let mean = |at| self.mean(at % width, at / width, width, height);
        Self {
            width,
            height,
            pixels: places.map(mean).collect(),
        }
    }

    /// As a file: PNG.
    #[cfg(feature = "read")]
    pub(crate) fn file(&self) -> Vec<u8> {
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side(self.width), side(self.height));
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(self.pixels.as_flattened()));
        // Memory takes every byte, and the pixels are as many as the header says.
        debug_assert!(written.is_ok(), "{written:?}");
        file
    }
}
