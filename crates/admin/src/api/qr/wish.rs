//! What a query says about a picture of a code.

use std::ops::RangeInclusive;

use actix_web::web::Query;
use suo_qr::{Color, Design, Dots, Finders, Level};

use super::hex::from_hex;
use crate::{
    problem::{Code, Finding, Problem},
    store::LogoHash,
};

/// Pixels along one side of a picture.
const SIZE: RangeInclusive<usize> = 64..=2048;

/// Modules of background around a code. Four are what ISO/IEC 18004 asks for.
const MARGIN: RangeInclusive<usize> = 4..=32;

/// Percent of the code's side.
const LOGO_SIZE: RangeInclusive<usize> = 5..=40;

/// The same, unless said.
const USUAL_LOGO_SIZE: usize = 20;

const PARAMETERS: [&str; 9] = [
    "size",
    "margin",
    "level",
    "fg",
    "bg",
    "dots",
    "finders",
    "logo",
    "logo_size",
];

/// What somebody wishes a code to look like.
pub(super) struct Wish {
    /// Without the logo.
    pub(super) design: Design,
    /// Given, or what suits the rest.
    pub(super) level: Level,
    /// The logo, and how large it is drawn.
    pub(super) logo: Option<(LogoHash, usize)>,
}

/// What is wrong with a parameter.
type Wrong = (Code, &'static str);

#[derive(Default)]
struct Said {
    design: Design,
    level: Option<Level>,
    logo: Option<LogoHash>,
    logo_size: Option<usize>,
}

impl Wish {
    /// Refuses with everything that is wrong.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_query(query)
            .map_err(|error| Problem::fields(vec![Finding::new("?", Code::WrongType, error)]))?;
        let pairs = pairs.into_inner();
        let (mut said, mut errors) = (Said::default(), Vec::new());
        for (place, (name, value)) in pairs.iter().enumerate() {
            let outcome = if pairs[..place].iter().any(|(other, _)| other == name) {
                Err((Code::TooMany, "it is given more than once"))
            } else {
                said.read(name, value)
            };
            if let Err((code, detail)) = outcome {
                errors.push(Finding::new(format!("?{name}"), code, detail));
            }
        }
        if errors.is_empty() {
            Ok(said.meaning())
        } else {
            Err(Problem::fields(errors))
        }
    }
}

impl Said {
    /// Reads one parameter. An empty one counts as absent: forms send what nobody filled in.
    fn read(&mut self, name: &str, value: &str) -> Result<(), Wrong> {
        if !PARAMETERS.contains(&name) {
            return Err((Code::UnknownField, "there is no such parameter"));
        }
        if value.is_empty() {
            return Ok(());
        }
        let design = &mut self.design;
        match name {
            "size" => design.size = number(value, &SIZE, "64 to 2048 pixels")?,
            "margin" => design.margin = number(value, &MARGIN, "4 to 32 modules")?,
            "level" => self.level = Some(level(value)?),
            "fg" => design.foreground = color(value)?,
            "bg" => design.background = color(value)?,
            "dots" => design.dots = dots(value)?,
            "finders" => design.finders = finders(value)?,
            "logo" => self.logo = Some(logo(value)?),
            _ => self.logo_size = Some(number(value, &LOGO_SIZE, "5 to 40 percent")?),
        }
        Ok(())
    }

    fn meaning(self) -> Wish {
        let usual = match self.logo {
            Some(_) => Level::High,
            None => Level::Medium,
        };
        let size = self.logo_size.unwrap_or(USUAL_LOGO_SIZE);
        Wish {
            design: self.design,
            level: self.level.unwrap_or(usual),
            logo: self.logo.map(|logo| (logo, size)),
        }
    }
}

fn number(
    value: &str,
    range: &RangeInclusive<usize>,
    detail: &'static str,
) -> Result<usize, Wrong> {
    let number = value.parse().ok();
    let number = number.filter(|number| range.contains(number));
    number.ok_or((Code::OutOfRange, detail))
}

fn color(value: &str) -> Result<Color, Wrong> {
    let detail = "six or three hexadecimal digits, such as 1a2b3c";
    Color::parse(value).ok_or((Code::InvalidColor, detail))
}

fn logo(value: &str) -> Result<LogoHash, Wrong> {
    from_hex(value).ok_or((Code::UnknownLogo, "the name of a logo is expected"))
}

fn level(value: &str) -> Result<Level, Wrong> {
    match value {
        "L" | "l" => Ok(Level::Low),
        "M" | "m" => Ok(Level::Medium),
        "Q" | "q" => Ok(Level::Quartile),
        "H" | "h" => Ok(Level::High),
        _ => Err((Code::UnknownValue, "L, M, Q or H")),
    }
}

fn dots(value: &str) -> Result<Dots, Wrong> {
    match value {
        "square" => Ok(Dots::Square),
        "rounded" => Ok(Dots::Rounded),
        "round" => Ok(Dots::Round),
        _ => Err((Code::UnknownValue, "square, rounded or round")),
    }
}

fn finders(value: &str) -> Result<Finders, Wrong> {
    match value {
        "square" => Ok(Finders::Square),
        "rounded" => Ok(Finders::Rounded),
        "round" => Ok(Finders::Round),
        _ => Err((Code::UnknownValue, "square, rounded or round")),
    }
}
