//! How large a block of clicks is.

/// With fewer clicks left than this a block holds one for each visitor who waits, and no more: at the
/// end every click counts.
const LAST: u64 = 1000;

/// So many blocks for each holder would take all that is left.
const SHARES: u64 = 8;

/// How long ago a holder may have asked for something to be counted as one, in milliseconds.
pub const SEEN: i64 = 10_000;

/// How many of the clicks that are left (at least 1) go into a block, while so many journals ask for
/// blocks and so many visitors wait.
#[must_use]
pub fn block(left: u64, holders: u64, wanted: u64) -> u64 {
    let size = if left < LAST {
        wanted
    } else {
        left / (SHARES * holders.max(1))
    };
    size.clamp(1, left.max(1))
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn a_block_is_a_small_share_and_at_the_end_one_click_a_visitor() {
        for (left, holders, wanted, size) in [
            (1, 1, 1, 1),
            (3, 1, 64, 3),
            (999, 3, 1, 1),
            (999, 3, 20, 20),
            (1000, 1, 1, 125),
            (1000, 3, 64, 41),
            (1000, 1000, 1, 1),
            (1_000_000, 4, 1, 31_250),
            (1_000_000, 0, 1, 125_000),
        ] {
            assert_eq!(
                block(left, holders, wanted),
                size,
                "{left} {holders} {wanted}"
            );
        }
    }
}
