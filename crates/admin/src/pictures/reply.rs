//! What the two processes say to each other: a length in four bytes, then that many bytes.

use serde::{Deserialize, Serialize};
use suo_qr::read::OpenError;

/// The longest answer, in bytes: a picture has room for a few hundred codes.
pub(super) const MAX_REPLY: usize = 4 << 20;

/// What a child says of a picture, in JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The texts of its codes.
    Texts(Vec<String>),
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
pub(super) fn length(message: &[u8]) -> [u8; 4] {
    // Both sides have bounds far below 4 GiB.
    u32::try_from(message.len())
        .unwrap_or(u32::MAX)
        .to_be_bytes()
}
