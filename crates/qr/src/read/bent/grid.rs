//! Where the modules of a code are, and how that is found out.

use rxing::{
    common::BitMatrix,
    qrcode::{common::Version, cpp_port::decoder::Decode},
};

use super::{
    Guess,
    contrast::Contrast,
    known::{Known, area, known, module},
    seen::{CORNERS, seen},
    ways::Way,
};

/// How much more a module counts whose colour is known.
const KNOWN: f32 = 2.0;

/// By how many modules the places are moved at the edges, to either side.
const STEPS: [f32; 8] = [0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5];

/// How much better a move must be.
const MARGIN: f32 = 1.001;

/// How often all are moved in all ways.
const ROUNDS: usize = 5;

/// The directions in which they are moved.
const DIRECTIONS: [[f32; 2]; 4] = [[1.0, 0.0], [0.0, 1.0], [0.7, 0.7], [0.7, -0.7]];

/// Where the modules of a code are.
pub(super) struct Grid {
    /// Modules along one side.
    width: usize,
    /// Pixels along the side of a module.
    size: f32,
    /// In pixels, row by row.
    places: Vec<[f32; 2]>,
    known: Vec<Known>,
}

impl Grid {
    /// Flat, the fourth corner where it fits best.
    pub(super) fn flat(guess: &Guess, contrast: &Contrast) -> Option<Self> {
        let width = guess.width;
        let number = u32::try_from((width - 17) / 4).ok()?;
        let centers = Version::getVersionForNumber(number).ok()?;
        let centers = centers.getAlignmentPatternCenters();
        let known = |at| known(width, centers, module(width, at));
        let mut grid = Self {
            width,
            size: guess.size,
            places: seen(width, guess.set, [0, 0]),
            known: (0..area(width)).map(known).collect(),
        };
        if guess.is_tilted {
            let whole: Way = (0..area(width)).map(|at| (at, 0.0)).collect();
            let along = || -CORNERS..=CORNERS;
            let corners = along().flat_map(|y| along().map(move |x| [x, y]));
            let tried = corners.map(|corner| {
                grid.places = seen(width, guess.set, corner);
                (grid.score(contrast, &whole, [0.0; 2]), corner)
            });
            let (_, corner) = tried.max_by(|one, other| one.0.total_cmp(&other.0))?;
            grid.places = seen(width, guess.set, corner);
        }
        Some(grid)
    }

    pub(super) fn fit(&mut self, contrast: &Contrast, ways: &[Way]) {
        for _ in 0..ROUNDS {
            let mut is_better = false;
            for way in ways {
                for direction in DIRECTIONS {
                    is_better |= self.move_best(contrast, way, direction);
                }
            }
            if !is_better {
                break;
            }
        }
    }

    /// Whether moving the places in this way and direction makes the picture fit better.
    fn move_best(&mut self, contrast: &Contrast, way: &Way, direction: [f32; 2]) -> bool {
        let moved = |step: f32| direction.map(|part| part * step * self.size);
        let steps = STEPS.iter().flat_map(|step| [-step, *step]);
        let tried = steps.map(|step| (self.score(contrast, way, moved(step)), moved(step)));
        let best = tried.max_by(|one, other| one.0.total_cmp(&other.0));
        let now = self.score(contrast, way, [0.0; 2]);
        let Some((_, moved)) = best.filter(|(score, _)| *score > now * MARGIN) else {
            return false;
        };
        for (at, share) in way {
            let [x, y] = self.places[*at];
            self.places[*at] = [x + share * moved[0], y + share * moved[1]];
        }
        true
    }

    /// How well the picture fits the places that this way moves, moved by so many pixels.
    fn score(&self, contrast: &Contrast, way: &Way, [right, down]: [f32; 2]) -> f32 {
        let fits = way.iter().map(|(at, share)| {
            let [x, y] = self.places[*at];
            let difference = contrast.at([x + share * right, y + share * down]);
            match self.known[*at] {
                Known::Black => -KNOWN * difference,
                Known::White => KNOWN * difference,
                Known::Either => difference.abs(),
            }
        });
        fits.sum()
    }

    pub(super) fn text(&self, contrast: &Contrast) -> Option<String> {
        let code = Decode(&self.bits(contrast)?).ok()?;
        let text = code.isValid().then(|| code.content().to_string())?;
        (!text.is_empty()).then_some(text)
    }

    fn bits(&self, contrast: &Contrast) -> Option<BitMatrix> {
        let width = u32::try_from(self.width).ok()?;
        let mut bits = BitMatrix::new(width, width).ok()?;
        for (at, place) in self.places.iter().enumerate() {
            let [x, y] = module(self.width, at);
            if x < self.width && y < self.width && contrast.at(*place) < 0.0 {
                bits.set(u32::try_from(x).ok()?, u32::try_from(y).ok()?);
            }
        }
        Some(bits)
    }
}
