//! What the operating system must have before everything can be built and tested.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::shell::{in_path, run};

/// A Debian package and how to see that its content is there, from wherever it came.
///
/// A C compiler is not listed: without one, cargo could not have linked this program.
struct Package {
    name: &'static str,
    present: fn() -> bool,
}

const PACKAGES: [Package; 12] = [
    Package {
        name: "postgresql",
        present: has_postgres,
    },
    Package {
        name: "redis-server",
        present: || in_path("redis-server") && in_path("redis-cli"),
    },
    Package {
        name: "pgbouncer",
        present: has_pgbouncer,
    },
    // Programs whose clock is wrong.
    Package {
        name: "faketime",
        present: || in_path("faketime"),
    },
    // The tests paste the quick start's curl lines into a shell, and look into its database.
    Package {
        name: "curl",
        present: || in_path("curl"),
    },
    Package {
        name: "sqlite3",
        present: || in_path("sqlite3"),
    },
    // Pages are looked at in a real browser, in both languages.
    Package {
        name: "chromium",
        present: || in_path("chromium"),
    },
    Package {
        name: "chromium-driver",
        present: || in_path("chromedriver"),
    },
    Package {
        name: "fonts-noto-cjk",
        present: || Path::new("/usr/share/fonts/opentype/noto").is_dir(),
    },
    // Fetches the rules by which pages are checked.
    Package {
        name: "npm",
        present: || in_path("npm"),
    },
    Package {
        name: "pkg-config",
        present: || in_path("pkg-config"),
    },
    Package {
        name: "libssl-dev",
        present: has_openssl,
    },
];

/// Installs what is missing if we are root, else says what is missing.
pub(crate) fn ensure() -> Outcome {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_root() {
        return Err(format!(
            "missing Debian packages: {names} (`apt-get install {names}` as root)"
        ));
    }
    install(&missing)?;
    match self::missing().as_slice() {
        [] => Ok(()),
        still => Err(format!(
            "installed, but still not found: {}",
            still.join(" ")
        )),
    }
}

fn missing() -> Vec<&'static str> {
    let missing = PACKAGES.iter().filter(|package| !(package.present)());
    missing.map(|package| package.name).collect()
}

/// Debian starts a new server on its default port; the tests never use that one.
fn install(packages: &[&str]) -> Outcome {
    run(apt_get().arg("update"))?;
    let quiet = ["install", "--yes", "--no-install-recommends"];
    run(apt_get().args(quiet).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Debian keeps the server's programs out of `PATH`, one folder per version.
fn has_postgres() -> bool {
    let Ok(versions) = fs::read_dir("/usr/lib/postgresql") else {
        return in_path("initdb");
    };
    let mut folders = versions
        .filter_map(Result::ok)
        .map(|version| version.path());
    folders.any(|folder| folder.join("bin/initdb").is_file()) || in_path("initdb")
}

/// Debian puts it where only root's `PATH` looks.
fn has_pgbouncer() -> bool {
    in_path("pgbouncer") || Path::new("/usr/sbin/pgbouncer").is_file()
}

fn has_openssl() -> bool {
    let asked = Command::new("pkg-config")
        .args(["--exists", "openssl"])
        .status();
    asked.is_ok_and(|status| status.success()) || Path::new("/usr/include/openssl/ssl.h").is_file()
}
