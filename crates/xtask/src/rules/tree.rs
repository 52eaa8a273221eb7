//! The text files of the repository, read once for all rules.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// Folders of the top level that are not ours: built, or written by running programs.
const NOT_OURS: [&str; 3] = ["target", ".git", "suo-data"];

/// Endings of the files that rules look into.
const READ: [&str; 4] = ["rs", "md", "toml", "env"];

/// Paths relative to the top folder, with `/`, and the text of those that rules look into; other
/// files have an empty text.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

/// One thing against a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    /// From 1; 0 means the file as a whole.
    line: usize,
    what: String,
}

impl Tree {
    /// Reads everything below `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let mut tree = Self::default();
        tree.add_folder(root, "")?;
        Ok(tree)
    }

    /// The text of one file, if it is there.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is a file, or a folder with files in it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        let mut below = self.files.range(folder.clone()..);
        self.files.contains_key(path)
            || below
                .next()
                .is_some_and(|(path, _)| path.starts_with(&folder))
    }

    /// Path and text of the files with this ending.
    pub(crate) fn ending(&self, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .filter(move |(path, _)| path.ends_with(ending))
    }

    fn add_folder(&mut self, root: &Path, folder: &str) -> Result<(), String> {
        let failed = |error| format!("{folder}: {error}");
        for entry in fs::read_dir(root.join(folder)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            if NOT_OURS.contains(&path.as_str()) {
                continue;
            }
            if entry.file_type().map_err(failed)?.is_dir() {
                self.add_folder(root, &path)?;
            } else {
                self.add_file(root, path)?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, root: &Path, path: String) -> Result<(), String> {
        let ending = path.rsplit('.').next().unwrap_or_default();
        let text = if READ.contains(&ending) {
            fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?
        } else {
            String::new()
        };
        self.files.insert(path, text);
        Ok(())
    }
}

impl Finding {
    /// About one line, counted from 0 as `enumerate` does.
    pub(crate) fn at(path: &str, index: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: index + 1,
            what: what.into(),
        }
    }

    /// About a file as a whole.
    pub(crate) fn about(path: &str, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: 0,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        let owned = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        Self {
            files: owned.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Tree};

    #[test]
    fn folders_are_there_when_something_is_in_them() {
        let tree = Tree::from([("docs/adr/0001.md", ""), ("docs.md", "")]);
        assert!(tree.has("docs") && tree.has("docs/adr") && tree.has("docs/adr/0001.md"));
        assert!(!tree.has("doc") && !tree.has("docs/ad") && !tree.has("zoo"));
    }

    #[test]
    fn findings_read_like_compiler_messages() {
        assert_eq!(Finding::at("a.rs", 1, "bad").to_string(), "a.rs:2: bad");
        assert_eq!(Finding::about("a.rs", "bad").to_string(), "a.rs: bad");
    }
}
