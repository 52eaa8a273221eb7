//! Texts that must not be shown.

use std::{ffi::OsString, fmt, fs};

use super::SettingError;

/// A text that is in no log and no error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one who needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Reads the variable `name`, or the file that `<name>_FILE` names; `None` if neither is set.
    pub(super) fn read(
        name: &'static str,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, SettingError> {
        let text = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
        let secret = suo_link::settings::secret(name, text, |path| fs::read_to_string(path));
        let error = |problem| SettingError {
            setting: name,
            problem,
        };
        secret.map(|secret| secret.map(Self)).map_err(error)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret("hunter2".to_owned());
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
