//! From what was said to what it means: defaults, ranges, errors that name the variable.

use std::{
    ffi::OsString, net::SocketAddr, num::NonZeroUsize, path::PathBuf, str::FromStr,
    thread::available_parallelism, time::Duration,
};

use suo_link::wire::names::is_prefix;
use tracing_subscriber::EnvFilter;

use super::{Said, Secret, SettingError, Settings, visitors};
use crate::{links::LinksSettings, origin::redis::Address, serve};

const MIB: u64 = 1024 * 1024;

/// The most memory for links, in MiB: 16 TiB.
const MAX_CACHE_MB: u64 = 16 * MIB;

const MAX_WORKERS: usize = 1024;

/// The settings that `said` and the secrets among the environment's variables mean.
pub(super) fn of(
    mut said: Said,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Settings, SettingError> {
    let answers = visitors::answers(&mut said)?;
    let admin_urls = admin_urls(said.admin_internal_url)?;
    Ok(Settings {
        serve: serve::Config {
            listen: address("SUO_EDGE_LISTEN", said.edge_listen, 8000)?,
            ops_listen: address("SUO_EDGE_OPS_LISTEN", said.edge_ops_listen, 8001)?,
            workers: workers(said.edge_workers)?,
            answers,
            limits: serve::Limits::default(),
        },
        links: LinksSettings {
            cache_bytes: cache_bytes(said.cache_mb)?,
            max_stale: max_stale(said.max_stale)?,
        },
        data_dir: set(said.data_dir).map_or_else(|| "./suo-data".into(), PathBuf::from),
        journal_mb: journal_mb(said.journal_mb)?,
        redis: redis(&variable)?,
        clicks_redis: address_of_redis("SUO_CLICKS_REDIS_URL", &variable)?,
        redis_prefix: redis_prefix(said.redis_prefix)?,
        internal_token: internal_token(&variable, &admin_urls)?,
        admin_urls,
        log: log(said.log)?,
    })
}

/// An empty variable counts as unset.
pub(super) fn set(said: Option<OsString>) -> Option<OsString> {
    said.filter(|value| !value.is_empty())
}

pub(super) fn text(
    setting: &'static str,
    said: Option<OsString>,
) -> Result<Option<String>, SettingError> {
    let text = set(said).map(OsString::into_string).transpose();
    text.map_err(|_| error(setting, "it is not UTF-8"))
}

/// The value if it is set; `wanted` completes "is not …".
fn parsed<T: FromStr>(
    setting: &'static str,
    said: Option<OsString>,
    wanted: &str,
) -> Result<Option<T>, SettingError> {
    let Some(text) = text(setting, said)? else {
        return Ok(None);
    };
    let value = text.trim().parse();
    value.map(Some).map_err(|_| not(setting, &text, wanted))
}

pub(super) fn not(setting: &'static str, text: &str, wanted: &str) -> SettingError {
    error(setting, &format!("{text:?} is not {wanted}"))
}

pub(super) fn error(setting: &'static str, problem: &str) -> SettingError {
    SettingError {
        setting,
        problem: problem.to_owned(),
    }
}

fn address(
    setting: &'static str,
    said: Option<OsString>,
    port: u16,
) -> Result<SocketAddr, SettingError> {
    let address = parsed(setting, said, "an IP address with a port")?;
    Ok(address.unwrap_or_else(|| ([127, 0, 0, 1], port).into()))
}

fn workers(said: Option<OsString>) -> Result<NonZeroUsize, SettingError> {
    const SETTING: &str = "SUO_EDGE_WORKERS";
    match parsed::<NonZeroUsize>(SETTING, said, "a number from 1 on")? {
        Some(workers) if workers.get() > MAX_WORKERS => {
            Err(error(SETTING, &format!("at most {MAX_WORKERS} workers")))
        }
        Some(workers) => Ok(workers),
        None => Ok(available_parallelism().unwrap_or(NonZeroUsize::MIN)),
    }
}

fn cache_bytes(said: Option<OsString>) -> Result<u64, SettingError> {
    const SETTING: &str = "SUO_CACHE_MB";
    let mib = parsed(SETTING, said, "a whole number of MiB")?.unwrap_or(256);
    if (1..=MAX_CACHE_MB).contains(&mib) {
        Ok(mib * MIB)
    } else {
        Err(error(SETTING, &format!("from 1 to {MAX_CACHE_MB} MiB")))
    }
}

fn journal_mb(said: Option<OsString>) -> Result<usize, SettingError> {
    const SETTING: &str = "SUO_JOURNAL_MB";
    match parsed(SETTING, said, "a whole number of MiB")?.unwrap_or(1024) {
        0 => Err(error(SETTING, "at least 1 MiB")),
        mib => Ok(mib),
    }
}

fn max_stale(said: Option<OsString>) -> Result<Option<Duration>, SettingError> {
    let seconds = parsed("SUO_MAX_STALE", said, "a whole number of seconds")?;
    Ok(seconds
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs))
}

fn redis(variable: impl Fn(&str) -> Option<OsString>) -> Result<Address, SettingError> {
    const SETTING: &str = "SUO_REDIS_URL";
    address_of_redis(SETTING, variable)?.ok_or_else(|| {
        error(
            SETTING,
            "it is not set; for instance redis://127.0.0.1:6379",
        )
    })
}

fn address_of_redis(
    setting: &'static str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<Address>, SettingError> {
    let url = Secret::read(setting, variable)?;
    let address = url.map(|url| Address::parse(url.reveal())).transpose();
    address.map_err(|cause| error(setting, &cause.to_string()))
}

fn redis_prefix(said: Option<OsString>) -> Result<String, SettingError> {
    const SETTING: &str = "SUO_REDIS_PREFIX";
    let prefix = text(SETTING, said)?.unwrap_or_else(|| "suo".to_owned());
    if is_prefix(&prefix) {
        Ok(prefix)
    } else {
        Err(not(SETTING, &prefix, "visible ASCII without braces"))
    }
}

fn admin_urls(said: Option<OsString>) -> Result<Vec<String>, SettingError> {
    const SETTING: &str = "SUO_ADMIN_INTERNAL_URL";
    let text = text(SETTING, said)?.unwrap_or_default();
    let urls = text.split(',').map(str::trim).filter(|url| !url.is_empty());
    urls.map(|url| match url.parse::<http::Uri>() {
        Ok(parsed) if is_origin(&parsed) => Ok(url.trim_end_matches('/').to_owned()),
        _ => Err(not(SETTING, url, "an http or https URL without a path")),
    })
    .collect()
}

fn is_origin(url: &http::Uri) -> bool {
    matches!(url.scheme_str(), Some("http" | "https"))
        && url
            .authority()
            .is_some_and(|host| !host.as_str().contains('@'))
        && url.path_and_query().is_none_or(|path| path == "/")
}

fn internal_token(
    variable: impl Fn(&str) -> Option<OsString>,
    admin_urls: &[String],
) -> Result<Option<Secret>, SettingError> {
    const SETTING: &str = "SUO_INTERNAL_TOKEN";
    let token = Secret::read(SETTING, variable)?;
    if token.is_none() && !admin_urls.is_empty() {
        return Err(error(
            SETTING,
            "it is not set, and SUO_ADMIN_INTERNAL_URL needs it",
        ));
    }
    let is_sendable = |token: &Secret| token.reveal().bytes().all(|byte| byte.is_ascii_graphic());
    match token {
        Some(token) if !is_sendable(&token) => Err(error(SETTING, "it is not visible ASCII")),
        token => Ok(token),
    }
}

fn log(said: Option<OsString>) -> Result<EnvFilter, SettingError> {
    let text = text("SUO_LOG", said)?;
    let text = text.as_deref().unwrap_or("info");
    EnvFilter::try_new(text).map_err(|_| not("SUO_LOG", text, "a log filter"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Said, SettingError, Settings, of};

    fn settings(said: Said) -> Result<Settings, SettingError> {
        of(said, |name| {
            (name == "SUO_REDIS_URL").then(|| "redis://127.0.0.1".into())
        })
    }

    fn refused(said: Said) -> &'static str {
        settings(said).unwrap_err().setting
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let empty = Said {
            edge_listen: Some("".into()),
            cache_mb: Some("".into()),
            ..Said::default()
        };
        for said in [Said::default(), empty] {
            let settings = settings(said).unwrap();
            assert_eq!(settings.serve.listen.to_string(), "127.0.0.1:8000");
            assert_eq!(settings.serve.ops_listen.to_string(), "127.0.0.1:8001");
            assert_eq!(settings.links.cache_bytes, 256 * 1024 * 1024);
            assert_eq!(settings.links.max_stale, None);
            assert_eq!(settings.redis_prefix, "suo");
            assert!(!settings.serve.answers.any_host);
        }
    }

    #[test]
    fn what_is_said_is_understood() {
        let settings = settings(Said {
            edge_listen: Some("[::1]:80".into()),
            edge_workers: Some("3".into()),
            max_stale: Some("30".into()),
            any_host: Some("on".into()),
            ..Said::default()
        })
        .unwrap();
        assert_eq!(settings.serve.listen.to_string(), "[::1]:80");
        assert_eq!(settings.serve.workers.get(), 3);
        assert_eq!(settings.links.max_stale, Some(Duration::from_secs(30)));
        assert!(settings.serve.answers.any_host);
    }

    #[test]
    fn errors_name_the_variable() {
        type Change = fn(&mut Said);
        let cases: [(&str, Change); 13] = [
            ("SUO_EDGE_LISTEN", |said| {
                said.edge_listen = Some("x".into())
            }),
            ("SUO_EDGE_OPS_LISTEN", |said| {
                said.edge_ops_listen = Some("80".into())
            }),
            ("SUO_EDGE_WORKERS", |said| {
                said.edge_workers = Some("0".into())
            }),
            ("SUO_CACHE_MB", |said| said.cache_mb = Some("0".into())),
            ("SUO_JOURNAL_MB", |said| said.journal_mb = Some("0".into())),
            ("SUO_MAX_STALE", |said| said.max_stale = Some("-1".into())),
            ("SUO_ANY_HOST", |said| said.any_host = Some("yes".into())),
            ("SUO_REDIS_PREFIX", |said| {
                said.redis_prefix = Some("a{b".into())
            }),
            ("SUO_ADMIN_INTERNAL_URL", |said| {
                said.admin_internal_url = Some("a:80".into())
            }),
            ("SUO_TRUSTED_PROXIES", |said| {
                said.trusted_proxies = Some("10/8".into());
            }),
            ("SUO_PROXY_PROTOCOL", |said| {
                said.proxy_protocol = Some("v1".into());
            }),
            ("SUO_SITE_NAME", |said| {
                said.site_name = Some("x".repeat(200).into());
            }),
            ("SUO_LOG", |said| said.log = Some("a=b=c".into())),
        ];
        for (name, change) in cases {
            let mut said = Said::default();
            change(&mut said);
            assert_eq!(refused(said), name);
        }
    }

    #[test]
    fn secrets_are_required_where_they_are_needed() {
        assert_eq!(
            of(Said::default(), |_| None).unwrap_err().setting,
            "SUO_REDIS_URL"
        );
        let with_admin = Said {
            admin_internal_url: Some("http://127.0.0.1:8080".into()),
            ..Said::default()
        };
        assert_eq!(refused(with_admin), "SUO_INTERNAL_TOKEN");
    }
}
