//! Visitors without their names: a keyed hash that tells them apart for a day.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// What makes the hashes of a day unforeseeable, and unlike those of every other day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VisitorKey([u64; 2]);

impl VisitorKey {
    /// A key from secret bytes.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(bytes);
        Self([(number >> 64) as u64, number as u64])
    }

    /// The secret bytes, for the one who stores the key or hands it on.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        (u128::from(self.0[0]) << 64 | u128::from(self.0[1])).to_be_bytes()
    }

    /// The visitor's hash: of the network and of the hash of the agent. Never 0, which says that
    /// there is none.
    #[must_use]
    pub fn hash(&self, address: IpAddr, agent: u64) -> u64 {
        let (kind, network) = network(Some(address));
        let words = [u64::from_be_bytes(network), u64::from(kind), agent];
        siphash_1_3(self.0, words).max(1)
    }
}

/// Hides the key.
impl fmt::Debug for VisitorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitorKey(..)")
    }
}

/// What stays the same of a visitor's address: all of IPv4, the first 64 bits of IPv6, which
/// are a household's.
pub(crate) fn network(address: Option<IpAddr>) -> (u8, [u8; 8]) {
    let mut network = [0; 8];
    match address.map(|address| address.to_canonical()) {
        None => (0, network),
        Some(IpAddr::V4(address)) => {
            network[..4].copy_from_slice(&address.octets());
            (4, network)
        }
        Some(IpAddr::V6(address)) => {
            network.copy_from_slice(&Ipv6Addr::octets(&address)[..8]);
            (6, network)
        }
    }
}

/// SipHash-1-3 (Aumasson and Bernstein, 2012) of 24 bytes.
fn siphash_1_3(key: [u64; 2], words: [u64; 3]) -> u64 {
    let mut state = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    // The last block holds the length in its highest byte.
    for word in words.into_iter().chain([24 << 56]) {
        state[3] ^= word;
        round(&mut state);
        state[0] ^= word;
    }
    state[2] ^= 0xff;
    (0..3).for_each(|_| round(&mut state));
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

fn round([v0, v1, v2, v3]: &mut [u64; 4]) {
    *v0 = v0.wrapping_add(*v1);
    *v1 = v1.rotate_left(13) ^ *v0;
    *v0 = v0.rotate_left(32);
    *v2 = v2.wrapping_add(*v3);
    *v3 = v3.rotate_left(16) ^ *v2;
    *v0 = v0.wrapping_add(*v3);
    *v3 = v3.rotate_left(21) ^ *v0;
    *v2 = v2.wrapping_add(*v1);
    *v1 = v1.rotate_left(17) ^ *v2;
    *v2 = v2.rotate_left(32);
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hasher};

    use super::{VisitorKey, siphash_1_3};

    /// The standard library's hasher is SipHash-1-3 with the key 0.
    #[test]
    fn it_is_siphash() {
        let words = [1u64, 0x0123_4567_89ab_cdef, u64::MAX];
        let mut hasher = DefaultHasher::new();
        words
            .iter()
            .for_each(|word| hasher.write(&word.to_le_bytes()));
        assert_eq!(siphash_1_3([0, 0], words), hasher.finish());
    }

    #[test]
    fn visitors_and_days_are_told_apart() {
        let key = VisitorKey::new([1; 16]);
        let address = |text: &str| text.parse().unwrap();
        let here = key.hash(address("2001:db8:0:1::1"), 7);
        assert_eq!(here, key.hash(address("2001:db8:0:1::2"), 7));
        assert_ne!(here, key.hash(address("2001:db8:0:2::1"), 7));
        assert_ne!(here, key.hash(address("2001:db8:0:1::1"), 8));
        assert_ne!(
            here,
            VisitorKey::new([2; 16]).hash(address("2001:db8:0:1::1"), 7)
        );
        assert_ne!(
            key.hash(address("192.0.2.1"), 7),
            key.hash(address("192.0.2.2"), 7)
        );
        assert_eq!(format!("{key:?}"), "VisitorKey(..)");
    }
}
