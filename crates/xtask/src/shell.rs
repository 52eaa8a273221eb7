//! Running other programs, and where things are.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;

/// The top folder of the workspace.
pub(crate) fn root() -> Result<PathBuf, String> {
    let own = env::var_os("CARGO_MANIFEST_DIR").ok_or("start it as `cargo xtask`")?;
    let root = PathBuf::from(own).join("../..").canonicalize();
    root.map_err(|error| format!("the workspace is not where it was: {error}"))
}

/// Cargo's folder for what it builds.
pub(crate) fn target() -> Result<PathBuf, String> {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Ok(root()?.join(folder)),
        None => Ok(root()?.join("target")),
    }
}

/// The cargo that runs us, working in the top folder.
pub(crate) fn cargo(arguments: &[&str]) -> Result<Command, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root()?);
    Ok(command)
}

/// Shows the command, runs it and fails as it fails.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    eprintln!("xtask: {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed ({status})")),
        Err(error) => Err(format!("`{shown}` cannot be started: {error}")),
    }
}

/// Whether `program` is in `PATH`.
pub(crate) fn in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The program's name without its folder, and its arguments.
fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let arguments = command
        .get_args()
        .map(|text| text.to_string_lossy().into_owned());
    let words: Vec<String> = name.into_iter().chain(arguments).collect();
    words.join(" ")
}
