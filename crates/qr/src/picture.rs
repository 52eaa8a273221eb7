//! From modules to a PNG.

use crate::Code;

/// Modules of white around a code; four are what ISO/IEC 18004 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin(pub usize);

impl Default for Margin {
    fn default() -> Self {
        Self(4)
    }
}

/// How a code is drawn: black on white, in whole pixels, the margin part of the picture, so that
/// it stands on a dark page as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels along one side of a module, at least 1.
    pub module: usize,
    /// White around the code.
    pub margin: Margin,
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            module: 8,
            margin: Margin::default(),
        }
    }
}

impl Picture {
    /// Pixels along one side of the picture of this code.
    #[must_use]
    pub fn width(&self, code: &Code) -> usize {
        (code.width() + 2 * self.margin.0) * self.module.max(1)
    }

    /// The picture as a file: PNG, one bit a pixel.
    #[must_use]
    pub fn png(&self, code: &Code) -> Vec<u8> {
        let width = u32::try_from(self.width(code)).unwrap_or(u32::MAX);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, width);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.set_compression(png::Compression::Balanced);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&self.pixels(code)));
        // Memory takes every byte, and the pixels are as many as the header says.
        debug_assert!(written.is_ok(), "{written:?}");
        file
    }

    /// Rows of bits, each row in whole bytes; 1 is white.
    fn pixels(&self, code: &Code) -> Vec<u8> {
        let (module, margin) = (self.module.max(1), self.margin.0);
        let modules = code.width() + 2 * margin;
        let mut pixels = Vec::with_capacity(self.width(code).div_ceil(8) * self.width(code));
        for y in 0..modules {
            let mut row = vec![0; self.width(code).div_ceil(8)];
            for x in 0..self.width(code) {
                let is_black =
                    code.is_black((x / module).wrapping_sub(margin), y.wrapping_sub(margin));
                if let Some(byte) = row.get_mut(x / 8).filter(|_| !is_black) {
                    *byte |= 0x80 >> (x % 8);
                }
            }
            for _ in 0..module {
                pixels.extend_from_slice(&row);
            }
        }
        pixels
    }
}
