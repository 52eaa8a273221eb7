//! The names of all settings of all programs: a setting of another suo program is ignored,
//! a `SUO_*` variable that is none of these is a warning.

/// Environment variables that hold a secret; each is also read from the file that
/// `<name>_FILE` names, and none is a flag.
pub const SECRETS: [&str; 5] = [
    "SUO_DATABASE_URL",
    "SUO_REDIS_URL",
    "SUO_CLICKS_REDIS_URL",
    "SUO_INTERNAL_TOKEN",
    "SUO_BOOTSTRAP_API_KEY",
];

/// All other environment variables; each is also a flag.
pub const PLAIN: [&str; 25] = [
    "SUO_ADMIN_LISTEN",
    "SUO_EDGE_LISTEN",
    "SUO_EDGE_OPS_LISTEN",
    "SUO_SHORT_URL",
    "SUO_DATA_DIR",
    "SUO_REDIS_PREFIX",
    "SUO_EDGE_WORKERS",
    "SUO_CACHE_MB",
    "SUO_EVENTS_DAYS",
    "SUO_JOURNAL_MB",
    "SUO_MAX_STALE",
    "SUO_ANY_HOST",
    "SUO_ADMIN_INTERNAL_URL",
    "SUO_ALLOW_PRIVATE_TARGETS",
    "SUO_TIME_ZONE",
    "SUO_PUBLIC_CREATE",
    "SUO_PUBLIC_DOMAIN",
    "SUO_PUBLIC_COMMON_HOSTS",
    "SUO_TRUSTED_PROXIES",
    "SUO_PROXY_PROTOCOL",
    "SUO_GEOIP_DB",
    "SUO_SITE_NAME",
    "SUO_SITE_CONTACT",
    "SUO_SITE_ICP",
    "SUO_LOG",
];

/// Reads a secret: from the variable `name`, or from the file that `<name>_FILE` names.
///
/// What is empty counts as not given; a final line break of the file is not part of the secret.
/// `variable` and `read` are the process's environment and file system, or a test's.
///
/// # Errors
/// Names the variable and says what is wrong; never holds the secret.
pub fn secret(
    name: &str,
    variable: impl Fn(&str) -> Option<String>,
    read: impl Fn(&str) -> std::io::Result<String>,
) -> Result<Option<String>, String> {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let file = format!("{name}_FILE");
    match (given(name), given(&file)) {
        (Some(_), Some(_)) => Err(format!("{name} and {file} are both set: keep one")),
        (secret, None) => Ok(secret),
        (None, Some(path)) => match read(&path) {
            Ok(content) => Ok(Some(content.trim_end_matches(['\r', '\n']).to_owned())
                .filter(|secret| !secret.is_empty())),
            Err(error) => Err(format!("{file} names a file that can't be read: {error}")),
        },
    }
}

/// The names among `variables` that begin with `SUO_` and that no suo program knows.
pub fn unknown(variables: impl Iterator<Item = String>) -> Vec<String> {
    variables
        .filter(|name| name.starts_with("SUO_") && !is_known(name))
        .collect()
}

fn is_known(name: &str) -> bool {
    let secret = name.strip_suffix("_FILE").unwrap_or(name);
    PLAIN.contains(&name) || SECRETS.contains(&secret) || name.starts_with("SUO_TEST_")
}

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_come_from_the_variable_or_from_the_file_it_names() {
        let read = |path: &str| match path {
            "/good" => Ok("from file\r\n".to_owned()),
            _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
        };
        let secret = |set: &'static [(&str, &str)]| {
            let variable = |name: &str| {
                set.iter()
                    .find(|(other, _)| *other == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            super::secret("S", variable, read)
        };
        assert_eq!(secret(&[]), Ok(None));
        assert_eq!(secret(&[("S", "")]), Ok(None));
        assert_eq!(secret(&[("S", "a")]), Ok(Some("a".into())));
        assert_eq!(secret(&[("S_FILE", "/good")]), Ok(Some("from file".into())));
        assert!(
            secret(&[("S_FILE", "/bad")])
                .unwrap_err()
                .contains("S_FILE")
        );
        assert!(
            secret(&[("S", "a"), ("S_FILE", "/good")])
                .unwrap_err()
                .contains("both")
        );
    }

    #[test]
    fn only_names_of_no_program_are_unknown() {
        let names = [
            "SUO_LOG",
            "SUO_LOGG",
            "PATH",
            "SUO_REDIS_URL_FILE",
            "SUO_LOG_FILE",
        ];
        let unknown = super::unknown(names.into_iter().map(str::to_owned));
        assert_eq!(unknown, ["SUO_LOGG", "SUO_LOG_FILE"]);
    }
}
