//! Pictures of codes as they come out of phones, printers and chats, made from nothing but numbers:
//! the same seed always gives the same picture.

use suo_qr::{Code, Level};

/// A picture: red, green, blue of each pixel, row by row.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[f32; 3]>,
}

/// What happened to a code between its maker and its reader.
#[derive(Clone, Debug)]
pub(super) struct Shot {
    pub(super) text: String,
    pub(super) level: Level,
    /// Pixels along one side of a module.
    pub(super) module: f32,
    /// Modules of paper around the code.
    pub(super) margin: f32,
    /// Pixels along the picture's side, as a multiple of those of the code with four modules
    /// around it.
    pub(super) room: f32,
    pub(super) ink: [f32; 3],
    pub(super) paper: [f32; 3],
    pub(super) around: [f32; 3],
    /// Whether there are lines of text around it.
    pub(super) is_poster: bool,
    /// Radius of a dot in modules; 0 is a square.
    pub(super) dot: f32,
    /// Side of a plate in the middle, as a share of the code's.
    pub(super) logo: f32,
    /// Degrees.
    pub(super) turn: f32,
    /// How much nearer one edge is than the middle, as a share of the distance.
    pub(super) tilt: f32,
    /// Modules by which the edges are off a straight line.
    pub(super) bend: f32,
    pub(super) is_mirrored: bool,
    /// Standard deviation, in modules.
    pub(super) blur: f32,
    /// Length of a movement, in modules.
    pub(super) smear: f32,
    /// Standard deviation, in shades.
    pub(super) noise: f32,
    /// How much darker one side is, as a share.
    pub(super) shade: f32,
    /// How bright a spot of light is, in shades.
    pub(super) glare: f32,
    /// How strong the stripes of a screen are, as a share.
    pub(super) stripes: f32,
}

impl Default for Shot {
    fn default() -> Self {
        Self {
            text: String::new(),
            level: Level::Medium,
            module: 5.0,
            margin: 4.0,
            room: 1.0,
            ink: [20.0; 3],
            paper: [250.0; 3],
            around: [200.0, 190.0, 180.0],
            is_poster: false,
            dot: 0.0,
            logo: 0.0,
            turn: 0.0,
            tilt: 0.0,
            bend: 0.0,
            is_mirrored: false,
            blur: 0.0,
            smear: 0.0,
            noise: 0.0,
            shade: 0.0,
            glare: 0.0,
            stripes: 0.0,
        }
    }
}

/// Points looked at along one side of a pixel.
const FINE: usize = 3;

impl Shot {
    pub(super) fn taken(&self, random: &mut Random) -> Canvas {
        let code = Code::new(&self.text, self.level).unwrap();
        let modules = code.width() as f32 + 8.0;
        let side = (modules * self.module * self.room).ceil() as usize;
        // Where there is room for that, the code is not in the middle.
        let play = (self.room - 1.5).max(0.0) * modules / 2.5;
        let off = [random.within(-play, play), random.within(-play, play)];
        let mut canvas = Canvas {
            width: side,
            height: side,
            pixels: Vec::with_capacity(side * side),
        };
        for at in 0..side * side {
            let mut sum = [0.0; 3];
            for fine in 0..FINE * FINE {
                let place = |at: usize, fine: usize| {
                    let at = at as f32 + (fine as f32 + 0.5) / FINE as f32;
                    (at - side as f32 / 2.0) / self.module
                };
                let place = [place(at % side, fine % FINE), place(at / side, fine / FINE)];
                let color = self.color(&code, place, off);
                sum = [0, 1, 2].map(|part| sum[part] + color[part]);
            }
            canvas
                .pixels
                .push(sum.map(|part| part / (FINE * FINE) as f32));
        }
        canvas.blur(self.blur * self.module);
        canvas.smear(self.smear * self.module, random);
        canvas.light(self, random);
        canvas
    }

    /// What is at this many modules from the middle of the picture.
    fn color(&self, code: &Code, [x, y]: [f32; 2], off: [f32; 2]) -> [f32; 3] {
        let width = code.width() as f32;
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let (across, down) = (x - off[0], y - off[1]);
        let nearer = 1.0 + self.tilt * across / width;
        let (across, down) = (across / nearer, down / nearer);
        let (right, below) = (across * cos + down * sin, down * cos - across * sin);
        let right = if self.is_mirrored { -right } else { right };
        let bent = below + self.bend * (2.0 * right / width).powi(2);
        let (right, below) = (right + width / 2.0, bent + width / 2.0);
        let is_paper = |at: f32| (-self.margin..width + self.margin).contains(&at);
        if !is_paper(right) || !is_paper(below) {
            return if self.is_poster && is_letter(x, y) {
                [60.0, 50.0, 90.0]
            } else {
                self.around
            };
        }
        let plate = |at: f32| (at / width - 0.5).abs() < self.logo / 2.0;
        if plate(right) && plate(below) {
            return [90.0, 140.0, 220.0];
        }
        let is_black = right >= 0.0
            && below >= 0.0
            && code.is_black(right as usize, below as usize)
            && (self.dot == 0.0
                || is_mark(right, below, width)
                || (right.fract() - 0.5).hypot(below.fract() - 0.5) < self.dot);
        if is_black { self.ink } else { self.paper }
    }
}

/// Whether it is in one of the three large marks, which are not made of dots.
fn is_mark(right: f32, below: f32, width: f32) -> bool {
    let is_first = |at: f32| at < 7.0;
    let is_last = |at: f32| at >= width - 7.0;
    (is_first(right) && (is_first(below) || is_last(below))) || (is_last(right) && is_first(below))
}

/// Lines of something like letters.
fn is_letter(x: f32, y: f32) -> bool {
    let (line, row) = ((y / 4.0).floor(), y.rem_euclid(4.0));
    let letter = (x * 0.9 + line * 3.7).floor() as i64;
    let number = letter.wrapping_mul(2_654_435_761).rem_euclid(97) + line as i64;
    row > 1.5 && number.rem_euclid(5) > 1 && (x * 0.9).rem_euclid(1.0) < 0.6
}

impl Canvas {
    /// Three means in a row are nearly a Gaussian.
    fn blur(&mut self, deviation: f32) {
        let radius = (deviation * deviation + 0.25).sqrt() - 0.5;
        for _ in 0..3 {
            self.spread(radius, 1, 0);
            self.spread(radius, 0, 1);
        }
    }

    fn smear(&mut self, length: f32, random: &mut Random) {
        let step = [(1, 0), (0, 1), (1, 1), (1, -1)][random.below(4)];
        let step_length = f32::hypot(step.0 as f32, step.1 as f32);
        self.spread(length / step_length / 2.0 - 0.5, step.0, step.1);
    }

    /// The mean of what is this many steps to either side; parts of steps count in part.
    fn spread(&mut self, radius: f32, across: isize, down: isize) {
        if radius <= 0.0 {
            return;
        }
        let whole = radius.ceil() as isize;
        let (width, height) = (self.width as isize, self.height as isize);
        let old = self.pixels.clone();
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = (at as isize % width, at as isize / width);
            let (mut sum, mut total) = ([0.0; 3], 0.0);
            for step in -whole..=whole {
                let weight = (radius + 1.0 - step.abs() as f32).clamp(0.0, 1.0);
                let x = (x + step * across).clamp(0, width - 1);
                let y = (y + step * down).clamp(0, height - 1);
                let color = old[(y * width + x) as usize];
                sum = [0, 1, 2].map(|part| sum[part] + weight * color[part]);
                total += weight;
            }
            *pixel = sum.map(|part| part / total);
        }
    }

    fn light(&mut self, shot: &Shot, random: &mut Random) {
        let (width, height) = (self.width as f32, self.height as f32);
        let (sin, cos) = random.within(0.0, std::f32::consts::TAU).sin_cos();
        let spot = [random.within(0.2, 0.8), random.within(0.2, 0.8)];
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = ((at % self.width) as f32, (at / self.width) as f32);
            let slope = (x / width - 0.5) * cos + (y / height - 0.5) * sin;
            let light = 1.0 - shot.shade * (slope + 0.5);
            let apart = f32::hypot(x / width - spot[0], y / height - spot[1]);
            let glare = shot.glare * (-(apart / 0.12).powi(2)).exp();
            let stripe = 1.0 + shot.stripes * ((x * 0.9 + y * 0.35) * 1.1).sin();
            let noise = shot.noise * random.normal();
            *pixel = pixel.map(|part| (part * light * stripe + glare + noise).clamp(0.0, 255.0));
        }
    }
}

/// Numbers that look random (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn within(&mut self, low: f32, high: f32) -> f32 {
        let share = (self.next() >> 40) as f32 / (1 << 24) as f32;
        low + share * (high - low)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// Nearly normal, with a standard deviation of 1.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.within(0.0, 1.0)).sum::<f32>() - 6.0
    }
}
