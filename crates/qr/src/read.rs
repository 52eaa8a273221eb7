//! Reading the codes of a picture.
//!
//! Both halves can take long for hostile bytes and may use much memory for them: callers who do
//! not know whose picture it is let a process with limits do it.

mod cascade;
mod deblur;
mod detect;
mod gray;
mod pixels;
mod resize;
mod smooth;
mod threshold;

pub use pixels::{MAX_BYTES, MAX_PIXELS, OpenError, Pixels};

/// The texts of all codes in a picture, in the order in which they were found, each once; none if
/// nothing is readable. A text is never a guess: the code's own check words vouch for it.
#[must_use]
pub fn texts(pixels: &Pixels) -> Vec<String> {
    cascade::texts(pixels)
}
