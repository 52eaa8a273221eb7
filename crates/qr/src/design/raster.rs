//! A design as PNG: modules of whole pixels, so that squares stay sharp.

use super::{Color, Design, DesignError, Dots, FINDER, Finders, corners, opaque::Opaque};
use crate::Code;

/// Points along one side of a pixel at which a shape is tried, for smooth edges.
const TRIES: usize = 4;

/// How much of each pixel a shape covers, in parts of 255, row by row.
struct Tile {
    side: usize,
    cover: Vec<u8>,
}

/// Pixels of the picture.
struct Canvas {
    size: usize,
    pixels: Vec<[u8; 3]>,
}

impl Design {
    /// The design as a PNG of exactly its size; what does not divide by modules goes to the margin.
    ///
    /// # Errors
    /// [`DesignError::NotALogo`].
    pub fn png(&self, code: &Code) -> Result<Vec<u8>, DesignError> {
        let module = self.module(code).max(1);
        let begin = self.size.saturating_sub(module * code.width()) / 2;
        let mut canvas = Canvas {
            size: self.size,
            pixels: vec![self.background.0; self.size * self.size],
        };
        let dot = Tile::dot(self.dots, module);
        let places = (0..code.width()).flat_map(|y| (0..code.width()).map(move |x| (x, y)));
        for (x, y) in places.filter(|(x, y)| self.is_drawn(code, *x, *y)) {
            let (left, top) = (begin + x * module, begin + y * module);
            canvas.cover(left, top, &dot, self.foreground);
        }
        let finder = Tile::finder(self.finders, module);
        for (x, y) in corners(code) {
            let (left, top) = (begin + x * module, begin + y * module);
            canvas.cover(left, top, &finder, self.foreground);
        }
        if let Some(logo) = &self.logo {
            let plate = self.plate(code);
            let place = begin + (code.width() - plate) / 2 * module + module / 2;
            canvas.place(
                place,
                (plate * module).saturating_sub(module),
                &Opaque::of(logo)?,
            );
        }
        Ok(canvas.file())
    }
}

impl Tile {
    fn dot(dots: Dots, module: usize) -> Self {
        // In few pixels a gap between circles would only make all of them pale.
        let radius = if module < 8 { 0.5 } else { 0.46 };
        Self::new(module, |x, y| match dots {
            Dots::Square => true,
            Dots::Rounded => is_in_square(x - 0.5, y - 0.5, 0.5, 0.3),
            Dots::Round => is_in_square(x - 0.5, y - 0.5, radius, radius),
        })
    }

    fn finder(finders: Finders, module: usize) -> Self {
        let [outer, hole, inner] = finders.radii();
        Self::new(FINDER * module, move |x, y| {
            // In modules around the middle.
            let (x, y) = (x * 7.0 - 3.5, y * 7.0 - 3.5);
            let is_ring = is_in_square(x, y, 3.5, outer) && !is_in_square(x, y, 2.5, hole);
            is_ring || is_in_square(x, y, 1.5, inner)
        })
    }

    /// The shape says of places from 0 to 1 whether they are in it.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
    fn new(side: usize, shape: impl Fn(f64, f64) -> bool) -> Self {
        let points = side * TRIES;
        let place = |at: usize| (at as f64 + 0.5) / points as f64;
        let cover = |pixel: usize| {
            let (left, top) = (pixel % side * TRIES, pixel / side * TRIES);
            let inside = (0..TRIES * TRIES)
                .filter(|at| shape(place(left + at % TRIES), place(top + at / TRIES)));
            u8::try_from(inside.count() * 255 / (TRIES * TRIES)).unwrap_or(u8::MAX)
        };
        Self {
            side,
            cover: (0..side * side).map(cover).collect(),
        }
    }
}

/// Whether a place is in the square around 0 that reaches as far as `half`, with such corners.
fn is_in_square(x: f64, y: f64, half: f64, corner: f64) -> bool {
    let (x, y) = (x.abs(), y.abs());
    let (over_x, over_y) = ((x - half + corner).max(0.0), (y - half + corner).max(0.0));
    let is_inside = x <= half && y <= half;
    is_inside && (corner == 0.0 || over_x * over_x + over_y * over_y <= corner * corner)
}

impl Canvas {
    fn pixel(&mut self, x: usize, y: usize) -> Option<&mut [u8; 3]> {
        let is_inside = x < self.size && y < self.size;
        self.pixels.get_mut(y * self.size + x).filter(|_| is_inside)
    }

    fn cover(&mut self, left: usize, top: usize, tile: &Tile, color: Color) {
        for (at, cover) in tile
            .cover
            .iter()
            .enumerate()
            .filter(|(_, cover)| **cover > 0)
        {
            if let Some(pixel) = self.pixel(left + at % tile.side, top + at / tile.side) {
                *pixel = mixed(*pixel, color.0, *cover);
            }
        }
    }

    /// Draws a picture into the square that begins at `place` in both directions.
    fn place(&mut self, place: usize, side: usize, picture: &Opaque) {
        let longer = picture.width.max(picture.height).max(1);
        let (width, height) = (
            picture.width * side / longer,
            picture.height * side / longer,
        );
        let (left, top) = (place + (side - width) / 2, place + (side - height) / 2);
        for at in 0..width * height {
            let (x, y) = (at % width, at / width);
            let [red, green, blue, opacity] = picture.mean(x, y, width, height);
            if let Some(pixel) = self.pixel(left + x, top + y) {
                *pixel = mixed(*pixel, [red, green, blue], opacity);
            }
        }
    }

    fn file(&self) -> Vec<u8> {
        let size = u32::try_from(self.size).unwrap_or(u32::MAX);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, size, size);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(self.pixels.as_flattened()));
        // Memory takes every byte, and the pixels are as many as the header says.
        debug_assert!(written.is_ok(), "{written:?}");
        file
    }
}

fn mixed(below: [u8; 3], above: [u8; 3], opacity: u8) -> [u8; 3] {
    let opacity = u32::from(opacity);
    std::array::from_fn(|part| {
        let (below, above) = (u32::from(below[part]), u32::from(above[part]));
        let sum = above * opacity + below * (255 - opacity) + 127;
        u8::try_from(sum / 255).unwrap_or(u8::MAX)
    })
}
