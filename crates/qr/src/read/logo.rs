//! Logos of pictures.

use super::pixels::Pixels;
use crate::design::opaque::Opaque;

/// Pixels along the longer side of a logo, at most.
pub const LOGO_SIDE: usize = 256;

pub(super) fn file(pixels: &Pixels) -> Vec<u8> {
    let bytes = &pixels.bytes;
    let opaque = |red: u8, green: u8, blue: u8| [red, green, blue, u8::MAX];
    let colors = match pixels.channels {
        1 => bytes.iter().map(|&grey| opaque(grey, grey, grey)).collect(),
        3 => {
            let (colors, _) = bytes.as_chunks::<3>();
            colors
                .iter()
                .map(|&[red, green, blue]| opaque(red, green, blue))
                .collect()
        }
        _ => bytes.as_chunks::<4>().0.to_vec(),
    };
    let picture = Opaque {
        width: pixels.width,
        height: pixels.height,
        pixels: colors,
    };
    picture.within(LOGO_SIDE).file()
}
