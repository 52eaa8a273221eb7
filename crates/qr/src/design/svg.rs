//! A design as SVG: no script, no style, nothing from elsewhere.

use std::fmt::Write as _;

use super::{Design, DesignError, Dots, FINDER, Finders, corners, is_finder, opaque::Opaque};
use crate::Code;

impl Design {
    /// The design as SVG; its units are modules.
    ///
    /// # Errors
    /// [`DesignError::NotALogo`].
    pub fn svg(&self, code: &Code) -> Result<String, DesignError> {
        let (size, side) = (self.size, self.side(code));
        let (light, dark) = (self.background, self.foreground);
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}"><rect width="{side}" height="{side}" fill="{light}"/>"#
        );
        let edges = match (self.dots, self.finders) {
            (Dots::Square, Finders::Square) => r#" shape-rendering="crispEdges""#,
            _ => "",
        };
        svg += &format!(r#"<path fill="{dark}" fill-rule="evenodd"{edges} d=""#);
        self.write_modules(code, &mut svg);
        for (x, y) in corners(code) {
            let (x, y) = (x + self.border(), y + self.border());
            for (inset, corner) in [0_u8, 1, 2].into_iter().zip(self.finders.radii()) {
                let side = 7.0 - 2.0 * f64::from(inset);
                let inset = f64::from(inset);
                square(&mut svg, units(x) + inset, units(y) + inset, side, corner);
            }
        }
        svg += r#""/>"#;
        self.write_logo(code, &mut svg)?;
        svg += "</svg>";
        Ok(svg)
    }

    fn write_modules(&self, code: &Code, svg: &mut String) {
        for y in 0..code.width() {
            let mut x = 0;
            while x < code.width() {
                let is_drawn = |x| self.is_drawn(code, x, y);
                if !is_drawn(x) {
                    x += 1;
                    continue;
                }
                let (left, top) = (units(x + self.border()), units(y + self.border()));
                match self.dots {
                    Dots::Square => {
                        let run = (x..code.width()).take_while(|x| is_drawn(*x)).count();
                        // Writing into a string cannot fail.
                        let _ = write!(svg, "M{left} {top}h{run}v1h-{run}z");
                        x += run;
                        continue;
                    }
                    Dots::Rounded => square(svg, left, top, 1.0, 0.3),
                    Dots::Round => square(svg, left + 0.04, top + 0.04, 0.92, 0.46),
                }
                x += 1;
            }
        }
    }

    pub(super) fn is_drawn(&self, code: &Code, x: usize, y: usize) -> bool {
        code.is_black(x, y) && !is_finder(code, x, y) && !self.is_hidden(code, x, y)
    }

    fn write_logo(&self, code: &Code, svg: &mut String) -> Result<(), DesignError> {
        let Some(logo) = &self.logo else {
            return Ok(());
        };
        Opaque::of(logo)?;
        let plate = self.plate(code);
        let begin = units(self.border() + (code.width() - plate) / 2) + 0.5;
        let side = units(plate) - 1.0;
        let data = base64(&logo.png);
        *svg += &format!(
            r#"<image x="{begin}" y="{begin}" width="{side}" height="{side}" href="data:image/png;base64,{data}"/>"#
        );
        Ok(())
    }
}

/// Modules as a number of SVG.
fn units(modules: usize) -> f64 {
    u16::try_from(modules).map_or(f64::MAX, f64::from)
}

/// A closed square with corners of this radius.
fn square(svg: &mut String, x: f64, y: f64, side: f64, corner: f64) {
    debug_assert!(side <= units(FINDER));
    let line = short(side - 2.0 * corner);
    let corner = short(corner);
    let (x, y) = (short(x), short(y));
    // Writing into a string cannot fail.
    let _ = if corner == 0.0 {
        write!(svg, "M{x} {y}h{side}v{side}h-{side}z")
    } else {
        let arc =
            |dx: &str, dy: &str| format!("a{corner} {corner} 0 0 1 {dx}{corner} {dy}{corner}");
        let start = short(x + corner);
        write!(
            svg,
            "M{start} {y}h{line}{}v{line}{}h-{line}{}v-{line}{}z",
            arc("", ""),
            arc("-", ""),
            arc("-", "-"),
            arc("", "-"),
        )
    };
}

/// With three digits behind the point at most.
fn short(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
