//! Files at the root of a domain, by which others are shown who owns it.

use std::fmt;

/// The most files of a domain.
pub const MAX_FILES: usize = 32;
/// The longest file, in bytes.
pub const MAX_BODY: usize = 4096;
/// The longest path, in bytes.
pub const MAX_PATH: usize = 128;

const WELL_KNOWN: &str = ".well-known/";

/// A file that a domain serves: text such as WeChat's `MP_verify_*.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootFile {
    /// The path without its first slash: `MP_verify_x.txt` or `.well-known/x`
    /// ([`check_path`]).
    pub path: Box<str>,
    /// UTF-8 text of at most [`MAX_BODY`] bytes.
    pub body: Box<[u8]>,
}

/// Why a path is none of a root file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// Empty, or longer than [`MAX_PATH`].
    Length,
    /// Neither `NAME.txt` nor below `.well-known/`.
    Place,
    /// A character other than ASCII letters, digits, `.`, `_`, `-` and the slashes between
    /// names, or a name that is empty, `.` or `..`.
    Name,
    /// `robots.txt`: suo's own.
    Reserved,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a path has 1 to 128 characters",
            Self::Place => "a file is NAME.txt or lies below .well-known/",
            Self::Name => "names are ASCII letters, digits, '.', '_' and '-'",
            Self::Reserved => "robots.txt is answered by suo itself",
        })
    }
}

impl std::error::Error for PathError {}

/// Whether a domain may have a file with this path (no slash before it).
///
/// # Errors
/// Why not.
pub fn check_path(path: &str) -> Result<(), PathError> {
    if path.is_empty() || path.len() > MAX_PATH {
        return Err(PathError::Length);
    }
    if path.eq_ignore_ascii_case("robots.txt") {
        return Err(PathError::Reserved);
    }
    let names = match path.strip_prefix(WELL_KNOWN) {
        Some(names) => names,
        None if path.contains('/') || !path.ends_with(".txt") => return Err(PathError::Place),
        None => path,
    };
    let is_name = |name: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        !matches!(name, "" | "." | "..") && name.bytes().all(fits)
    };
    if names.split('/').all(is_name) {
        Ok(())
    } else {
        Err(PathError::Name)
    }
}

/// Whether a domain may serve this text.
#[must_use]
pub fn is_body(body: &[u8]) -> bool {
    body.len() <= MAX_BODY && std::str::from_utf8(body).is_ok_and(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::{PathError, check_path};

    #[test]
    fn files_are_texts_at_the_root_or_well_known() {
        for path in [
            "MP_verify_aB3.txt",
            "a-b.c.txt",
            ".well-known/assetlinks.json",
            ".well-known/acme-challenge/x_y",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
        for (path, error) in [
            ("", PathError::Length),
            ("robots.txt", PathError::Reserved),
            ("a.html", PathError::Place),
            ("a/b.txt", PathError::Place),
            ("/a.txt", PathError::Place),
            (".well-known/", PathError::Name),
            (".well-known/../a.txt", PathError::Name),
            (".well-known//a", PathError::Name),
            ("中.txt", PathError::Name),
            ("a%2f.txt", PathError::Name),
        ] {
            assert_eq!(check_path(path), Err(error), "{path}");
        }
    }
}
