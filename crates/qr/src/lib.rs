//! QR codes: from a text to black and white modules and from those to a picture; from a picture
//! to the texts of its codes; and what such a text is for.
//!
//! Pure: no files, no network, no clock. The same input always gives the same output.

mod code;
mod design;
mod kind;
mod picture;
#[cfg(feature = "read")]
pub mod read;

pub use code::{Code, Level, TooLong};
pub use design::{Color, Design, DesignError, Dots, Finders, Logo};
pub use kind::Kind;
pub use picture::{Margin, Picture};
