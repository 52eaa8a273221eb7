//! Where a camera sees the modules of a flat code.

use rxing::qrcode::cpp_port::detector::FinderPatternSet;

use super::known::{area, module};

/// How many places to either side are tried for the fourth corner, in both directions.
pub(super) const CORNERS: i16 = 8;

/// How far these are apart, as a share of the side of the code.
const APART: f32 = 0.04;

/// The places of the modules of a flat code, as a camera sees it: the middles of its finder patterns
/// are at three corners of a square, the fourth is off by `corner`.
pub(super) fn seen(width: usize, set: &FinderPatternSet, corner: [i16; 2]) -> Vec<[f32; 2]> {
    let [tl, tr, bl] = [set.tl.p, set.tr.p, set.bl.p].map(|middle| [middle.x, middle.y]);
    let [off_x, off_y] = corner.map(|off| f32::from(off) * APART);
    let minus = |one: [f32; 2], other: [f32; 2]| [one[0] - other[0], one[1] - other[1]];
    let (across, down) = (minus(tr, tl), minus(bl, tl));
    // After Heckbert: the square with the corners 0 and 1 to any quadrilateral.
    let sum = [0, 1].map(|part| off_x * across[part] + off_y * down[part]);
    let br = [0, 1].map(|part| tr[part] + down[part] + sum[part]);
    let (first, second) = (minus(tr, br), minus(bl, br));
    let cross = |one: [f32; 2], other: [f32; 2]| one[0] * other[1] - one[1] * other[0];
    let whole = cross(first, second);
    let (g, h) = (cross(sum, second) / whole, cross(first, sum) / whole);
    let arm = (width - 7) as f32;
    let seen = (0..area(width)).map(|at| {
        let [x, y] = module(width, at).map(|at| (at.wrapping_add(1) as f32 - 4.0) / arm);
        let depth = 1.0 + g * x + h * y;
        [0, 1].map(|part| {
            let right = across[part] + g * tr[part];
            let below = down[part] + h * bl[part];
            (tl[part] + right * x + below * y) / depth
        })
    });
    seen.collect()
}
