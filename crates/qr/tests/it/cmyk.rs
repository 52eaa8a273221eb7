//! A JPEG for the press: cyan, magenta, yellow, black. Each square of eight by eight pixels has one
//! colour, so that all that is coded is how much it differs from the one before.

/// How the inks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inks {
    /// As they are.
    Plain = 0,
    /// The first three as brightness and colour (YCCK).
    AsColors = 2,
}

/// A file of squares, row by row: dark ones and light ones. As Adobe's programs write it: a higher
/// number is less ink.
pub(super) fn jpeg(columns: usize, dark: &[bool], inks: Inks) -> Vec<u8> {
    let segment = |mark: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, mark][..], &length, content].concat()
    };
    let side = |squares: usize| u16::try_from(squares * 8).unwrap().to_be_bytes();
    let (width, height) = (side(columns), side(dark.len() / columns));
    let mut file = vec![0xff, 0xd8];
    file.extend(segment(
        0xee,
        &[b"Adobe\0\x64\0\0\0\0", &[inks as u8][..]].concat(),
    ));
    // Of eight, so that a step is one shade.
    file.extend(segment(0xdb, &[&[0][..], &[8; 64]].concat()));
    let mut frame = vec![8];
    frame.extend([height, width].concat());
    frame.push(4);
    frame.extend((1..=4).flat_map(|component| [component, 0x11, 0]));
    file.extend(segment(0xc0, &frame));
    // Differences of 0 to 8 bits, each named by four bits; then the end of a square, by one.
    let lengths = [0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let dc = [&[0][..], &lengths, &[0, 1, 2, 3, 4, 5, 6, 7, 8]].concat();
    file.extend(segment(0xc4, &dc));
    file.extend(segment(0xc4, &[&[0x10, 1][..], &[0; 15], &[0]].concat()));
    let scan = [4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0];
    file.extend(segment(0xda, &scan));
    file.extend(coded(dark, inks));
    file.extend([0xff, 0xd9]);
    file
}

fn coded(dark: &[bool], inks: Inks) -> Vec<u8> {
    let mut bits = String::new();
    // What each component had in the last square, above the middle shade.
    let mut last = [0; 4];
    for dark in dark {
        let black = if *dark { -120 } else { 120 };
        let square = match inks {
            Inks::Plain => [120, 120, 120, black],
            Inks::AsColors => [120, 0, 0, black],
        };
        for (now, last) in square.iter().zip(&last) {
            bits += &difference(now - last);
        }
        last = square;
    }
    bits += "1111111";
    let mut bytes = Vec::new();
    for byte in bits.as_bytes().chunks_exact(8) {
        let byte = str::from_utf8(byte).unwrap();
        let byte = u8::from_str_radix(byte, 2).unwrap();
        bytes.push(byte);
        // Not the beginning of a segment.
        bytes.extend((byte == 0xff).then_some(0));
    }
    bytes
}

/// How a difference is coded, with the end of its square.
fn difference(difference: i32) -> String {
    let size = 32 - difference.unsigned_abs().leading_zeros();
    let bits = if difference < 0 {
        difference + (1 << size) - 1
    } else {
        difference
    };
    let bits = if size == 0 {
        String::new()
    } else {
        format!("{bits:0width$b}", width = size as usize)
    };
    format!("{size:04b}{bits}0")
}
