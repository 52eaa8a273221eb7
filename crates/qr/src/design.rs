//! How a code looks: size, margin, colours, shapes, a logo in the middle.

pub(crate) mod opaque;
mod raster;
mod svg;

use std::fmt;

use crate::{Code, Level};

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color(pub [u8; 3]);

impl Color {
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// White.
    pub const WHITE: Self = Self([255; 3]);

    /// Reads six or three hexadecimal digits, with or without `#`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let number = |text: &str| u8::from_str_radix(text, 16).ok();
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let step = match digits.len() {
            3 => 1,
            6 => 2,
            _ => return None,
        };
        let part = |at: usize| number(digits.get(at * step..(at + 1) * step)?);
        // `f` is `ff`.
        let scale = if step == 1 { 17 } else { 1 };
        Some(Self([part(0)? * scale, part(1)? * scale, part(2)? * scale]))
    }

    /// How bright it looks, from 0 to 1 (relative luminance of WCAG 2).
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.039_28 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// `#rrggbb`
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// What the dark modules look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dots {
    /// Squares without gaps.
    #[default]
    Square,
    /// Squares with round corners.
    Rounded,
    /// Circles.
    Round,
}

/// What the three large marks in the corners look like. Readers look for them by their outline:
/// `OpenCV`'s finds none whose corners have a radius of two modules, let alone circles, and with
/// few pixels a module it misses some with more than 0.8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Finders {
    /// Squares.
    #[default]
    Square,
    /// Squares with round corners.
    Rounded,
    /// Round corners, and nearly a circle in the middle.
    Round,
}

impl Finders {
    /// Radius of the corners, in modules: of the outline, of the hole in it, of the middle.
    fn radii(self) -> [f64; 3] {
        match self {
            Self::Square => [0.0; 3],
            Self::Rounded => [0.8, 0.5, 0.5],
            Self::Round => [0.8, 0.5, 1.0],
        }
    }
}

/// A picture in the middle of a code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Logo {
    /// A file: PNG with 8 bits of red, green, blue and opacity.
    pub png: Vec<u8>,
    /// Percent of the code's side that the longer side of the logo takes, with its margin.
    pub percent: usize,
}

/// How a code is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Design {
    /// Pixels along one side, the margin included.
    pub size: usize,
    /// Modules of background around the code; at least four, as ISO/IEC 18004 asks for.
    pub margin: usize,
    /// The dark colour.
    pub foreground: Color,
    /// The light colour.
    pub background: Color,
    /// The modules.
    pub dots: Dots,
    /// The corners.
    pub finders: Finders,
    /// The middle.
    pub logo: Option<Logo>,
}

impl Default for Design {
    fn default() -> Self {
        Self {
            size: 512,
            margin: 4,
            foreground: Color::BLACK,
            background: Color::WHITE,
            dots: Dots::Square,
            finders: Finders::Square,
            logo: None,
        }
    }
}

/// Why a design is not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesignError {
    /// Fewer than two pixels a module.
    TooSmall,
    /// Fewer than four pixels a module, with round shapes.
    TooSmallForShapes,
    /// The foreground is not darker than the background by a contrast of 4 to 1.
    LowContrast,
    /// The logo hides more than a quarter of what the code's level can repair.
    LogoTooLarge,
    /// The logo is no PNG of the right kind.
    NotALogo,
}

impl fmt::Display for DesignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooSmall => "the picture needs at least two pixels for each module of the code",
            Self::TooSmallForShapes => {
                "round shapes need at least four pixels for each module of the code"
            }
            Self::LowContrast => {
                "the foreground must be darker than the background, with a contrast of at least 4 to 1"
            }
            Self::LogoTooLarge => {
                "the logo hides more than a quarter of what the code's level can repair: make it smaller, or raise the level"
            }
            Self::NotALogo => "the logo can't be drawn",
        })
    }
}

impl std::error::Error for DesignError {}

/// Pixels of a module from which on round shapes can be told from a blur: with two or three, `OpenCV`'s
/// reader misses every third code.
const SHAPED: usize = 4;

/// The contrast that phones need, as a ratio after WCAG 2.
const CONTRAST: f64 = 4.0;

impl Design {
    /// Whether the design leaves a code of this level readable.
    ///
    /// # Errors
    /// See [`DesignError`].
    pub fn check(&self, code: &Code, level: Level) -> Result<(), DesignError> {
        if self.module(code) < 2 {
            return Err(DesignError::TooSmall);
        }
        if self.module(code) < SHAPED && (self.dots, self.finders) != Default::default() {
            return Err(DesignError::TooSmallForShapes);
        }
        let (dark, light) = (self.foreground.luminance(), self.background.luminance());
        if (light + 0.05) / (dark + 0.05) < CONTRAST {
            return Err(DesignError::LowContrast);
        }
        let hidden = self.plate(code) * self.plate(code);
        if hidden * 400 > code.width() * code.width() * level.repaired_percent() {
            return Err(DesignError::LogoTooLarge);
        }
        Ok(())
    }

    /// Modules along one side of the picture.
    #[must_use]
    pub fn side(&self, code: &Code) -> usize {
        code.width() + 2 * self.border()
    }

    /// Modules of background on each side. Readers take the outline of round marks for a little
    /// larger than it is, so there is one more around them.
    fn border(&self) -> usize {
        match self.finders {
            Finders::Square => self.margin,
            Finders::Rounded | Finders::Round => self.margin.max(5),
        }
    }

    /// Pixels along one side of a module.
    fn module(&self, code: &Code) -> usize {
        self.size / self.side(code)
    }

    /// Modules along the side of the square that the logo takes; as odd as the code's own width, so
    /// that it hides whole modules.
    fn plate(&self, code: &Code) -> usize {
        self.logo.as_ref().map_or(0, |logo| {
            let side = code.width() * logo.percent.min(100) / 100;
            (side / 2 * 2 + 1).min(code.width())
        })
    }

    /// Whether a module is hidden by the logo.
    fn is_hidden(&self, code: &Code, x: usize, y: usize) -> bool {
        let plate = self.plate(code);
        let begin = (code.width() - plate) / 2;
        let range = begin..begin + plate;
        range.contains(&x) && range.contains(&y)
    }
}

/// Where the three finder patterns begin, in modules.
fn corners(code: &Code) -> [(usize, usize); 3] {
    let last = code.width() - FINDER;
    [(0, 0), (last, 0), (0, last)]
}

/// Modules along the side of a finder pattern.
const FINDER: usize = 7;

/// Whether a module is part of a finder pattern.
fn is_finder(code: &Code, x: usize, y: usize) -> bool {
    let is_in = |(left, top): &(usize, usize)| {
        (*left..left + FINDER).contains(&x) && (*top..top + FINDER).contains(&y)
    };
    corners(code).iter().any(is_in)
}
