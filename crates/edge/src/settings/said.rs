//! What flags and environment say, word for word.

use std::ffi::OsString;

use clap::Parser;

/// Answers short links from memory, kept true by Redis.
///
/// Every flag can be given as the environment variable that stands beside it. Secrets are read
/// from the environment only, or from a file that SUO_…_FILE names: SUO_REDIS_URL (required),
/// SUO_CLICKS_REDIS_URL, SUO_INTERNAL_TOKEN.
#[derive(Debug, Default, Parser)]
#[command(name = "suo-edge", version)]
pub struct Said {
    /// Where visitors come [default: 127.0.0.1:8000].
    #[arg(long, env = "SUO_EDGE_LISTEN", value_name = "ADDRESS")]
    pub(super) edge_listen: Option<OsString>,
    /// Where /live, /ready and /metrics are [default: 127.0.0.1:8001].
    #[arg(long, env = "SUO_EDGE_OPS_LISTEN", value_name = "ADDRESS")]
    pub(super) edge_ops_listen: Option<OsString>,
    /// Serving threads [default: one a core].
    #[arg(long, env = "SUO_EDGE_WORKERS", value_name = "NUMBER")]
    pub(super) edge_workers: Option<OsString>,
    /// Memory for links, in MiB [default: 256].
    #[arg(long, env = "SUO_CACHE_MB", value_name = "MIB")]
    pub(super) cache_mb: Option<OsString>,
    /// For how many seconds an answer may be served that nobody can confirm; 0 is for ever
    /// [default: 0].
    #[arg(long, env = "SUO_MAX_STALE", value_name = "SECONDS")]
    pub(super) max_stale: Option<OsString>,
    /// Whether the default domain answers for unknown hosts: on or off [default: off].
    #[arg(long, env = "SUO_ANY_HOST", value_name = "on|off")]
    pub(super) any_host: Option<OsString>,
    /// Proxies that are believed about a visitor's address: addresses and networks,
    /// comma-separated [default: none].
    #[arg(long, env = "SUO_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub(super) trusted_proxies: Option<OsString>,
    /// Whether trusted proxies open each connection with a PROXY protocol header: v2 or off
    /// [default: off].
    #[arg(long, env = "SUO_PROXY_PROTOCOL", value_name = "v2|off")]
    pub(super) proxy_protocol: Option<OsString>,
    /// A database of countries in MaxMind's format, for rules that ask for one.
    #[arg(long, env = "SUO_GEOIP_DB", value_name = "FILE")]
    pub(super) geoip_db: Option<OsString>,
    /// The site's name, at the foot of every page.
    #[arg(long, env = "SUO_SITE_NAME", value_name = "TEXT")]
    pub(super) site_name: Option<OsString>,
    /// Where visitors turn to: an address of mail or of a page, or a text.
    #[arg(long, env = "SUO_SITE_CONTACT", value_name = "TEXT")]
    pub(super) site_contact: Option<OsString>,
    /// The site's number in the Chinese registry (ICP).
    #[arg(long, env = "SUO_SITE_ICP", value_name = "TEXT")]
    pub(super) site_icp: Option<OsString>,
    /// The most room for clicks that are not in the database yet, in MiB [default: 1024].
    #[arg(long, env = "SUO_JOURNAL_MB", value_name = "MIB")]
    pub(super) journal_mb: Option<OsString>,
    /// A folder of this process's own [default: ./suo-data].
    #[arg(long, env = "SUO_DATA_DIR", value_name = "FOLDER")]
    pub(super) data_dir: Option<OsString>,
    /// What all keys and channels in Redis begin with [default: suo].
    #[arg(long, env = "SUO_REDIS_PREFIX", value_name = "TEXT")]
    pub(super) redis_prefix: Option<OsString>,
    /// Admins to ask when Redis is not believed, comma-separated.
    #[arg(long, env = "SUO_ADMIN_INTERNAL_URL", value_name = "URLS")]
    pub(super) admin_internal_url: Option<OsString>,
    /// What is logged, for instance info or suo_edge=debug [default: info].
    #[arg(long, env = "SUO_LOG", value_name = "FILTER")]
    pub(super) log: Option<OsString>,
}
