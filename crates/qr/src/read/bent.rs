//! Codes on paper that is not flat.
//!
//! Detectors take a code for flat, so on a bottle or on paper that bends they look between the modules.
//! Here the places of the modules begin at a flat guess as well, but are then moved, all
//! together and smoothly, until those whose colour is the same in every code have it, and all
//! others are as clearly black or white as can be.

mod contrast;
mod grid;
mod known;
mod seen;
mod ways;

use rxing::{
    common::BitMatrix,
    qrcode::cpp_port::detector::{
        EstimateModuleSize, FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets,
    },
};

use self::{
    contrast::Contrast,
    grid::Grid,
    ways::{bends, dents},
};
use super::{
    detect::{Look, guarded},
    gray::Gray,
};

/// How many guesses are tried for one picture, the likeliest first.
const TRIES: usize = 6;

/// Modules along the side of the largest code that is read like this.
const LARGEST: usize = 81;

/// One code, if it can be read like this.
pub(super) fn one(gray: &Gray, matrix: &BitMatrix) -> Look {
    guarded(|| {
        let mut patterns = FindFinderPatterns(matrix, true, 0);
        let sets = GenerateFinderPatternSets(&mut patterns);
        let guesses = sets.iter().flat_map(|set| guesses(matrix, set));
        let text = guesses.take(TRIES).find_map(|guess| guess.text(gray));
        Look {
            texts: text.into_iter().collect(),
            saw_more: false,
        }
    })
}

/// A code, seen from far.
#[derive(Clone, Copy)]
struct Guess<'a> {
    set: &'a FinderPatternSet,
    /// Modules along one side.
    width: usize,
    /// Pixels along the side of a module.
    size: f32,
    /// Whether one corner may be nearer than the others.
    is_tilted: bool,
}

impl Guess<'_> {
    fn text(&self, gray: &Gray) -> Option<String> {
        let contrast = Contrast::of(gray, self.size);
        let mut grid = Grid::flat(self, &contrast)?;
        grid.fit(&contrast, &bends(self.width));
        grid.text(&contrast).or_else(|| {
            grid.fit(&contrast, &dents(self.width));
            grid.text(&contrast)
        })
    }
}

fn guesses<'a>(matrix: &BitMatrix, set: &'a FinderPatternSet) -> impl Iterator<Item = Guess<'a>> {
    let (size, widths) = widths(matrix, set).unwrap_or_default();
    let widths = widths.into_iter().filter(|width| *width <= LARGEST);
    widths.flat_map(move |width| {
        [true, false].map(|is_tilted| Guess {
            set,
            width,
            size,
            is_tilted,
        })
    })
}

/// Pixels along the side of a module, and how many modules a side may have.
fn widths(matrix: &BitMatrix, set: &FinderPatternSet) -> Option<(f32, Vec<usize>)> {
    let arm = |other| {
        let sizes = [
            EstimateModuleSize(matrix, set.tl, other),
            EstimateModuleSize(matrix, other, set.tl),
        ];
        let size = (sizes[0] + sizes[1]) / 2.0;
        let is_one = sizes[0] > 0.0 && sizes[1] > 0.0;
        let length = f64::from((other.p - set.tl.p).length());
        is_one.then(|| (size, length / size + 7.0))
    };
    let (top, left) = (arm(set.tr)?, arm(set.bl)?);
    let mut widths = Vec::new();
    for width in [(top.1 + left.1) / 2.0, top.1, left.1] {
        let version = ((width - 17.0) / 4.0).round().clamp(1.0, 40.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped above"
        )]
        let width = 17 + 4 * version as usize;
        if !widths.contains(&width) {
            widths.push(width);
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    let size = ((top.0 + left.0) / 2.0) as f32;
    Some((size, widths))
}
