//! Another time of day for one program, by Debian's `faketime`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where Debian puts it, below the folder of the architecture.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// Gives a program a clock that is off, such as `+10s`, or that stands still, such as
/// `2026-10-25 00:30:00` (UTC). Its timers and its monotonic clock are the machine's.
pub fn set(command: &mut Command, time: &str) {
    preload(command).env("FAKETIME", time);
}

/// Gives a program a clock that follows a file, see [`turn`].
pub fn follow(command: &mut Command, file: &Path) {
    preload(command)
        .env("FAKETIME_TIMESTAMP_FILE", file)
        .env("FAKETIME_NO_CACHE", "1");
}

/// Turns the clocks that follow this file.
pub fn turn(file: &Path, time: &str) {
    // Whoever reads meanwhile must not find half of it.
    let fresh = file.with_extension("fresh");
    fs::write(&fresh, format!("{time}\n")).expect("a file");
    fs::rename(fresh, file).expect("the same folder");
}

fn preload(command: &mut Command) -> &mut Command {
    command
        .env("LD_PRELOAD", library())
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("FAKETIME_DONT_RESET", "1")
        .env("TZ", "UTC")
}

fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").expect("/usr/lib");
    let candidates = folders.filter_map(|folder| Some(folder.ok()?.path().join(LIBRARY)));
    candidates
        .into_iter()
        .find(|library| library.is_file())
        .expect("faketime is missing: install Debian's package `faketime`")
}
