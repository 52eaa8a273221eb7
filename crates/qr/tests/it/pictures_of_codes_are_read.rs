//! Reading, on pictures that are made here: what real pictures do to codes, one at a time.

use suo_qr::{
    Code, Level, Picture,
    read::{OpenError, Pixels, texts},
};

const TEXT: &str = "https://s.example.com/k7qm2xp/q";

/// A code as shades, 0 or 255, with its width.
fn shades(text: &str, module: usize, margin: usize) -> (usize, Vec<u8>) {
    let code = Code::new(text, Level::Medium).unwrap();
    let width = (code.width() + 2 * margin) * module;
    let place = |at: usize| (at / module).wrapping_sub(margin);
    let pixels = (0..width * width).map(|at| {
        let is_black = code.is_black(place(at % width), place(at / width));
        if is_black { 0 } else { 255 }
    });
    (width, pixels.collect())
}

/// A file of this colour type; `color` makes a pixel of a shade.
fn file(
    width: usize,
    shades: &[u8],
    kind: png::ColorType,
    color: impl Fn(u8) -> Vec<u8>,
) -> Vec<u8> {
    let height = shades.len() / width;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(kind);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> = shades.iter().flat_map(|shade| color(*shade)).collect();
    writer.write_image_data(&pixels).unwrap();
    drop(writer);
    file
}

fn grey(width: usize, shades: &[u8]) -> Vec<u8> {
    file(width, shades, png::ColorType::Grayscale, |shade| {
        vec![shade]
    })
}

#[track_caller]
fn read(file: &[u8]) -> Vec<String> {
    texts(&Pixels::open(file).unwrap())
}

#[test]
fn what_is_made_here_is_read_here() {
    for text in [TEXT, "短链接 🎉", "0123456789", "HTTPS://S.EXAMPLE.COM/ABC"] {
        let code = Code::new(text, Level::Medium).unwrap();
        assert_eq!(read(&Picture::default().png(&code)), [text]);
    }
}

#[test]
fn light_codes_on_dark_are_read() {
    let (width, shades) = shades(TEXT, 4, 4);
    let inverted: Vec<u8> = shades.iter().map(|shade| 255 - shade).collect();
    assert_eq!(read(&grey(width, &inverted)), [TEXT]);
}

#[test]
fn transparent_codes_are_read_whatever_their_colour() {
    let (width, shades) = shades(TEXT, 4, 4);
    for ink in [0, 255] {
        let color = |shade: u8| vec![ink, ink, ink, 255 - shade];
        let file = file(width, &shades, png::ColorType::Rgba, color);
        assert_eq!(read(&file), [TEXT], "{ink}");
    }
}

#[test]
fn colours_as_dark_as_their_background_are_read() {
    let (width, shades) = shades(TEXT, 4, 4);
    // Both have the same luma.
    let color = |shade: u8| {
        if shade == 0 {
            vec![0, 0, 255]
        } else {
            vec![97, 0, 0]
        }
    };
    assert_eq!(
        read(&file(width, &shades, png::ColorType::Rgb, color)),
        [TEXT]
    );
}

#[test]
fn blurred_codes_are_read() {
    let (width, mut shades) = shades(TEXT, 6, 4);
    // Three means of 7 by 7 pixels are nearly a Gaussian blur of 3.5 pixels, 0.58 modules.
    for _ in 0..3 {
        shades = mean(&mean(&shades, 1), width);
    }
    assert_eq!(read(&grey(width, &shades)), [TEXT]);
}

/// Of the seven pixels around each, in one direction.
fn mean(shades: &[u8], step: usize) -> Vec<u8> {
    let shade = |at: Option<usize>| at.and_then(|at| shades.get(at)).copied().unwrap_or(255);
    let around = |at: usize| {
        let sum: u32 = (0..7)
            .map(|k| u32::from(shade((at + k * step).checked_sub(3 * step))))
            .sum();
        (sum / 7) as u8
    };
    (0..shades.len()).map(around).collect()
}

#[test]
fn all_codes_of_a_picture_are_read() {
    let mut all = Vec::new();
    let names = [
        "https://a.example/1",
        "https://a.example/2",
        "https://a.example/3",
    ];
    for name in names {
        let (_, shades) = shades(name, 4, 6);
        all.extend(shades);
    }
    let width = shades(names[0], 4, 6).0;
    let mut found = read(&grey(width, &all));
    found.sort();
    assert_eq!(found, names);
}

#[test]
fn pictures_without_a_code_hold_none() {
    let noise: Vec<u8> = (0..300_u32 * 300)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert!(read(&grey(300, &noise)).is_empty());
    assert!(read(&grey(300, &[255; 300 * 300])).is_empty());
}

#[test]
fn what_cannot_be_opened_is_told_apart() {
    let (width, shades) = shades(TEXT, 4, 4);
    let good = grey(width, &shades);
    let opened = |file: &[u8]| Pixels::open(file).map(|pixels| pixels.size()).unwrap_err();
    let mut huge = good.clone();
    // Width and height of the header; its check word is wrong then, but nobody gets that far.
    huge[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
    for (file, error) in [
        (&b""[..], OpenError::NotAPicture),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            OpenError::NotAPicture,
        ),
        (b"%PDF-1.7", OpenError::NotAPicture),
        (b"II*\0\x08\0\0\0\0\0\x08\0\0\0", OpenError::NotAPicture),
        (&good[..20], OpenError::Broken),
        (&good[..good.len() / 2], OpenError::Broken),
        (&grey(20, &[0; 400]), OpenError::Broken),
        (
            &[good.clone(), vec![0; 9 << 20]].concat(),
            OpenError::TooLarge,
        ),
    ] {
        assert_eq!(opened(file), error, "{} bytes", file.len());
    }
    assert_ne!(opened(&huge), OpenError::NotAPicture);
    assert_eq!(opened(&grey(8000, &[0; 8000 * 5001])), OpenError::TooLarge);
}
