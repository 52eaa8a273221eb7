//! Files of every kind that is read, with the same picture in them, written byte by byte where no
//! encoder writes such files.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbaImage, codecs::gif::GifEncoder};

/// A picture of colours with opacity: what all files are made from.
pub(super) type Picture = RgbaImage;

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn dynamic(picture: &Picture) -> DynamicImage {
    picture.clone().into()
}

pub(super) fn jpeg(picture: &Picture) -> Vec<u8> {
    written(&dynamic(picture).into_rgb8().into(), ImageFormat::Jpeg)
}

pub(super) fn grey_jpeg(picture: &Picture) -> Vec<u8> {
    written(&dynamic(picture).into_luma8().into(), ImageFormat::Jpeg)
}

pub(super) fn webp(picture: &Picture) -> Vec<u8> {
    written(&dynamic(picture), ImageFormat::WebP)
}

pub(super) fn gif(picture: &Picture) -> Vec<u8> {
    written(&dynamic(picture), ImageFormat::Gif)
}

pub(super) fn png(picture: &Picture) -> Vec<u8> {
    written(&dynamic(picture), ImageFormat::Png)
}

/// PNGs of 16 bits a channel, with 1 to 4 channels.
pub(super) fn png_16(picture: &Picture, channels: u8) -> Vec<u8> {
    let picture = dynamic(picture);
    let picture: DynamicImage = match channels {
        1 => picture.into_luma16().into(),
        2 => picture.into_luma_alpha16().into(),
        3 => picture.into_rgb16().into(),
        _ => picture.into_rgba16().into(),
    };
    written(&picture, ImageFormat::Png)
}

fn is_dark(picture: &Picture, x: u32, y: u32) -> bool {
    picture.get_pixel(x, y).0[1] < 128
}

/// Rows of numbers of a few bits, the first pixel in the highest; `dark` or `light`.
fn packed(picture: &Picture, bits: u32, dark: u8, light: u8) -> Vec<Vec<u8>> {
    let row = |y| {
        let mut row = vec![0; (picture.width() * bits).div_ceil(8) as usize];
        for x in 0..picture.width() {
            let number = if is_dark(picture, x, y) { dark } else { light };
            let at = x * bits;
            row[(at / 8) as usize] |= number << (8 - bits - at % 8);
        }
        row
    };
    (0..picture.height()).map(row).collect()
}

/// A PNG with a palette in which the light colour is transparent, or not.
pub(super) fn palette_png(picture: &Picture, bits: u8, is_transparent: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::from_u8(bits).unwrap());
    encoder.set_palette(vec![20, 40, 90, 250, 240, 230]);
    if is_transparent {
        encoder.set_trns(vec![255, 0]);
    }
    let mut writer = encoder.write_header().unwrap();
    let rows = packed(picture, bits.into(), 0, 1).concat();
    writer.write_image_data(&rows).unwrap();
    drop(writer);
    file
}

/// A grey PNG of 1, 2, 4 or 8 bits.
pub(super) fn grey_png(picture: &Picture, bits: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::from_u8(bits).unwrap());
    let mut writer = encoder.write_header().unwrap();
    let light = u8::try_from((1_u16 << bits) - 1).unwrap();
    let rows = packed(picture, bits.into(), 0, light).concat();
    writer.write_image_data(&rows).unwrap();
    drop(writer);
    file
}

/// Where the pixels of the seven passes begin, and how far they are apart: x, y, across, down.
const ADAM7: [[u32; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

/// A grey PNG that becomes clear bit by bit.
pub(super) fn interlaced_png(picture: &Picture) -> Vec<u8> {
    let mut rows = Vec::new();
    for [left, top, across, down] in ADAM7 {
        for y in (top..picture.height()).step_by(down as usize) {
            // Not filtered.
            rows.push(0);
            let columns = (left..picture.width()).step_by(across as usize);
            rows.extend(columns.map(|x| if is_dark(picture, x, y) { 0 } else { 255 }));
        }
    }
    let mut info = png::Info::with_size(picture.width(), picture.height());
    info.color_type = png::ColorType::Grayscale;
    info.interlaced = true;
    let mut file = Vec::new();
    let encoder = png::Encoder::with_info(&mut file, info).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_chunk(png::chunk::IDAT, &stored(&rows))
        .unwrap();
    drop(writer);
    file
}

/// Bytes as RFC 1950 has them, not compressed.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = bytes.chunks(0xffff).collect();
    for (at, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        stream.push(u8::from(at + 1 == blocks.len()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    let (mut first, mut second) = (1_u32, 0_u32);
    for byte in bytes {
        first = (first + u32::from(*byte)) % 65_521;
        second = (second + first) % 65_521;
    }
    stream.extend((second << 16 | first).to_be_bytes());
    stream
}

/// A GIF with these frames.
pub(super) fn animated_gif(frames: &[Picture]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    for frame in frames {
        encoder
            .encode_frame(image::Frame::new(frame.clone()))
            .unwrap();
    }
    drop(encoder);
    file
}

/// A WebP with these frames, all of the size of the first.
pub(super) fn animated_webp(frames: &[Picture]) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let padding = vec![0; content.len() % 2];
        [&name[..], &length, content, &padding].concat()
    };
    let number = |number: u32| number.to_le_bytes()[..3].to_vec();
    let size = [
        number(frames[0].width() - 1),
        number(frames[0].height() - 1),
    ]
    .concat();
    // Animated, and nothing else.
    let mut body = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[&[2, 0, 0, 0][..], &size].concat()),
    ]
    .concat();
    body.extend(chunk(b"ANIM", &[255, 255, 255, 255, 0, 0]));
    for frame in frames {
        let file = webp(&dynamic(frame).into_rgba8());
        // Behind `RIFF`, the length and `WEBP`.
        let head = [number(0), number(0), size.clone(), number(100), vec![0]].concat();
        body.extend(chunk(b"ANMF", &[&head, &file[12..]].concat()));
    }
    chunk(b"RIFF", &body)
}
