//! The settings of `suo-edge`: [`Said`] is what flags and environment say, [`Settings`] what it
//! means.

mod meaning;
mod said;
mod secret;
mod visitors;

use std::{fmt, path::PathBuf};

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::{links::LinksSettings, origin::redis::Address, serve};
pub use said::Said;
pub use secret::Secret;

/// Settings that can be acted upon.
#[derive(Debug)]
pub struct Settings {
    /// Listeners, workers, answers.
    pub serve: serve::Config,
    /// Memory.
    pub links: LinksSettings,
    /// The folder that this process locks.
    pub data_dir: PathBuf,
    /// The most room for clicks that are not in the database yet, in MiB.
    pub journal_mb: usize,
    /// Where the projection is.
    pub redis: Address,
    /// Where clicks go; `None`: to the same Redis.
    pub clicks_redis: Option<Address>,
    /// What its keys and channels begin with.
    pub redis_prefix: String,
    /// Admins to ask when Redis is not believed, in the order in which they are tried.
    pub admin_urls: Vec<String>,
    /// What we show to them.
    pub internal_token: Option<Secret>,
    /// What is logged.
    pub log: EnvFilter,
}

impl Settings {
    /// Reads the arguments and the environment of this process.
    ///
    /// # Errors
    /// If somebody asked for help or the version, or if a setting is wrong.
    pub fn from_process() -> Result<Self, NoSettings> {
        let said = Said::try_parse().map_err(NoSettings::Arguments)?;
        meaning::of(said, |name| std::env::var_os(name)).map_err(NoSettings::Setting)
    }
}

/// Why there are no settings.
#[derive(Debug)]
pub enum NoSettings {
    /// The arguments are wrong, or ask for help.
    Arguments(clap::Error),
    /// A setting is wrong.
    Setting(SettingError),
}

/// A setting that is wrong. It never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The environment variable.
    pub setting: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.problem)
    }
}

impl std::error::Error for SettingError {}
