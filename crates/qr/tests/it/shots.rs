//! What is photographed, sent and printed, by kinds, each from harmless to hard.

use std::io::Cursor;

use image::{ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};
use suo_qr::Level;

use super::damage::{Canvas, Random, Shot};

/// A picture as a file, and the texts of its codes.
pub(super) struct Case {
    pub(super) file: Vec<u8>,
    pub(super) texts: Vec<String>,
}

/// How a kind of picture is made of how hard it shall be, from 0 to 1.
type Make = fn(f32, &mut Random) -> Shot;

/// Every kind by its name.
pub(super) const KINDS: [(&str, Make); 22] = [
    ("clean", |_, _| Shot::default()),
    ("small modules", |hard, _| Shot {
        module: 3.0 - hard,
        ..Shot::default()
    }),
    ("small in a large picture", |hard, _| Shot {
        module: 4.5 - 1.5 * hard,
        room: 6.0,
        ..Shot::default()
    }),
    ("poster", |hard, _| Shot {
        room: 2.0 + 2.0 * hard,
        is_poster: true,
        ..Shot::default()
    }),
    ("light on dark", |hard, _| Shot {
        ink: [250.0; 3],
        paper: [20.0 + 60.0 * hard; 3],
        around: [20.0 + 60.0 * hard; 3],
        ..Shot::default()
    }),
    ("little contrast", |hard, _| Shot {
        ink: [
            110.0 + 50.0 * hard,
            120.0 + 50.0 * hard,
            150.0 + 30.0 * hard,
        ],
        paper: [200.0, 205.0, 190.0],
        ..Shot::default()
    }),
    ("coloured", |hard, random| {
        let ink = [
            [160.0, 20.0, 30.0],
            [20.0, 110.0, 40.0],
            [30.0, 40.0, 190.0],
        ][random.below(3)];
        let paper = [[255.0, 230.0, 120.0], [200.0, 240.0, 255.0]][random.below(2)];
        Shot {
            ink: ink.map(|part| part + 40.0 * hard),
            paper,
            ..Shot::default()
        }
    }),
    ("dots", |hard, _| Shot {
        level: Level::Quartile,
        dot: 0.5 - 0.1 * hard,
        module: 8.0,
        ..Shot::default()
    }),
    ("logo", |hard, _| Shot {
        level: Level::High,
        logo: 0.2 + 0.15 * hard,
        ..Shot::default()
    }),
    ("turned", |_, random| Shot {
        turn: random.within(0.0, 360.0),
        room: 1.5,
        ..Shot::default()
    }),
    ("tilted", |hard, random| Shot {
        tilt: 0.2 + 0.3 * hard,
        turn: random.within(-30.0, 30.0),
        room: 1.8,
        ..Shot::default()
    }),
    ("bent", |hard, random| Shot {
        bend: 1.0 + 2.0 * hard,
        turn: random.within(-30.0, 30.0),
        room: 1.5,
        ..Shot::default()
    }),
    ("blurred", |hard, _| Shot {
        blur: 0.3 + 0.45 * hard,
        module: 6.0,
        ..Shot::default()
    }),
    ("smeared", |hard, _| Shot {
        smear: 0.6 + 0.9 * hard,
        ..Shot::default()
    }),
    ("noisy", |hard, _| Shot {
        noise: 15.0 + 45.0 * hard,
        ..Shot::default()
    }),
    ("badly lit", |hard, _| Shot {
        shade: 0.5 + 0.4 * hard,
        noise: 4.0,
        room: 1.4,
        ..Shot::default()
    }),
    ("glare", |hard, _| Shot {
        level: Level::Quartile,
        glare: 80.0 + 120.0 * hard,
        ..Shot::default()
    }),
    ("no margin", |hard, _| Shot {
        margin: 1.0 - hard,
        room: 1.2,
        around: [90.0, 120.0, 160.0],
        ..Shot::default()
    }),
    ("mirrored", |_, random| Shot {
        is_mirrored: true,
        turn: random.within(0.0, 360.0),
        room: 1.5,
        ..Shot::default()
    }),
    ("dense", |hard, _| Shot {
        text: "https://item.example.com/goods?".to_owned() + &"key=value&".repeat(20),
        module: 4.5 - 1.5 * hard,
        ..Shot::default()
    }),
    ("from a screen", |hard, random| Shot {
        stripes: 0.1 + 0.2 * hard,
        blur: 0.2,
        noise: 6.0,
        turn: random.within(-15.0, 15.0),
        tilt: 0.2,
        room: 1.5,
        ..Shot::default()
    }),
    ("on paper", |hard, random| Shot {
        module: 8.0,
        bend: 1.5 * hard,
        tilt: 0.3,
        turn: random.within(0.0, 360.0),
        blur: 0.2 + 0.15 * hard,
        noise: 8.0,
        shade: 0.5,
        room: 1.7,
        ..Shot::default()
    }),
];

const TEXTS: [&str; 4] = [
    "https://s.example.com/k7qm2xp/q",
    "https://weixin.qq.com/g/AwYAAB3nQ0x2mCw9eGkPZt1vLh7Rb5sDyJ8fKoXu4iTaE6Wz",
    "https://www.example.com/activity/2026/autumn?from=poster&channel=offline",
    "短链接 https://s.example.com/k7qm2xp",
];

/// The `at`-th of `of` pictures of a kind, the later the harder.
pub(super) fn case(kind: usize, at: usize, of: usize) -> Case {
    let (_, make) = KINDS[kind];
    let mut random = Random((kind * 1000 + at) as u64);
    let hard = at as f32 / (of.max(2) - 1) as f32;
    let mut shot = make(hard, &mut random);
    if shot.text.is_empty() {
        TEXTS[random.below(TEXTS.len())].clone_into(&mut shot.text);
    }
    let canvas = shot.taken(&mut random);
    // Every other one went through a chat, which makes a poor JPEG of it.
    let quality = (at % 2 == 1).then(|| 90 - (60.0 * hard) as u8);
    Case {
        file: canvas.file(quality),
        texts: vec![shot.text],
    }
}

/// Two to five codes in one picture, of different sizes.
pub(super) fn several(at: usize) -> Case {
    let mut random = Random(at as u64);
    let texts: Vec<String> = (0..2 + at % 4)
        .map(|number| format!("https://s.example.com/{at}-{number}"))
        .collect();
    let shots = texts.iter().map(|text| Shot {
        text: text.clone(),
        module: random.within(3.0, 7.0),
        room: 1.3,
        ..Shot::default()
    });
    let shots: Vec<Shot> = shots.collect();
    let taken: Vec<Canvas> = shots.iter().map(|shot| shot.taken(&mut random)).collect();
    Case {
        file: beside(&taken).file(None),
        texts,
    }
}

/// No code: paper with lines of text, with noise and in bad light.
pub(super) fn none(at: usize) -> Case {
    let mut random = Random(at as u64);
    let shot = Shot {
        // All of the code is cut off.
        margin: -11.0,
        room: 2.0 + (at % 4) as f32,
        is_poster: true,
        noise: 10.0,
        shade: 0.5,
        ..Shot::default()
    };
    Case {
        file: shot.taken(&mut random).file(None),
        texts: Vec::new(),
    }
}

fn beside(canvases: &[Canvas]) -> Canvas {
    let height = canvases
        .iter()
        .map(|canvas| canvas.height)
        .max()
        .unwrap_or(0);
    let width = canvases.iter().map(|canvas| canvas.width).sum();
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for canvas in canvases {
            let row = canvas.pixels.chunks_exact(canvas.width).nth(y);
            let empty = vec![[230.0; 3]; canvas.width];
            pixels.extend_from_slice(row.unwrap_or(&empty));
        }
    }
    Canvas {
        width,
        height,
        pixels,
    }
}

impl Canvas {
    /// A JPEG of this quality, or a PNG.
    fn file(&self, quality: Option<u8>) -> Vec<u8> {
        let bytes = self
            .pixels
            .iter()
            .flat_map(|pixel| pixel.map(|part| part as u8));
        let (width, height) = (self.width as u32, self.height as u32);
        let image = RgbImage::from_raw(width, height, bytes.collect()).unwrap();
        let mut file = Cursor::new(Vec::new());
        match quality {
            Some(quality) => {
                image.write_with_encoder(JpegEncoder::new_with_quality(&mut file, quality))
            }
            None => image.write_to(&mut file, ImageFormat::Png),
        }
        .unwrap();
        file.into_inner()
    }
}
