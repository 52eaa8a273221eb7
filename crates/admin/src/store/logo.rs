//! Pictures in the middle of QR codes.

/// SHA-256 of a logo's PNG: its name.
pub type LogoHash = [u8; 32];

/// The most logos of an instance.
pub const MAX_LOGOS: i64 = 500;

/// What became of a logo to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoAdded {
    /// It is kept now.
    New,
    /// It was there.
    Known,
    /// There are [`MAX_LOGOS`] already.
    TooMany,
}
