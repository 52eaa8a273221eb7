//! `suo audit`: whether what was counted adds up. It only reads, so `suo` may go on meanwhile.

use std::{error::Error, process::ExitCode};

use suo_admin::{
    clicks::audit::audit,
    settings::{AuditWish, DOES_NOT_ADD_UP},
    start,
    store::{Depth, sqlite},
};

use crate::{
    read_settings,
    settings::{Said, Settings},
};

/// Writes what was found to standard output.
pub(crate) fn run(said: Said, wish: AuditWish) -> ExitCode {
    let settings = match read_settings(said) {
        Ok((settings, _)) => settings,
        Err(code) => return code,
    };
    match found(&settings, wish) {
        Ok(code) => code,
        Err(error) => failed(&*error),
    }
}

#[expect(clippy::print_stderr, reason = "a command says why it failed")]
fn failed(error: &dyn Error) -> ExitCode {
    eprintln!("suo: {error}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "this is what was asked for")]
fn found(settings: &Settings, wish: AuditWish) -> Result<ExitCode, Box<dyn Error>> {
    let file = settings.data_dir.join("suo.db");
    // Opening it would make it.
    if !file.is_file() {
        return Err(format!("{} is not there (SUO_DATA_DIR)", file.display()).into());
    }
    let store = sqlite::Database::open(&file)?;
    start::check_schema(&store)?;
    let found = audit(&store, None, &wish.period(), Depth::All)?;
    println!("{}", wish.shown(&found)?);
    Ok(if found.adds_up {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(DOES_NOT_ADD_UP)
    })
}
