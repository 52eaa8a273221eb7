//! Reading the codes of a picture.
//!
//! Both halves can take long for hostile bytes and may use much memory for them: callers who do
//! not know whose picture it is let a process with limits do it.

mod bent;
mod cascade;
mod deblur;
mod detect;
mod gray;
mod logo;
mod pixels;
mod resize;
mod smooth;
mod threshold;

pub use cascade::{Way, looks};
pub use logo::LOGO_SIDE;
pub use pixels::{MAX_BYTES, MAX_PIXELS, OpenError, Pixels};

/// The texts of all codes in a picture, in the order in which they were found, each once; none if
/// nothing is readable. A text is never a guess: the code's own check words vouch for it.
#[must_use]
pub fn texts(pixels: &Pixels) -> Vec<String> {
    cascade::texts(pixels)
}

/// A picture as a logo: a PNG as [`Logo`](crate::Logo) takes it, of at most [`LOGO_SIDE`] pixels
/// along its longer side. Whatever else was in the file is gone.
#[must_use]
pub fn logo(pixels: &Pixels) -> Vec<u8> {
    logo::file(pixels)
}
