//! Settings of `suo-admin`: what was said, and what it means.

use std::net::SocketAddr;

use clap::{Parser, Subcommand};
use suo_link::{
    destination::PrivateTargets,
    domain::ShortUrl,
    settings::{secret, unknown},
    wire::names::is_prefix,
};
use tracing_subscriber::EnvFilter;

use super::{
    AuditWish, BadSetting, address, bad, bootstrap_key, given, log_filter, private_targets, rules,
    short_url, time_zone,
};
use crate::{
    announce::redis::RedisTarget,
    clicks::Rules,
    front::{self, FrontSettings},
    token::InternalToken,
};

/// Writes links, serves the API, and announces changes to the edges.
#[derive(Debug, Parser)]
#[command(name = "suo-admin", version)]
pub struct Said {
    #[command(subcommand)]
    command: Command,
    /// Where the API listens [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "SUO_ADMIN_LISTEN")]
    admin_listen: Option<String>,
    /// Where short links begin, as visitors see it [default: http:// and the edge's address]
    #[arg(long, global = true, env = "SUO_SHORT_URL")]
    short_url: Option<String>,
    /// Where the edge listens; only to guess the short URL [default: 127.0.0.1:8000]
    #[arg(long, global = true, env = "SUO_EDGE_LISTEN")]
    edge_listen: Option<String>,
    /// What all keys and channels in Redis begin with [default: suo]
    #[arg(long, global = true, env = "SUO_REDIS_PREFIX")]
    redis_prefix: Option<String>,
    /// Whether links may lead to private networks: on or off [default: off]
    #[arg(long, global = true, env = "SUO_ALLOW_PRIVATE_TARGETS")]
    allow_private_targets: Option<String>,
    /// Whether anybody may make links on the front page: on or off [default: off]
    #[arg(long, global = true, env = "SUO_PUBLIC_CREATE")]
    public_create: Option<String>,
    /// The domain on which they are made [default: the default domain]
    #[arg(long, global = true, env = "SUO_PUBLIC_DOMAIN")]
    public_domain: Option<String>,
    /// Hosts to which anybody may make links without the strict limit on one host, comma-separated;
    /// none: no host [default: well-known ones]
    #[arg(long, global = true, env = "SUO_PUBLIC_COMMON_HOSTS")]
    public_common_hosts: Option<String>,
    /// Proxies that are believed about a visitor's address, comma-separated [default: none]
    #[arg(long, global = true, env = "SUO_TRUSTED_PROXIES")]
    trusted_proxies: Option<String>,
    /// The site's name, on every page
    #[arg(long, global = true, env = "SUO_SITE_NAME")]
    site_name: Option<String>,
    /// Where visitors turn to
    #[arg(long, global = true, env = "SUO_SITE_CONTACT")]
    site_contact: Option<String>,
    /// The site's number in the Chinese registry (ICP)
    #[arg(long, global = true, env = "SUO_SITE_ICP")]
    site_icp: Option<String>,
    /// The zone in which days begin, such as Asia/Shanghai [default: UTC]
    #[arg(long, global = true, env = "SUO_TIME_ZONE")]
    time_zone: Option<String>,
    /// For how many days single answers are kept, 0 to 30 [default: 7]
    #[arg(long, global = true, env = "SUO_EVENTS_DAYS")]
    events_days: Option<String>,
    /// What is logged, such as suo_admin=debug [default: info]
    #[arg(long, global = true, env = "SUO_LOG")]
    log: Option<String>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the API
    Serve,
    /// Bring the database to this version's schema
    Migrate,
    /// Write all links to Redis again, while edges keep serving
    Project {
        /// Begin a new generation first: for a database that was restored to an earlier point
        #[arg(long)]
        new_generation: bool,
    },
    /// Say whether what was counted adds up; ends with 2 if it does not
    Audit(AuditWish),
}

/// What the settings mean.
pub struct Settings {
    /// What is to be done.
    pub command: Command,
    /// Where the API listens.
    pub listen: SocketAddr,
    /// The default domain.
    pub short_url: ShortUrl,
    /// A libpq address; holds a password.
    pub database_url: String,
    /// Where changes are announced; only `migrate` goes without.
    pub redis: Option<RedisTarget>,
    /// Where clicks come from.
    pub clicks_redis: Option<RedisTarget>,
    /// How clicks are counted.
    pub rules: Rules,
    /// What edges ask with; without it they can't.
    pub internal_token: Option<InternalToken>,
    /// A key that must exist; a secret.
    pub bootstrap_api_key: Option<String>,
    /// Whether targets on private networks are accepted.
    pub private_targets: PrivateTargets,
    /// What the front page works with.
    pub front: FrontSettings,
    /// The filter of the log.
    pub log: EnvFilter,
    /// `SUO_*` variables that no program knows.
    pub unknown: Vec<String>,
}

impl Settings {
    /// What `said` and the secrets in the environment mean.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn new(
        said: Said,
        variable: impl Fn(&str) -> Option<String>,
        names: impl Iterator<Item = String>,
    ) -> Result<Self, BadSetting> {
        let secret = |name| {
            secret(name, &variable, |path| std::fs::read_to_string(path)).map_err(BadSetting::new)
        };
        let database_url = secret("SUO_DATABASE_URL")?.ok_or_else(|| {
            bad(
                "SUO_DATABASE_URL",
                "it is not set; for instance postgres://user:password@host/database",
            )
        })?;
        let prefix = given(&said.redis_prefix, "suo");
        let clicks_redis = secret("SUO_CLICKS_REDIS_URL")?
            .map(|url| redis("SUO_CLICKS_REDIS_URL", &url, prefix))
            .transpose()?;
        let redis = match secret("SUO_REDIS_URL")? {
            Some(url) => Some(redis("SUO_REDIS_URL", &url, prefix)?),
            None if matches!(said.command, Command::Migrate) => None,
            None => {
                return Err(bad(
                    "SUO_REDIS_URL",
                    "it is not set; for instance redis://127.0.0.1:6379",
                ));
            }
        };
        Ok(Self {
            rules: rules(given(&said.time_zone, ""), given(&said.events_days, ""))?,
            command: said.command,
            listen: address(
                "SUO_ADMIN_LISTEN",
                given(&said.admin_listen, "127.0.0.1:8080"),
            )?,
            short_url: short_url(&said.short_url, given(&said.edge_listen, "127.0.0.1:8000"))?,
            database_url,
            clicks_redis: clicks_redis.or_else(|| redis.clone()),
            redis,
            internal_token: secret("SUO_INTERNAL_TOKEN")?
                .as_deref()
                .map(InternalToken::new),
            bootstrap_api_key: bootstrap_key(secret("SUO_BOOTSTRAP_API_KEY")?)?,
            private_targets: private_targets(given(&said.allow_private_targets, "off"))?,
            front: front(&said)?,
            log: log_filter(given(&said.log, "info"))?,
            unknown: unknown(names),
        })
    }
}

fn front(said: &Said) -> Result<FrontSettings, BadSetting> {
    let front = front::Said {
        create: given(&said.public_create, ""),
        domain: given(&said.public_domain, ""),
        common_hosts: given(&said.public_common_hosts, ""),
        trusted_proxies: given(&said.trusted_proxies, ""),
        site_name: given(&said.site_name, ""),
        site_contact: given(&said.site_contact, ""),
        site_icp: given(&said.site_icp, ""),
    };
    FrontSettings::production(front, time_zone(given(&said.time_zone, "UTC"))?)
}

fn redis(setting: &str, url: &str, prefix: &str) -> Result<RedisTarget, BadSetting> {
    if !is_prefix(prefix) {
        return Err(bad(
            "SUO_REDIS_PREFIX",
            "it is visible ASCII without braces",
        ));
    }
    RedisTarget::new(url, prefix).map_err(|error| bad(setting, error))
}
