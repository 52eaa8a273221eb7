//! Which of several targets a visitor gets, always the same one.

use std::{fmt, net::IpAddr};

use xxhash_rust::xxh3::xxh3_64;

use super::rules::Weighted;
use crate::{
    id::LinkId,
    platform::Os,
    visitor::{Visitor, network},
};

/// What makes the split of one instance unforeseeable for others. It does not change, so that
/// a visitor keeps a target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SplitKey([u8; 16]);

impl SplitKey {
    /// A key from secret bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// Hides the key.
impl fmt::Debug for SplitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SplitKey(..)")
    }
}

/// The place of the visitor's target among `targets`; 0 if there are none.
pub(super) fn choose(
    targets: &[Weighted],
    link: LinkId,
    visitor: &Visitor<'_>,
    key: &SplitKey,
) -> usize {
    if targets.len() < 2 {
        return 0;
    }
    let total: u64 = targets.iter().map(|target| u64::from(target.weight)).sum();
    let hash = hash(link, visitor.address, visitor.platform.os, key);
    let mut rest = ((u128::from(hash) * u128::from(total)) >> 64) as u64;
    for (place, target) in targets.iter().enumerate() {
        match rest.checked_sub(u64::from(target.weight)) {
            Some(less) => rest = less,
            None => return place,
        }
    }
    0
}

/// The same in an app and in the browser beside it: neither app nor device is in it.
fn hash(link: LinkId, address: Option<IpAddr>, os: Os, key: &SplitKey) -> u64 {
    let mut bytes = [0; 16 + 8 + 8 + 2];
    bytes[..16].copy_from_slice(&key.0);
    bytes[16..24].copy_from_slice(&link.0.to_be_bytes());
    let (kind, network) = network(address);
    bytes[24..32].copy_from_slice(&network);
    bytes[32] = kind;
    bytes[33] = os as u8;
    xxh3_64(&bytes)
}
