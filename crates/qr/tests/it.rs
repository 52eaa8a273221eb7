//! What `suo-qr` promises, tested through its public face.
#![allow(
    clippy::unwrap_used,
    reason = "tests fail loudly, and so do their helpers"
)]

#[cfg(feature = "read")]
#[path = "it/bmp.rs"]
mod bmp;
#[cfg(feature = "read")]
#[path = "it/cmyk.rs"]
mod cmyk;
#[cfg(feature = "read")]
#[path = "it/damage.rs"]
mod damage;
#[cfg(feature = "read")]
#[path = "it/designs_stay_readable.rs"]
mod designs_stay_readable;
#[cfg(feature = "read")]
#[path = "it/every_kind_of_file_is_read.rs"]
mod every_kind_of_file_is_read;
#[cfg(feature = "read")]
#[path = "it/files.rs"]
mod files;
#[path = "it/kinds_are_told.rs"]
mod kinds_are_told;
#[cfg(feature = "read")]
#[path = "it/most_damaged_pictures_are_read.rs"]
mod most_damaged_pictures_are_read;
#[cfg(feature = "read")]
#[path = "it/pictures_of_codes_are_read.rs"]
mod pictures_of_codes_are_read;
#[cfg(feature = "read")]
#[path = "it/shots.rs"]
mod shots;

use suo_qr::{Code, Level, Margin, Picture, TooLong};

fn decoded(file: &[u8]) -> (u32, Vec<u8>) {
    let decoder = png::Decoder::new(std::io::Cursor::new(file));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.width, frame.height);
    (frame.width, pixels)
}

#[test]
fn a_picture_shows_the_modules_and_a_white_margin() {
    let code = Code::new("https://s.example.com/k7qm2xp/q", Level::Medium).unwrap();
    let picture = Picture {
        module: 3,
        margin: Margin(4),
    };
    let (width, pixels) = decoded(&picture.png(&code));
    assert_eq!(width as usize, (code.width() + 8) * 3);
    let row = (width as usize).div_ceil(8);
    for y in 0..width as usize {
        for x in 0..width as usize {
            let is_white = pixels[y * row + x / 8] & (0x80 >> (x % 8)) != 0;
            let (mx, my) = ((x / 3).wrapping_sub(4), (y / 3).wrapping_sub(4));
            assert_eq!(is_white, !code.is_black(mx, my), "{x} {y}");
        }
    }
}

#[test]
fn every_code_has_its_three_eyes() {
    for text in ["", "a", "短链接", &"x".repeat(1000)] {
        let code = Code::new(text, Level::High).unwrap();
        let last = code.width() - 7;
        for (x, y) in [(0, 0), (last, 0), (0, last)] {
            let eye = |dx: usize, dy: usize| code.is_black(x + dx, y + dy);
            assert!(eye(0, 0) && eye(3, 3) && eye(6, 6) && !eye(1, 1) && !eye(5, 5));
        }
    }
}

#[test]
fn the_same_text_is_the_same_picture() {
    let png = || Picture::default().png(&Code::new("https://a.example/b/q", Level::Low).unwrap());
    assert_eq!(png(), png());
}

#[test]
fn what_does_not_fit_is_said() {
    let fits = |length, level| Code::new(&"x".repeat(length), level).map(|code| code.width());
    assert_eq!(fits(2953, Level::Low), Ok(177));
    assert_eq!(fits(2954, Level::Low), Err(TooLong));
    assert_eq!(fits(1274, Level::High), Err(TooLong));
}

#[test]
fn a_picture_of_nothing_is_still_one() {
    let picture = Picture {
        module: 0,
        margin: Margin(0),
    };
    let code = Code::new("", Level::Low).unwrap();
    assert_eq!(decoded(&picture.png(&code)).0, 21);
}
