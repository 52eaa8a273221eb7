//! What all codes of one size have in common.

/// What a module must be in every code of its size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Black,
    White,
    Either,
}

/// How many modules a code of this width has, with one of margin around it.
pub(super) fn area(width: usize) -> usize {
    (width + 2) * (width + 2)
}

/// Where in the code the `at`-th is; the margin above and to the left is at the end of all numbers.
pub(super) fn module(width: usize, at: usize) -> [usize; 2] {
    [at % (width + 2), at / (width + 2)].map(|at| at.wrapping_sub(1))
}

/// Of the module at this place in the code; outside of it is the margin.
pub(super) fn known(width: usize, centers: &[u32], [x, y]: [usize; 2]) -> Known {
    if x >= width || y >= width {
        return Known::White;
    }
    let black = |is_black| if is_black { Known::Black } else { Known::White };
    let ring =
        |x: usize, y: usize, middle: (usize, usize)| x.abs_diff(middle.0).max(y.abs_diff(middle.1));
    let last = width - 4;
    for middle in [(3, 3), (last, 3), (3, last)] {
        let ring = ring(x, y, middle);
        if ring <= 4 {
            return black(ring != 2 && ring != 4);
        }
    }
    if x == 6 || y == 6 {
        return black((x + y) % 2 == 0);
    }
    for &down in centers {
        for &across in centers {
            let (across, down) = (across as usize, down as usize);
            let is_mark = |at: usize| at < 9;
            let is_far = |at: usize| at + 9 > width;
            let is_finder = (is_mark(across) && (is_mark(down) || is_far(down)))
                || (is_far(across) && is_mark(down));
            let ring = ring(x, y, (across, down));
            if !is_finder && ring <= 2 {
                return black(ring != 1);
            }
        }
    }
    Known::Either
}
