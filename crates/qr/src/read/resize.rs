//! Larger and smaller.

use super::gray::Gray;

/// How large a picture is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Size {
    /// As it is.
    Full,
    /// At most this many pixels along the longer side.
    Within(usize),
    /// Half of its width and height.
    Half,
    /// Twice its width and height.
    Double,
}

impl Gray {
    pub(super) fn sized(&self, size: Size) -> Self {
        match size {
            Size::Full => self.clone(),
            Size::Within(side) => self.within(side),
            Size::Half => self.half(),
            Size::Double => self.scaled(self.width * 2, self.height * 2),
        }
    }

    pub(super) fn longer_side(&self) -> usize {
        self.width.max(self.height)
    }

    /// Halved as often as it takes, then scaled: nothing in between is left out.
    fn within(&self, side: usize) -> Self {
        if self.longer_side() <= side {
            return self.clone();
        }
        if self.longer_side() >= 2 * side {
            return self.half().within(side);
        }
        let longer = self.longer_side();
        let shrunk = |length: usize| (length * side / longer).max(1);
        self.scaled(shrunk(self.width), shrunk(self.height))
    }

    /// The mean of each four pixels.
    fn half(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut bytes = Vec::with_capacity(width * height);
        let rows: Vec<&[u8]> = self.bytes.chunks_exact(self.width.max(1)).collect();
        for pair in rows.as_chunks::<2>().0 {
            let (upper, _) = pair[0].as_chunks::<2>();
            let (lower, _) = pair[1].as_chunks::<2>();
            let mean = |(upper, lower): (&[u8; 2], &[u8; 2])| {
                let four = [upper[0], upper[1], lower[0], lower[1]];
                let sum: u16 = four.into_iter().map(u16::from).sum();
                u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
            };
            bytes.extend(upper.iter().zip(lower).map(mean));
        }
        Self {
            width,
            height,
            bytes,
        }
    }

    /// To this size, by two-way linear interpolation.
    fn scaled(&self, width: usize, height: usize) -> Self {
        let columns: Vec<Between> = (0..width)
            .map(|x| Between::at(x, width, self.width))
            .collect();
        let mut bytes = Vec::with_capacity(width * height);
        for y in 0..height {
            let at = Between::at(y, height, self.height);
            let (upper, lower) = (self.row(at.first), self.row(at.second));
            bytes.extend(columns.iter().map(|column| {
                let mixed = at.mix(column.of(upper), column.of(lower));
                u8::try_from((mixed + (1 << 15)) >> 16).unwrap_or(u8::MAX)
            }));
        }
        Self {
            width,
            height,
            bytes,
        }
    }

    /// Empty outside of the picture.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        let begin = y * self.width;
        self.bytes.get(begin..begin + self.width).unwrap_or(&[])
    }
}

/// A place between two neighbours.
struct Between {
    first: usize,
    second: usize,
    /// How near the second is, of 256.
    weight: u32,
}

impl Between {
    /// Where the middle of pixel `at` of `length` is among `of` pixels.
    fn at(at: usize, length: usize, of: usize) -> Self {
        // In 256ths of a pixel.
        let place = ((2 * at + 1) * of * 128 / length.max(1)).saturating_sub(128);
        let first = (place / 256).min(of.saturating_sub(1));
        Self {
            first,
            second: (first + 1).min(of.saturating_sub(1)),
            weight: u32::try_from(place % 256).unwrap_or(0),
        }
    }

    /// 256 times the shade here.
    fn of(&self, row: &[u8]) -> u32 {
        let shade = |at: usize| row.get(at).copied().map_or(0, u32::from);
        self.mix(shade(self.first), shade(self.second))
    }

    fn mix(&self, first: u32, second: u32) -> u32 {
        first * (256 - self.weight) + second * self.weight
    }
}
