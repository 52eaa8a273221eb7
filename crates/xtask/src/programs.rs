//! The programs that end-to-end tests start, each built as its users build it.

use std::fs;
use std::path::PathBuf;

use crate::shell::{cargo, run, target};

const PROGRAMS: [&str; 3] = ["suo", "suo-edge", "suo-admin"];

/// How programs are built.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Quickly, with checks: for tests.
    Debug,
    /// As the quick start is.
    Release,
}

/// Builds all programs and returns the folder that holds them.
///
/// Each is built alone, because one build of several packages would unite their features and
/// give the quick start a Postgres client that its users do not have. They are copied, because
/// `cargo test --workspace` builds united ones of the same names.
pub(crate) fn build(profile: Profile) -> Result<PathBuf, String> {
    let folder = target()?.join(profile.copies());
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for program in PROGRAMS {
        let mut command = cargo(&["build", "--package", program])?;
        run(command.args(profile.flags()))?;
        let built = target()?.join(profile.built()).join(program);
        // Not into the old file: it may still be running somewhere.
        let _ = fs::remove_file(folder.join(program));
        fs::copy(&built, folder.join(program))
            .map_err(|error| format!("{}: {error}", built.display()))?;
    }
    Ok(folder)
}

impl Profile {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Debug => &[],
            Self::Release => &["--release"],
        }
    }

    fn built(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    fn copies(self) -> &'static str {
        match self {
            Self::Debug => "programs",
            Self::Release => "programs-release",
        }
    }
}
