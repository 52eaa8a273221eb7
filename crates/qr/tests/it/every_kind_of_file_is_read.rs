//! Every kind of file that people have, opened from its bytes alone and turned the right way up.

use image::{Rgba, imageops};
use suo_qr::{
    Code, Level,
    read::{OpenError, Pixels, logo, texts},
};

use super::{
    bmp::{self, bmp},
    cmyk,
    files::{self, Picture},
};

const TEXT: &str = "https://s.example.com/k7qm2xp/q";

const DARK: Rgba<u8> = Rgba([20, 40, 90, 255]);
const LIGHT: Rgba<u8> = Rgba([250, 240, 230, 255]);

/// A picture of a code, 4 pixels a module; `light` is its background.
fn picture_of(text: &str, light: Rgba<u8>) -> Picture {
    let code = Code::new(text, Level::Medium).unwrap();
    let side = u32::try_from(code.width() + 8).unwrap() * 4;
    let module = |at: u32| ((at / 4) as usize).wrapping_sub(4);
    Picture::from_fn(side, side, |x, y| {
        if code.is_black(module(x), module(y)) {
            DARK
        } else {
            light
        }
    })
}

#[track_caller]
fn read(what: &str, file: &[u8]) -> (usize, usize) {
    let pixels = Pixels::open(file);
    assert_eq!(
        pixels.as_ref().map(texts),
        Ok(vec![TEXT.to_owned()]),
        "{what}"
    );
    let pixels = pixels.unwrap();
    pixels.size()
}

#[test]
fn common_files_are_read() {
    let picture = picture_of(TEXT, LIGHT);
    let size = (picture.width() as usize, picture.height() as usize);
    for (what, file) in [
        ("PNG", files::png(&picture)),
        ("PNG, grey, 1 bit", files::grey_png(&picture, 1)),
        ("PNG, grey, 2 bits", files::grey_png(&picture, 2)),
        ("PNG, grey, 4 bits", files::grey_png(&picture, 4)),
        ("PNG, grey, 8 bits", files::grey_png(&picture, 8)),
        ("PNG, grey, 16 bits", files::png_16(&picture, 1)),
        ("PNG, grey and opacity, 16 bits", files::png_16(&picture, 2)),
        ("PNG, colours, 16 bits", files::png_16(&picture, 3)),
        (
            "PNG, colours and opacity, 16 bits",
            files::png_16(&picture, 4),
        ),
        (
            "PNG, palette, 1 bit",
            files::palette_png(&picture, 1, false),
        ),
        (
            "PNG, palette, 8 bits",
            files::palette_png(&picture, 8, false),
        ),
        ("PNG, interlaced", files::interlaced_png(&picture)),
        ("JPEG", files::jpeg(&picture)),
        ("JPEG, grey", files::grey_jpeg(&picture)),
        ("WebP", files::webp(&picture)),
        ("GIF", files::gif(&picture)),
    ] {
        assert_eq!(read(what, &file), size, "{what}");
    }
}

#[test]
fn transparent_files_are_read_whatever_is_behind() {
    // What programs leave as the colour of what nobody sees.
    for hidden in [[0, 0, 0, 0], [255, 255, 255, 0], [20, 40, 90, 0]] {
        let picture = picture_of(TEXT, Rgba(hidden));
        read("PNG", &files::png(&picture));
        read("PNG, 16 bits", &files::png_16(&picture, 4));
        read("WebP", &files::webp(&picture));
        read("GIF", &files::gif(&picture));
    }
    let picture = picture_of(TEXT, LIGHT);
    for bits in [1, 2, 4, 8] {
        read("PNG, palette", &files::palette_png(&picture, bits, true));
    }
}

#[test]
fn bitmaps_are_read_at_every_depth_either_way_up() {
    let picture = picture_of(TEXT, LIGHT);
    for kind in bmp::Kind::ALL {
        for is_top_down in [false, true] {
            // The format knows no runs from the top.
            if !(matches!(kind, bmp::Kind::Runs) && is_top_down) {
                read(
                    &format!("{kind:?} {is_top_down}"),
                    &bmp(&picture, kind, is_top_down),
                );
            }
        }
    }
}

#[test]
fn pictures_for_the_press_are_read() {
    let code = Code::new(TEXT, Level::Medium).unwrap();
    let side = code.width() + 8;
    let place = |at: usize| (at % side).wrapping_sub(4);
    let dark: Vec<bool> = (0..side * side)
        .map(|at| code.is_black(place(at), (at / side).wrapping_sub(4)))
        .collect();
    for inks in [cmyk::Inks::Plain, cmyk::Inks::AsColors] {
        let file = cmyk::jpeg(side, &dark, inks);
        assert_eq!(read("CMYK", &file), (side * 8, side * 8), "{inks:?}");
    }
}

#[test]
fn of_moving_pictures_the_first_frame_is_read() {
    let frames: Vec<Picture> = (0..5)
        .map(|at| match at {
            0 => picture_of(TEXT, LIGHT),
            at => picture_of(&format!("https://s.example.com/k7qm2x{at}/q"), LIGHT),
        })
        .collect();
    read("GIF", &files::animated_gif(&frames));
    read("WebP", &files::animated_webp(&frames));
}

/// A JPEG that says how it is to be turned, as TIFF numbers it.
fn turned(picture: &Picture, orientation: u8) -> Vec<u8> {
    let jpeg = files::jpeg(picture);
    let entry = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    let tiff = [b"MM\0\x2a\0\0\0\x08\0\x01", &entry[..], &[0; 4]].concat();
    let exif = [b"Exif\0\0", &tiff[..]].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn pictures_are_turned_as_their_camera_says() {
    // Wider than high, dark at its upper left.
    let upright = Picture::from_fn(128, 64, |x, y| if x < 64 && y < 32 { DARK } else { LIGHT });
    let held = [
        upright.clone(),
        imageops::flip_horizontal(&upright),
        imageops::rotate180(&upright),
        imageops::flip_vertical(&upright),
        imageops::flip_horizontal(&imageops::rotate90(&upright)),
        imageops::rotate270(&upright),
        imageops::flip_vertical(&imageops::rotate90(&upright)),
        imageops::rotate90(&upright),
    ];
    for (orientation, picture) in (1..).zip(&held) {
        let pixels = Pixels::open(&turned(picture, orientation)).unwrap();
        assert_eq!(pixels.size(), (128, 64), "{orientation}");
        let seen = image::load_from_memory(&logo(&pixels)).unwrap().into_rgb8();
        let is_dark = |x, y| seen.get_pixel(x, y).0[0] < 128;
        assert!(is_dark(10, 10) && !is_dark(118, 10), "{orientation}");
        assert!(!is_dark(10, 54) && !is_dark(118, 54), "{orientation}");
    }
    // Nonsense turns nothing.
    let pixels = Pixels::open(&turned(&upright, 99)).unwrap();
    assert_eq!(pixels.size(), (128, 64));
}

#[test]
fn a_file_that_ends_early_is_broken() {
    let picture = picture_of(TEXT, LIGHT);
    for file in [
        files::png(&picture),
        files::interlaced_png(&picture),
        files::webp(&picture),
        files::gif(&picture),
        bmp(&picture, bmp::Kind::Three, false),
    ] {
        for length in [12, file.len() / 3] {
            let error = Pixels::open(&file[..length]).err();
            assert_eq!(error, Some(OpenError::Broken), "{length} {:?}", &file[..4]);
        }
    }
}
