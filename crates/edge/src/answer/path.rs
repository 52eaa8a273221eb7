//! What a path asks for.

/// What a path asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// `/`
    Root,
    /// Something of a link: what may be its code, and which part.
    Code(&'a str, Part),
    /// A file of the domain: its path without the first slash.
    File(&'a str),
    /// No path of ours.
    Nothing,
}

/// Which part of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `/{code}`
    Itself,
    /// `/{code}/q`: the link itself, come upon by a QR code.
    Scan,
    /// `/{code}+`
    Preview,
    /// `/{code}/qr.png`
    Picture,
}

/// Codes are letters, digits, `-` and `_`; so the first other character decides.
pub(super) fn asked(path: &str) -> Asked<'_> {
    let Some(path) = path.strip_prefix('/') else {
        return Asked::Nothing;
    };
    let Some(end) = path.bytes().position(|byte| b"/+.".contains(&byte)) else {
        return if path.is_empty() {
            Asked::Root
        } else {
            Asked::Code(path, Part::Itself)
        };
    };
    let (code, rest) = path.split_at(end);
    match rest {
        "/q" => Asked::Code(code, Part::Scan),
        "/qr.png" => Asked::Code(code, Part::Picture),
        "+" => Asked::Code(code, Part::Preview),
        _ if rest.starts_with('.') => Asked::File(path),
        _ => Asked::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Part, asked};

    #[test]
    fn every_path_asks_for_one_thing() {
        for (path, expected) in [
            ("/", Asked::Root),
            ("/a", Asked::Code("a", Part::Itself)),
            ("/a/q", Asked::Code("a", Part::Scan)),
            ("/a+", Asked::Code("a", Part::Preview)),
            ("/a/qr.png", Asked::Code("a", Part::Picture)),
            ("/%61", Asked::Code("%61", Part::Itself)),
            ("/robots.txt", Asked::File("robots.txt")),
            ("/.well-known/a/b", Asked::File(".well-known/a/b")),
            ("/a.b/c", Asked::File("a.b/c")),
            ("", Asked::Nothing),
            ("*", Asked::Nothing),
            ("//", Asked::Nothing),
            ("/a/", Asked::Nothing),
            ("/a/Q", Asked::Nothing),
            ("/a/q/", Asked::Nothing),
            ("/a++", Asked::Nothing),
            ("/a+b", Asked::Nothing),
            ("/a/qr.svg", Asked::Nothing),
            ("/a/q+", Asked::Nothing),
        ] {
            assert_eq!(asked(path), expected, "{path}");
        }
        // These are no codes, as everybody who asks for them learns.
        assert_eq!(asked("/+"), Asked::Code("", Part::Preview));
    }
}
