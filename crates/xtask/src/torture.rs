//! `cargo xtask torture`: the long run under faults, on programs as they are shipped.

use std::process::Command;

use crate::Outcome;
use crate::packages;
use crate::programs::{self, Profile};
use crate::shell::{cargo, root, run, target};

/// `arguments` go to the driver: `--minutes 30 --seed 7`; it explains the others.
pub(crate) fn all(arguments: &[String]) -> Outcome {
    packages::ensure()?;
    let programs = programs::build(Profile::Release)?;
    run(&mut cargo(&["build", "--release", "--package", "e2e"])?)?;
    let mut driver = Command::new(target()?.join("release/torture"));
    driver.args(arguments).current_dir(root()?);
    run(driver.env("SUO_TEST_BIN_DIR", programs))
}
