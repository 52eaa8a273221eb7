//! From a text to modules.

use std::fmt;

use qrcode::{Color, EcLevel, QrCode};

/// How much of a code may be damaged and still be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// About 7 %.
    Low,
    /// About 15 %: what screens and clean print need.
    #[default]
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %: for a logo in the middle.
    High,
}

impl Level {
    /// Percent of the code's words that it can repair at least.
    #[must_use]
    pub fn repaired_percent(self) -> usize {
        match self {
            Self::Low => 7,
            Self::Medium => 15,
            Self::Quartile => 25,
            Self::High => 30,
        }
    }
}

/// A text that no QR code of this level holds: more than 2 953 bytes at [`Level::Low`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is too long for a QR code")
    }
}

impl std::error::Error for TooLong {}

/// A QR code: a square of modules, each black or white.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    width: usize,
    is_black: Vec<bool>,
}

impl Code {
    /// The smallest code that holds the text.
    ///
    /// # Errors
    /// If none does.
    pub fn new(text: &str, level: Level) -> Result<Self, TooLong> {
        let level = match level {
            Level::Low => EcLevel::L,
            Level::Medium => EcLevel::M,
            Level::Quartile => EcLevel::Q,
            Level::High => EcLevel::H,
        };
        let code = QrCode::with_error_correction_level(text, level).map_err(|_| TooLong)?;
        let width = code.width();
        let is_black = |color: Color| color == Color::Dark;
        Ok(Self {
            width,
            is_black: code.into_colors().into_iter().map(is_black).collect(),
        })
    }

    /// Modules along one side, from 21 to 177.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether the module is black, counted from the upper left corner; outside of the code all
    /// is white.
    #[must_use]
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        let is_inside = x < self.width && y < self.width;
        is_inside && self.is_black.get(y * self.width + x) == Some(&true)
    }
}

/// Two characters a module, so that a terminal shows a square.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for y in 0..self.width {
            let row = (0..self.width).map(|x| if self.is_black(x, y) { "##" } else { "  " });
            writeln!(f, "{}", row.collect::<String>())?;
        }
        Ok(())
    }
}
