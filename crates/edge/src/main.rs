//! `suo-edge`: the redirector as a process.

use std::{
    error::Error,
    io::{self, IsTerminal},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use suo_edge::{
    clicks::{self, Clicks, keys, redis::RedisSink},
    counters::Counters,
    data_folder::DataFolder,
    feed::Feed,
    links::Links,
    open_files,
    origin::{
        admin::{Admins, BadAdmins},
        production::Production,
        redis::Redis,
    },
    serve::{self, Ending},
    settings::{NoSettings, Settings},
    shutdown::{self, Shutdown, Signals},
};
use suo_link::wire::names::Names;
use tokio::runtime::{self, Runtime};
use tracing_subscriber::EnvFilter;

/// A cached link is several small allocations; this allocator puts no header before each.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long an ending edge waits until all clicks are in the database.
const LAST_CLICKS: Duration = Duration::from_secs(10);

/// `EX_USAGE` of sysexits.h.
const BAD_SETTINGS: u8 = 64;

fn main() -> ExitCode {
    let mut settings = match Settings::from_process() {
        Ok(settings) => settings,
        Err(reason) => return without_settings(&reason),
    };
    start_log(std::mem::take(&mut settings.log));
    match run(&settings) {
        Ok(ending) => {
            tracing::info!("ended: {ending}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!("cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(settings: &Settings) -> Result<Ending, Box<dyn Error>> {
    let _folder = DataFolder::lock(&settings.data_dir, "edge.lock")?;
    open_files::allow_many();
    let background = background()?;
    let counters = Arc::default();
    let names = Names::new(&settings.redis_prefix);
    let redis = Redis::new(&settings.redis, names.clone(), background.handle());
    let origin = origin(settings, redis.clone(), &background)?;
    let links = know(settings, origin.clone(), &counters, &background);
    let clicks = count(settings, redis, &names, &background)?;
    let counts = Arc::clone(clicks.counts());
    background.spawn(keys::keep(Arc::clone(clicks.keys()), counts, origin));
    let shutdown = on_signals(&background)?;
    let edge = serve::start(&settings.serve, &links, &counters, Some(&clicks), shutdown)?;
    tracing::info!(
        visitors = %edge.address(),
        operations = %edge.ops_address(),
        workers = settings.serve.workers,
        "serving"
    );
    let ending = edge.join();
    let remaining = clicks.finish(LAST_CLICKS);
    tracing::info!("{remaining}");
    // A lookup of a name may hang; nobody waits for it any more.
    background.shutdown_background();
    Ok(ending)
}

/// Whom this edge asks.
fn origin(
    settings: &Settings,
    redis: Redis,
    background: &Runtime,
) -> Result<Arc<Production>, BadAdmins> {
    let handle = background.handle();
    let admins = match &settings.internal_token {
        Some(token) if !settings.admin_urls.is_empty() => {
            Some(Admins::new(&settings.admin_urls, token.reveal(), handle)?)
        }
        _ => None,
    };
    Ok(Arc::new(Production::new(redis, admins)))
}

/// Everything that is known, and the feed that keeps it true.
fn know(
    settings: &Settings,
    origin: Arc<Production>,
    counters: &Arc<Counters>,
    background: &Runtime,
) -> Arc<Links> {
    let names = Names::new(&settings.redis_prefix);
    let handle = background.handle();
    let links = Links::new(origin, settings.links, Arc::clone(counters), handle.clone());
    let address = settings.redis.clone();
    let feed = Feed::new(address, names, Arc::clone(&links), Arc::clone(counters));
    background.spawn(feed.run());
    links
}

/// The journal, and the way from there to the admins.
fn count(
    settings: &Settings,
    redis: Redis,
    names: &Names,
    background: &Runtime,
) -> io::Result<Clicks> {
    let handle = background.handle();
    let redis = match &settings.clicks_redis {
        Some(address) => Redis::beside(address, names.clone(), handle),
        None => redis,
    };
    let config = clicks::Config {
        folder: settings.data_dir.join("clicks"),
        megabytes: settings.journal_mb,
        workers: settings.serve.workers,
    };
    Clicks::start(&config, RedisSink::new(redis, names, handle.clone()))
}

/// Carries lookups and the feed, so that the serving threads do nothing but serve.
fn background() -> io::Result<Runtime> {
    runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("suo-edge-back")
        .enable_all()
        .build()
}

/// Asks for the end at the first SIGTERM or SIGINT, and ends at the second.
fn on_signals(background: &Runtime) -> io::Result<Shutdown> {
    let _context = background.enter();
    let mut signals = Signals::listen()?;
    let (stop, shutdown) = shutdown::channel();
    background.spawn(async move {
        signals.come().await;
        tracing::info!("asked to end: requests under way are finished");
        stop.stop();
        signals.end_when_they_come().await;
    });
    Ok(shutdown)
}

fn start_log(filter: EnvFilter) {
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in suo_link::settings::unknown(names) {
        tracing::warn!("{name} is no setting of any suo program");
    }
}

#[expect(clippy::print_stderr, reason = "there is no log without settings")]
fn without_settings(reason: &NoSettings) -> ExitCode {
    match reason {
        NoSettings::Arguments(error) => {
            // Help goes to stdout, all else to stderr; who closed them does not want to know.
            let _ = error.print();
            if error.use_stderr() {
                ExitCode::from(BAD_SETTINGS)
            } else {
                ExitCode::SUCCESS
            }
        }
        NoSettings::Setting(error) => {
            eprintln!("suo-edge: {error}");
            ExitCode::from(BAD_SETTINGS)
        }
    }
}
