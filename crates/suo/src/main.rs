//! `suo`: short links with one command. Admin and edge in one process, on embedded SQLite.

mod audit;
mod banner;
mod classify;
mod in_process;
mod qr;
mod settings;

use std::{error::Error, io::IsTerminal, process::ExitCode, sync::Arc, time::Duration};

use clap::Parser;
use in_process::{Counted, Direct, StoreOrigin};
use settings::{Command, Said, Settings};
use suo_admin::{
    auth,
    clicks::upkeep::Upkeep,
    clock,
    front::{Front, FrontSettings},
    live::Live,
    pictures,
    relay::Relay,
    server, start,
    state::State,
    store::{SchemaState, Store, sqlite},
};
use suo_edge::{
    clicks::{self, Clicks, keys},
    counters::Counters,
    data_folder::DataFolder,
    links::Links,
    open_files,
    serve::{self, Limits},
    shutdown::{self, Signals},
};
use suo_link::rev::Position;
use tokio::runtime::{self, Runtime};

/// `EX_USAGE` of sysexits.h.
const BAD_SETTINGS: u8 = 64;

/// How long the answer to a write waits for the edge at most; only a fault makes it wait at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the end waits until all clicks are counted.
const LAST_CLICKS: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    if pictures::is_child() {
        return pictures::serve_parent();
    }
    let mut said = match read_arguments() {
        Ok(said) => said,
        Err(code) => return code,
    };
    match said.command.take() {
        Some(Command::Serve) | None => serve(said),
        Some(Command::Classify) => classify::run(),
        Some(Command::Qr { command }) => qr::run(command),
        Some(Command::Audit(wish)) => audit::run(said, wish),
    }
}

fn serve(said: Said) -> ExitCode {
    let (mut settings, front) = match read_settings(said) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    start_log(std::mem::take(&mut settings.log));
    match run(&settings, front) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(settings: &Settings, front: FrontSettings) -> Result<(), Box<dyn Error>> {
    let _folder = DataFolder::lock(&settings.data_dir, "suo.lock")?;
    let store = open_store(settings)?;
    let clock = clock::system();
    start::ensure_domain(&*store, &settings.short_url, &clock)?;
    open_files::allow_many();
    let background = background()?;
    let counters = Arc::default();
    let origin = StoreOrigin::new(&store, &settings.rules.hours, &clock, background.handle());
    let links = know(settings, &origin, &counters, &background)?;
    let direct = Direct(links.clone());
    let relay = Relay::start(store.clone(), direct, clock.clone(), PATIENCE)?;

    let listener = start::listen("SUO_ADMIN_LISTEN", settings.admin_listen)?;
    let (stop, shutdown) = shutdown::channel();
    let clicks = count(settings, &store, &clock)?;
    let counts = Arc::clone(clicks.counts());
    background.spawn(keys::keep(Arc::clone(clicks.keys()), counts, origin));
    let upkeep = Upkeep::start(store.clone(), &settings.rules, clock.clone())?;
    let config = edge_config(settings);
    let edge = serve::start(&config, &links, &counters, Some(&clicks), shutdown)?;
    // Only after everything that can go wrong: the key is shown this once.
    let key = auth::ensure_key(&*store, settings.bootstrap_api_key.as_deref(), &clock)?;
    let live = Live::new(store.clone());
    let state = State {
        live: live.clone(),
        pictures: pictures::Reader::new()?,
        store,
        relay: relay.handle(),
        segments_in_stream: Arc::default(),
        clock,
        private_targets: settings.private_targets,
        internal_token: None,
        rules: settings.rules.clone(),
        front: Arc::new(Front::new(front)),
    };
    let admin = background.block_on(async { server::run(listener, state) })?;
    let handle = admin.handle();
    let admin = background.spawn(admin);
    // Before anybody reads that Ctrl-C ends it.
    let mut signals = background.block_on(async { Signals::listen() })?;
    banner::print(settings, key.as_deref());

    background.block_on(signals.come());
    tracing::info!("asked to end: requests under way are finished");
    background.spawn(signals.end_when_they_come());
    stop.stop();
    live.end();
    background.block_on(handle.stop(true));
    background.block_on(admin)??;
    let ending = edge.join();
    let remaining = clicks.finish(LAST_CLICKS);
    relay.stop();
    upkeep.stop();
    tracing::info!("ended: {ending}; {remaining}");
    background.shutdown_background();
    Ok(())
}

/// Carries lookups and the admin's server; serving threads of the edge are its own.
fn background() -> std::io::Result<Runtime> {
    runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("suo-background")
        .enable_all()
        .build()
}

/// What the edge knows, from the store itself; the relay tells it of every change from here on.
fn know(
    settings: &Settings,
    origin: &Arc<StoreOrigin>,
    counters: &Arc<Counters>,
    background: &Runtime,
) -> Result<Arc<Links>, Box<dyn Error>> {
    let links = Links::new(
        origin.clone(),
        settings.links,
        counters.clone(),
        background.handle().clone(),
    );
    let state = origin.store.relay_state()?;
    links.follow_directly(Position {
        generation: state.generation,
        seq: state.published,
    });
    background.block_on(links.load_domains())?;
    Ok(links)
}

/// The journal of the edge, counted by the store itself.
fn count(
    settings: &Settings,
    store: &Arc<dyn Store>,
    clock: &clock::Clock,
) -> std::io::Result<Clicks> {
    let config = clicks::Config {
        folder: settings.data_dir.join("clicks"),
        megabytes: settings.journal_mb,
        workers: settings.workers,
    };
    let sink = Counted::new(store.clone(), settings.rules.clone(), clock.clone());
    Clicks::start(&config, sink)
}

fn open_store(settings: &Settings) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    let store = sqlite::Database::open(&settings.data_dir.join("suo.db"))?;
    match store.schema_state()? {
        SchemaState::Current => {}
        SchemaState::NeedsMigration(_) => _ = store.migrate()?,
        SchemaState::Newer(_) => {
            let folder = settings.data_dir.display();
            return Err(format!("the data folder {folder} (SUO_DATA_DIR) is of a newer version of suo: start that one, or name another folder").into());
        }
    }
    Ok(Arc::new(store))
}

fn edge_config(settings: &Settings) -> serve::Config {
    serve::Config {
        listen: settings.edge_listen,
        ops_listen: settings.ops_listen,
        workers: settings.workers,
        answers: settings.answers.clone(),
        limits: Limits::default(),
    }
}

fn start_log(filter: tracing_subscriber::EnvFilter) {
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in suo_link::settings::unknown(names) {
        tracing::warn!("{name} is no setting of any suo program");
    }
}

fn read_arguments() -> Result<Said, ExitCode> {
    Said::try_parse().map_err(|error| {
        // Help goes to stdout, all else to stderr; who closed them does not want to know.
        let _ = error.print();
        ExitCode::from(if error.use_stderr() { BAD_SETTINGS } else { 0 })
    })
}

#[expect(clippy::print_stderr, reason = "there is no log without settings")]
fn read_settings(said: Said) -> Result<(Settings, FrontSettings), ExitCode> {
    let front = said.front();
    let settings = Settings::new(said, |name| std::env::var(name).ok());
    let both = settings.and_then(|settings| Ok((settings, front?)));
    both.map_err(|error| {
        eprintln!("suo: {error}");
        ExitCode::from(BAD_SETTINGS)
    })
}
