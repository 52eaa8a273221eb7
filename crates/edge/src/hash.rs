//! The hash of tables whose keys strangers choose.

use std::hash::{BuildHasher, Hasher, RandomState};

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Builds hashers from a random seed.
#[derive(Clone, Debug)]
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn random() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }
}

/// Random bytes that nobody can foresee, of the randomness with which the standard library keys its tables.
pub(crate) fn secret() -> [u8; 192] {
    let state = RandomState::new();
    let mut secret = [0; 192];
    for (number, bytes) in secret.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&state.hash_one(number).to_ne_bytes());
    }
    secret
}

impl BuildHasher for Seeded {
    type Hasher = Xxh3;

    fn build_hasher(&self) -> Xxh3 {
        Xxh3(self.0)
    }
}

/// xxh3 in one go; its streaming form has a state of half a kilobyte to set up.
pub(crate) struct Xxh3(u64);

impl Hasher for Xxh3 {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    /// The end of a text; keys are one text, so it makes no difference.
    fn write_u8(&mut self, byte: u8) {
        self.0 = self.0.wrapping_add(byte.into());
    }

    /// The length that comes before a slice's bytes.
    fn write_usize(&mut self, number: usize) {
        self.0 = self.0.wrapping_add(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
