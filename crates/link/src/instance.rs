//! What every edge of an instance knows beside its links: the domains and the one secret.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{domain::Domain, policy::SplitKey};

/// The domains of an instance and its secret: one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// All domains.
    pub domains: Vec<Domain>,
    /// What the keys are made of.
    pub secret: InstanceSecret,
}

/// 32 random bytes that an instance makes once and keeps. They are never used themselves: each
/// purpose has a key of its own made from them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InstanceSecret([u8; 32]);

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Split,
    Unlocking,
    Managing,
    Forms,
}

impl InstanceSecret {
    /// Takes random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the one who stores them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of the weighted split.
    #[must_use]
    pub fn split_key(&self) -> SplitKey {
        let key = self.key(Purpose::Split);
        SplitKey::new(std::array::from_fn(|n| key[n]))
    }

    /// The key that signs "has proven the password of this link".
    #[must_use]
    pub fn unlocking_key(&self) -> [u8; 32] {
        self.key(Purpose::Unlocking)
    }

    /// The key that signs the addresses by which links without an account are managed.
    #[must_use]
    pub fn managing_key(&self) -> [u8; 32] {
        self.key(Purpose::Managing)
    }

    /// The key that signs the tokens of the front page's forms.
    #[must_use]
    pub fn forms_key(&self) -> [u8; 32] {
        self.key(Purpose::Forms)
    }

    /// The one-step key derivation of NIST SP 800-56C, section 4, with SHA-256: one block.
    fn key(&self, purpose: Purpose) -> [u8; 32] {
        let label: &[u8] = match purpose {
            Purpose::Split => b"suo: weighted split",
            Purpose::Unlocking => b"suo: unlocked links",
            Purpose::Managing => b"suo: manage links",
            Purpose::Forms => b"suo: forms",
        };
        let mut hash = Sha256::new();
        hash.update(1u32.to_be_bytes());
        hash.update(self.0);
        hash.update(label);
        hash.finalize().into()
    }
}

/// Hides the secret.
impl fmt::Debug for InstanceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstanceSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::InstanceSecret;

    #[test]
    fn each_purpose_has_its_own_key_and_none_shows_the_secret() {
        let secret = InstanceSecret::new([7; 32]);
        let other = InstanceSecret::new([8; 32]);
        assert_ne!(secret.split_key(), other.split_key());
        assert_ne!(secret.unlocking_key(), other.unlocking_key());
        assert_ne!(&secret.unlocking_key(), secret.as_bytes());
        let keys = [
            *secret.as_bytes(),
            secret.unlocking_key(),
            secret.managing_key(),
            secret.forms_key(),
        ];
        let different: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        let shown = format!("{secret:?} {:?}", secret.split_key());
        assert_eq!(shown, "InstanceSecret(..) SplitKey(..)");
    }
}
