//! What a camera sees, made from a text: pictures of QR codes for Chromium's fake device.

use std::{fs, path::Path};

use suo_qr::{Code, Level, Picture};

/// Pixels of a frame.
const SIZE: (usize, usize) = (640, 480);

/// Pixels along one side of a module.
const MODULE: usize = 10;

/// Black, white and no colour in studio range (ITU-R BT.601).
const BLACK: u8 = 16;
const WHITE: u8 = 235;
const GREY: u8 = 128;

/// A poster: a QR code that holds a text, as PNG.
#[must_use]
pub fn poster(text: &str) -> Vec<u8> {
    let code = Code::new(text, Level::Medium).expect("a short text");
    Picture::default().png(&code)
}

/// Arguments that let a browser see the text as a QR code with its camera; the film is put into
/// `folder`.
#[must_use]
pub fn arguments(folder: &Path, text: &str) -> Vec<String> {
    let file = folder.join("camera.y4m");
    fs::write(&file, film(text)).expect("a film");
    vec![
        "--use-fake-device-for-media-stream".to_owned(),
        "--use-fake-ui-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={}", file.display()),
    ]
}

/// A film of two frames that both show the code, in YUV4MPEG2.
fn film(text: &str) -> Vec<u8> {
    let (width, height) = SIZE;
    let frame = frame(text);
    let mut film = format!("YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n").into_bytes();
    for _ in 0..2 {
        film.extend_from_slice(b"FRAME\n");
        film.extend_from_slice(&frame);
    }
    film
}

/// Light of each pixel, then two planes of a quarter of the size without colour.
fn frame(text: &str) -> Vec<u8> {
    let code = Code::new(text, Level::Medium).expect("a short text");
    let (width, height) = SIZE;
    let side = code.width() * MODULE;
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let mut frame = Vec::with_capacity(width * height * 3 / 2);
    for y in 0..height {
        for x in 0..width {
            let module = |at: usize, from: usize| at.checked_sub(from).map(|at| at / MODULE);
            let is_black = match (module(x, left), module(y, top)) {
                (Some(x), Some(y)) => code.is_black(x, y),
                _ => false,
            };
            frame.push(if is_black { BLACK } else { WHITE });
        }
    }
    frame.resize(width * height * 3 / 2, GREY);
    frame
}
