//! `suo-admin`: migrate the database, serve the API, rebuild Redis, audit clicks.

use std::{
    error::Error,
    io::{self, IsTerminal},
    process::{self, ExitCode},
    sync::Arc,
    time::Duration,
};

use actix_web::{dev::ServerHandle, rt::System};
use clap::Parser;
use suo_admin::{
    announce::{
        AnnounceError,
        redis::{RedisAnnounce, rebuild},
    },
    auth,
    clicks::{self, audit::look, intake::Intake, upkeep::Upkeep},
    clock,
    front::Front,
    live::Live,
    pictures,
    relay::{Relay, begin_generation},
    server,
    settings::{
        AuditWish, DOES_NOT_ADD_UP,
        production::{Command, Said, Settings},
    },
    start,
    state::State,
    store::{Depth, Store, pg},
};
use suo_link::wire::names::Bucket;
use tokio::signal::unix::{SignalKind, signal};

/// `EX_USAGE` of sysexits.h.
const BAD_SETTINGS: u8 = 64;

/// How long the answer to a write may wait for its publication.
const PATIENCE: Duration = Duration::from_millis(250);

/// Settings without Redis are refused for every command that needs it.
const NO_REDIS: &str = "SUO_REDIS_URL is not set";

/// How often a rebuild that has to wait for another one asks whether it may begin.
const TURN: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    if pictures::is_child() {
        return pictures::serve_parent();
    }
    let settings = match read_settings() {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    start_log(&settings);
    let outcome = match settings.command {
        Command::Migrate => migrate(&settings).map(|()| ExitCode::SUCCESS),
        Command::Serve => serve(settings).map(|()| ExitCode::SUCCESS),
        Command::Project { new_generation } => {
            project(&settings, new_generation).map(|()| ExitCode::SUCCESS)
        }
        Command::Audit(wish) => audit(&settings, wish),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn migrate(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let store = pg::Database::open(&settings.database_url)?;
    let applied = store.migrate()?;
    tracing::info!(?applied, "the database has this version's schema");
    Ok(())
}

fn serve(settings: Settings) -> Result<(), Box<dyn Error>> {
    let store: Arc<dyn Store> = Arc::new(pg::Database::open(&settings.database_url)?);
    let clock = clock::of_database(&store)?;
    start::check_schema(&*store)?;
    start::ensure_domain(&*store, &settings.short_url, &clock)?;
    let listener = start::listen("SUO_ADMIN_LISTEN", settings.listen)?;
    // Only after everything that can go wrong: the key is shown this once.
    if let Some(key) = auth::ensure_key(&*store, settings.bootstrap_api_key.as_deref(), &clock)? {
        show_once(&key);
    }
    let redis = settings.redis.ok_or(NO_REDIS)?;
    let announce = RedisAnnounce::new(redis, store.clone(), clock.clone());
    let relay = Relay::start(store.clone(), announce, clock.clone(), PATIENCE)?;
    let stream = settings.clicks_redis.ok_or(NO_REDIS)?;
    let rules = settings.rules;
    let upkeep = Upkeep::start(store.clone(), &rules, clock.clone())?;
    let intake = Intake::start(store.clone(), &stream, rules.clone(), clock.clone())?;
    let live = Live::new(store.clone());
    let state = State {
        live: live.clone(),
        pictures: pictures::Reader::new()?,
        store,
        relay: relay.handle(),
        segments_in_stream: intake.segments_in_stream(),
        clock,
        private_targets: settings.private_targets,
        internal_token: settings.internal_token,
        rules,
        front: Arc::new(Front::new(settings.front)),
    };
    tracing::info!(address = %settings.listen, "serving");
    System::new().block_on(async {
        let server = server::run(listener, state)?;
        end_on_signals(server.handle(), live)?;
        server.await
    })?;
    intake.stop();
    upkeep.stop();
    relay.stop();
    tracing::info!("ended");
    Ok(())
}

/// Ends the server at the first SIGTERM or SIGINT, and the process at the second.
fn end_on_signals(server: ServerHandle, live: Arc<Live>) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut asked = async move || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    actix_web::rt::spawn(async move {
        asked().await;
        tracing::info!("asked to end: requests under way are finished");
        live.end();
        actix_web::rt::spawn(server.stop(true));
        asked().await;
        tracing::warn!("asked again: ends at once");
        process::exit(1);
    });
    Ok(())
}

fn project(settings: &Settings, new_generation: bool) -> Result<(), Box<dyn Error>> {
    let store: Arc<dyn Store> = Arc::new(pg::Database::open(&settings.database_url)?);
    start::check_schema(&*store)?;
    if new_generation {
        begin_generation(&*store, None)?;
    }
    let redis = settings.redis.as_ref().ok_or(NO_REDIS)?;
    let buckets: Vec<Bucket> = Bucket::all().collect();
    let (clock, mut is_told) = (clock::of_database(&store)?, false);
    let mut announce = RedisAnnounce::new(redis.clone(), store.clone(), clock.clone());
    if let Err(error) = announce.tell_of_damage() {
        match error {
            AnnounceError::Ahead(top) => begin_generation(&*store, Some(top.generation))?,
            other => return Err(other.into()),
        }
    }
    loop {
        if let Some(report) = rebuild(redis, &*store, &clock, &buckets)? {
            tracing::info!(%report, "rebuilt");
            return Ok(());
        }
        if !std::mem::replace(&mut is_told, true) {
            tracing::info!("an admin is rebuilding already; this one begins when that one ends");
        }
        std::thread::sleep(TURN);
    }
}

#[expect(clippy::print_stdout, reason = "this is what was asked for")]
fn audit(settings: &Settings, wish: AuditWish) -> Result<ExitCode, Box<dyn Error>> {
    let store = pg::Database::open(&settings.database_url)?;
    start::check_schema(&store)?;
    let seen = settings.clicks_redis.as_ref().ok_or(NO_REDIS)?;
    let seen = look(seen).inspect_err(|error| {
        tracing::warn!(%error, "what is on its way is not known");
    });
    let found = clicks::audit::audit(&store, seen.as_ref().ok(), &wish.period(), Depth::All)?;
    println!("{}", wish.shown(&found)?);
    Ok(if found.adds_up {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(DOES_NOT_ADD_UP)
    })
}

fn start_log(settings: &Settings) {
    tracing_subscriber::fmt()
        .with_env_filter(settings.log.clone())
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    for name in &settings.unknown {
        tracing::warn!("{name} is no setting of any suo program");
    }
}

#[expect(clippy::print_stderr, reason = "there is no log without settings")]
fn read_settings() -> Result<Settings, ExitCode> {
    let said = Said::try_parse().map_err(|error| {
        // Help goes to stdout, all else to stderr; who closed them does not want to know.
        let _ = error.print();
        ExitCode::from(if error.use_stderr() { BAD_SETTINGS } else { 0 })
    })?;
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    Settings::new(said, |name| std::env::var(name).ok(), names).map_err(|error| {
        eprintln!("suo-admin: {error}");
        ExitCode::from(BAD_SETTINGS)
    })
}

#[expect(clippy::print_stdout, reason = "the key must not go through the log")]
fn show_once(key: &str) {
    println!("API key (shown once): {key}");
}
