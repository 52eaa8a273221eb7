//! How paper bends.

use super::known::{area, module};

/// A way in which modules are moved together: which ones, and each by which share.
pub(super) type Way = Vec<(usize, f32)>;

/// The places of all modules, from -1 to 1.
fn cells(width: usize) -> impl Iterator<Item = (f32, f32)> {
    let middle = (width + 1) as f32 / 2.0;
    let place = move |at: usize| (at.wrapping_add(1) as f32 - middle) / middle;
    (0..area(width)).map(move |at| {
        let [x, y] = module(width, at);
        (place(x), place(y))
    })
}

/// The products of powers up to the third, first those by which paper bends.
pub(super) fn bends(width: usize) -> Vec<Way> {
    let powers = [
        (1, 1),
        (2, 0),
        (0, 2),
        (2, 1),
        (1, 2),
        (0, 0),
        (1, 0),
        (0, 1),
        (3, 0),
        (0, 3),
    ];
    let way = |(across, down): (i32, i32)| {
        // What is level stays where the finder patterns are.
        let level = if across + down == 2 && across != 1 {
            0.8
        } else {
            0.0
        };
        let share = move |(x, y): (f32, f32)| x.powi(across) * y.powi(down) - level;
        cells(width).map(share).enumerate().collect()
    };
    powers.into_iter().map(way).collect()
}

/// Along one side of a code.
const PARTS: usize = 6;

/// One part of the code after the other, and what is around it less and less.
pub(super) fn dents(width: usize) -> Vec<Way> {
    let apart = 2.0 / (PARTS - 1) as f32;
    let place = move |at: usize| at as f32 * apart - 1.0;
    let near = move |one: f32, other: f32| (1.0 - (one - other).abs() / apart).max(0.0);
    let way = |part: usize| {
        let (across, down) = (place(part % PARTS), place(part / PARTS));
        let share = move |(x, y): (f32, f32)| near(x, across) * near(y, down);
        let shares = cells(width).map(share).enumerate();
        shares.filter(|(_, share)| *share > 0.0).collect()
    };
    (0..PARTS * PARTS).map(way).collect()
}
