//! BMP files of all depths.

use super::files::Picture;

/// How a BMP is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Numbers of colours of a table: 1, 4 or 8 bits each.
    Table(u16),
    /// Numbers of a table with 8 bits, as runs.
    Runs,
    /// Blue, green, red in 16 bits, five each.
    Five,
    /// Blue, green, red, a byte each.
    Three,
    /// The same with an unused byte.
    Four,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Table(1),
        Self::Table(4),
        Self::Table(8),
        Self::Runs,
        Self::Five,
        Self::Three,
        Self::Four,
    ];

    fn bits(self) -> u16 {
        match self {
            Self::Table(bits) => bits,
            Self::Runs => 8,
            Self::Five => 16,
            Self::Three => 24,
            Self::Four => 32,
        }
    }

    /// One row, in whole units of four bytes but for runs.
    fn row(self, dark: &[bool]) -> Vec<u8> {
        let mut row = match self {
            Self::Table(bits) => table(dark, bits.into()),
            Self::Runs => return runs(dark),
            Self::Five => wide(dark, [&[0, 0], &[0xff, 0x7f]]),
            Self::Three => wide(dark, [&[0; 3], &[255; 3]]),
            Self::Four => wide(dark, [&[0; 4], &[255; 4]]),
        };
        row.resize(row.len().next_multiple_of(4), 0);
        row
    }
}

fn wide(dark: &[bool], [black, white]: [&[u8]; 2]) -> Vec<u8> {
    let pixels = dark.iter().map(|dark| if *dark { black } else { white });
    pixels.collect::<Vec<_>>().concat()
}

fn table(dark: &[bool], bits: usize) -> Vec<u8> {
    let mut row = vec![0_u8; (dark.len() * bits).div_ceil(8)];
    for (x, _) in dark.iter().enumerate().filter(|(_, dark)| !**dark) {
        let at = x * bits;
        row[at / 8] |= 1 << (8 - bits - at % 8);
    }
    row
}

fn runs(dark: &[bool]) -> Vec<u8> {
    let mut row = Vec::new();
    for run in dark.chunk_by(|one, other| one == other) {
        for piece in run.chunks(255) {
            row.extend([u8::try_from(piece.len()).unwrap(), u8::from(!run[0])]);
        }
    }
    // The end of a row.
    row.extend([0, 0]);
    row
}

/// A file of this kind, its first row at the bottom, as most have it, or at the top.
pub(super) fn bmp(picture: &Picture, kind: Kind, is_top_down: bool) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let dark = |x, y| picture.get_pixel(x, y).0[1] < 128;
    let mut rows: Vec<Vec<u8>> = (0..height)
        .map(|y| kind.row(&(0..width).map(|x| dark(x, y)).collect::<Vec<_>>()))
        .collect();
    if !is_top_down {
        rows.reverse();
    }
    let pixels = rows.concat();
    let colors: Vec<u8> = match kind {
        Kind::Table(_) | Kind::Runs => vec![0, 0, 0, 0, 255, 255, 255, 0],
        _ => Vec::new(),
    };
    let height = i32::try_from(height).unwrap();
    let height = if is_top_down { -height } else { height };
    let begin = 54 + u32::try_from(colors.len()).unwrap();
    let length = u32::try_from(pixels.len()).unwrap();
    let compression = u32::from(matches!(kind, Kind::Runs));
    let colors_used = u32::try_from(colors.len() / 4).unwrap();
    let mut file = b"BM".to_vec();
    for number in [begin + length, 0, begin, 40, width] {
        file.extend(number.to_le_bytes());
    }
    file.extend(height.to_le_bytes());
    // One plane.
    file.extend([1, 0]);
    file.extend(kind.bits().to_le_bytes());
    for number in [compression, length, 0, 0, colors_used, 0] {
        file.extend(number.to_le_bytes());
    }
    [file, colors, pixels].concat()
}
