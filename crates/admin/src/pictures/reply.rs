//! What the two processes say to each other: a length in four bytes, then that many bytes.

use serde::{Deserialize, Serialize};
use suo_qr::read::OpenError;

/// The longest answer, in bytes: a picture has room for a few hundred codes.
pub(super) const MAX_REPLY: usize = 4 << 20;

/// What is to be done with a picture: the first byte of what a child is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Its codes are to be read.
    Codes = 0,
    /// It is to become a logo.
    Logo = 1,
}

impl Job {
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Codes, Self::Logo]
            .into_iter()
            .find(|job| *job as u8 == byte)
    }
}

/// What a child says of a picture, in JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The texts of its codes.
    Texts(Vec<String>),
    /// The picture as a logo: PNG.
    Logo(Vec<u8>),
    /// No format that is read.
    NotAPicture,
    /// Too many pixels.
    TooLarge,
    /// Begins like a picture.
    Broken,
}

impl From<OpenError> for Reply {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotAPicture => Self::NotAPicture,
            OpenError::TooLarge => Self::TooLarge,
            OpenError::Broken => Self::Broken,
        }
    }
}

/// The length that goes before a message.
pub(super) fn prefix(length: usize) -> [u8; 4] {
    // Both sides have bounds far below 4 GiB.
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}
