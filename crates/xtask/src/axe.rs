//! axe-core: rules that say whether everybody can read and use a page. Tests run them in the
//! browser; nothing of it is shipped.

use std::fs;
use std::process::Command;

use crate::Outcome;
use crate::shell::{run, target};

/// Later versions may know other rules; a new one is a change like any other.
const VERSION: &str = "4.14.1";

/// Fetched once and kept beside what cargo builds.
pub(crate) fn ensure() -> Outcome {
    let folder = target()?.join("tools/axe");
    let archive = folder.join(format!("axe-core-{VERSION}.tgz"));
    if archive.is_file() && folder.join("package/axe.min.js").is_file() {
        return Ok(());
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let package = format!("axe-core@{VERSION}");
    let mut fetch = Command::new("npm");
    fetch.args(["pack", &package, "--silent", "--pack-destination"]);
    run(fetch.arg(&folder).current_dir(&folder))?;
    let mut unpack = Command::new("tar");
    unpack.arg("xzf").arg(&archive).arg("package/axe.min.js");
    run(unpack.current_dir(&folder))
}
