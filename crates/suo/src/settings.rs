//! Settings of the quick start: those of the admin and those of the edge, with defaults that need nothing.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};
use suo_admin::{
    clicks::Rules,
    front::{FrontSettings, Said as FrontSaid},
    settings::{
        AuditWish, BadSetting, address, bad, bootstrap_key, given, on_or_off, private_targets,
        rules, short_url, time_zone,
    },
};
use suo_edge::{AnswerConfig, Site, links::LinksSettings, proxies::Proxies};
use suo_link::{destination::PrivateTargets, domain::ShortUrl, settings::secret};
use tracing_subscriber::EnvFilter;

use crate::qr;

const MIB: u64 = 1024 * 1024;

/// Short links in one process: admin, edge and an embedded database.
#[derive(Debug, Parser)]
#[command(name = "suo", version)]
pub(crate) struct Said {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Where the API listens [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "SUO_ADMIN_LISTEN")]
    admin_listen: Option<String>,
    /// Where visitors come [default: 127.0.0.1:8000]
    #[arg(long, global = true, env = "SUO_EDGE_LISTEN")]
    edge_listen: Option<String>,
    /// Where /live, /ready and /metrics are [default: 127.0.0.1:8001]
    #[arg(long, global = true, env = "SUO_EDGE_OPS_LISTEN")]
    edge_ops_listen: Option<String>,
    /// Where short links begin, as visitors see it [default: http:// and the edge's address]
    #[arg(long, global = true, env = "SUO_SHORT_URL")]
    short_url: Option<String>,
    /// Where everything is kept [default: ./suo-data]
    #[arg(long, global = true, env = "SUO_DATA_DIR")]
    data_dir: Option<String>,
    /// Serving threads [default: one a core]
    #[arg(long, global = true, env = "SUO_EDGE_WORKERS")]
    edge_workers: Option<String>,
    /// Memory for links, in MiB [default: 256]
    #[arg(long, global = true, env = "SUO_CACHE_MB")]
    cache_mb: Option<String>,
    /// The most room for clicks that are not counted yet, in MiB [default: 1024]
    #[arg(long, global = true, env = "SUO_JOURNAL_MB")]
    journal_mb: Option<String>,
    /// Whether the default domain answers for unknown hosts: on or off [default: on]
    #[arg(long, global = true, env = "SUO_ANY_HOST")]
    any_host: Option<String>,
    /// Whether links may lead to private networks: on or off [default: off]
    #[arg(long, global = true, env = "SUO_ALLOW_PRIVATE_TARGETS")]
    allow_private_targets: Option<String>,
    /// The zone in which days begin, such as Asia/Shanghai [default: UTC]
    #[arg(long, global = true, env = "SUO_TIME_ZONE")]
    time_zone: Option<String>,
    /// For how many days single answers are kept, 0 to 30 [default: 7]
    #[arg(long, global = true, env = "SUO_EVENTS_DAYS")]
    events_days: Option<String>,
    /// Proxies that are believed about a visitor's address, comma-separated [default: none]
    #[arg(long, global = true, env = "SUO_TRUSTED_PROXIES")]
    trusted_proxies: Option<String>,
    /// Whether they open each connection with a PROXY protocol header: v2 or off [default: off]
    #[arg(long, global = true, env = "SUO_PROXY_PROTOCOL")]
    proxy_protocol: Option<String>,
    /// A database of countries in MaxMind's format
    #[arg(long, global = true, env = "SUO_GEOIP_DB")]
    geoip_db: Option<String>,
    /// Whether anybody may make links on the front page: on or off [default: on]
    #[arg(long, global = true, env = "SUO_PUBLIC_CREATE")]
    public_create: Option<String>,
    /// The domain on which they are made [default: the default domain]
    #[arg(long, global = true, env = "SUO_PUBLIC_DOMAIN")]
    public_domain: Option<String>,
    /// The site's name, at the foot of every page
    #[arg(long, global = true, env = "SUO_SITE_NAME")]
    site_name: Option<String>,
    /// Where visitors turn to
    #[arg(long, global = true, env = "SUO_SITE_CONTACT")]
    site_contact: Option<String>,
    /// The site's number in the Chinese registry (ICP)
    #[arg(long, global = true, env = "SUO_SITE_ICP")]
    site_icp: Option<String>,
    /// What is logged, such as suo_admin=debug [default: warn]
    #[arg(long, global = true, env = "SUO_LOG")]
    log: Option<String>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Start admin and edge; the same as no command
    Serve,
    /// Say what each User-Agent on standard input is, a line of JSON for each line
    Classify,
    /// Read and make QR codes
    Qr {
        #[command(subcommand)]
        command: qr::Command,
    },
    /// Say whether what was counted adds up; ends with 2 if it does not
    Audit(AuditWish),
}

impl Said {
    /// What is said of the front page.
    pub(crate) fn front(&self) -> Result<FrontSettings, BadSetting> {
        let said = FrontSaid {
            create: given(&self.public_create, ""),
            domain: given(&self.public_domain, ""),
            // There is no limit on one host here.
            common_hosts: "",
            trusted_proxies: given(&self.trusted_proxies, ""),
            site_name: given(&self.site_name, ""),
            site_contact: given(&self.site_contact, ""),
            site_icp: given(&self.site_icp, ""),
        };
        let zone = time_zone(given(&self.time_zone, "UTC"))?;
        FrontSettings::quick_start(said, zone)
    }
}

/// What the settings mean.
pub(crate) struct Settings {
    pub(crate) admin_listen: SocketAddr,
    pub(crate) edge_listen: SocketAddr,
    pub(crate) ops_listen: SocketAddr,
    pub(crate) short_url: ShortUrl,
    pub(crate) data_dir: PathBuf,
    pub(crate) workers: NonZeroUsize,
    /// The most room for clicks that are not counted yet, in MiB.
    pub(crate) journal_mb: usize,
    /// How clicks are counted.
    pub(crate) rules: Rules,
    pub(crate) links: LinksSettings,
    /// How visitors are answered. `/` of the edge leads to the admin, while both are only
    /// reached from this machine.
    pub(crate) answers: AnswerConfig,
    pub(crate) private_targets: PrivateTargets,
    pub(crate) bootstrap_api_key: Option<String>,
    pub(crate) log: EnvFilter,
}

impl Settings {
    pub(crate) fn new(
        said: Said,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BadSetting> {
        let edge_listen = given(&said.edge_listen, "127.0.0.1:8000");
        let admin_listen = given(&said.admin_listen, "127.0.0.1:8080");
        let admin_listen = address("SUO_ADMIN_LISTEN", admin_listen)?;
        let read = |path: &str| std::fs::read_to_string(path);
        let key = secret("SUO_BOOTSTRAP_API_KEY", variable, read).map_err(BadSetting::new)?;
        Ok(Self {
            rules: rules(given(&said.time_zone, ""), given(&said.events_days, ""))?,
            journal_mb: journal_mb(given(&said.journal_mb, "1024"))?,
            admin_listen,
            answers: answers(&said, admin_listen)?,
            edge_listen: address("SUO_EDGE_LISTEN", edge_listen)?,
            ops_listen: address(
                "SUO_EDGE_OPS_LISTEN",
                given(&said.edge_ops_listen, "127.0.0.1:8001"),
            )?,
            short_url: short_url(&said.short_url, edge_listen)?,
            data_dir: given(&said.data_dir, "./suo-data").into(),
            workers: workers(given(&said.edge_workers, ""))?,
            // Nothing stands between store and edge that could make an answer stale.
            links: LinksSettings {
                cache_bytes: cache_bytes(given(&said.cache_mb, "256"))?,
                max_stale: None::<Duration>,
            },
            private_targets: private_targets(given(&said.allow_private_targets, "off"))?,
            bootstrap_api_key: bootstrap_key(key)?,
            log: suo_admin::settings::log_filter(given(&said.log, "warn"))?,
        })
    }
}

fn answers(said: &Said, admin: SocketAddr) -> Result<AnswerConfig, BadSetting> {
    let has_short_url = !given(&said.short_url, "").is_empty();
    let proxies = Proxies::new(
        given(&said.trusted_proxies, ""),
        given(&said.proxy_protocol, ""),
    );
    let site = Site::new(
        given(&said.site_name, ""),
        given(&said.site_contact, ""),
        given(&said.site_icp, ""),
    );
    let geoip = given(&said.geoip_db, "");
    Ok(AnswerConfig {
        any_host: on_or_off("SUO_ANY_HOST", given(&said.any_host, "on"))?,
        front_page: (!has_short_url).then(|| format!("http://{admin}/").into()),
        site: site.map_err(|wrong| bad(wrong.setting, wrong))?,
        proxies: proxies.map_err(|wrong| bad(wrong.setting, wrong.problem))?,
        geoip: (!geoip.is_empty()).then(|| geoip.into()),
    })
}

fn workers(text: &str) -> Result<NonZeroUsize, BadSetting> {
    match text {
        "" => Ok(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        text => text
            .parse()
            .map_err(|_| bad("SUO_EDGE_WORKERS", "it is a number from 1 on")),
    }
}

fn journal_mb(text: &str) -> Result<usize, BadSetting> {
    let mib = text.parse().ok().filter(|mib| *mib > 0);
    mib.ok_or_else(|| bad("SUO_JOURNAL_MB", "it is a number of MiB from 1 on"))
}

fn cache_bytes(text: &str) -> Result<u64, BadSetting> {
    let mib = text
        .parse()
        .ok()
        .filter(|mib| (1..=MIB * MIB).contains(mib));
    mib.map(|mib: u64| mib * MIB)
        .ok_or_else(|| bad("SUO_CACHE_MB", "it is a number of MiB from 1 on"))
}
