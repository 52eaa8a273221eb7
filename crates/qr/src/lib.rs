//! QR codes: from a text to black and white modules and from those to a picture, and what the
//! text of a code is for.
//!
//! Pure: no files, no network, no clock. What is made here is always the same for the same text.

mod code;
mod kind;
mod picture;

pub use code::{Code, Level, TooLong};
pub use kind::Kind;
pub use picture::{Margin, Picture};
