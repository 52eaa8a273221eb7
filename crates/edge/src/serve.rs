//! The edge as a running thing: listeners, one worker a core, limits, drain.
//!
//! Everything it needs comes in as an argument, so that the quick start runs the same edge
//! inside its own process.

pub(crate) mod connections;
mod introduction;
mod line;
mod listener;
mod watched;
mod worker;

use std::{
    fmt, io,
    net::{SocketAddr, TcpListener},
    num::NonZeroUsize,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use crate::{
    answer::{self, Edge, Equipment, NoEquipment},
    clicks::Clicks,
    counters::Counters,
    countries::BadDatabase,
    links::Links,
    metrics::Sources,
    ops::Operations,
    proxies::Proxies,
    shutdown::{self, Shutdown, Stop},
};
use connections::Connections;
use listener::Listener;
use worker::Shared;

/// How long a client may take to send a request's head.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// How long a connection may be open without a request. Longer than the minute after which
/// common proxies close theirs: the one who sends the next request closes first, so none is lost.
const IDLE_LIMIT: Duration = Duration::from_secs(75);

/// How long requests under way may take after the end was asked for.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// The largest head, in bytes; a longer one is answered with 431.
const HEAD_BYTES: usize = 16 * 1024;

/// The most connections that are open at a time.
const CONNECTIONS: usize = 65_536;

/// The most connections to the operations listener.
const OPERATIONS_CONNECTIONS: usize = 128;

/// What a serving edge is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where visitors come.
    pub listen: SocketAddr,
    /// Where the operator's tools come (`/live`, `/ready`, `/metrics`).
    pub ops_listen: SocketAddr,
    /// Serving threads.
    pub workers: NonZeroUsize,
    /// How domains and `/` are answered.
    pub answers: answer::Config,
    /// What connections may take.
    pub limits: Limits,
}

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the head of a request, from the first byte (or the opening of the connection) on.
    pub head: Duration,
    /// For a connection without a request.
    pub idle: Duration,
    /// For requests under way after the end was asked for.
    pub drain: Duration,
    /// The largest head, in bytes; less than 8 192 counts as 8 192.
    pub head_bytes: usize,
    /// Open at a time.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: HEAD_LIMIT,
            idle: IDLE_LIMIT,
            drain: DRAIN_LIMIT,
            head_bytes: HEAD_BYTES,
            connections: CONNECTIONS,
        }
    }
}

/// Binds both addresses and starts to serve. Returns when the listeners stand; whether the edge
/// knows enough to answer is told by `/ready`. Without `clicks` nothing is counted.
///
/// # Errors
/// If an address cannot be bound or a thread cannot be started.
pub fn start(
    config: &Config,
    links: &Arc<Links>,
    counters: &Arc<Counters>,
    clicks: Option<&Clicks>,
    shutdown: Shutdown,
) -> Result<RunningEdge, StartError> {
    let visitors = bind("SUO_EDGE_LISTEN", config.listen)?;
    let operations = bind("SUO_EDGE_OPS_LISTEN", config.ops_listen)?;
    let workers = config.workers.get();
    let sources = Sources {
        links: Arc::clone(links),
        counters: Arc::clone(counters),
        connections: Arc::new(Connections::new(config.limits.connections)),
        outcomes: (0..workers).map(|_| Arc::default()).collect(),
        clicks: clicks
            .map(|clicks| Arc::clone(clicks.counts()))
            .unwrap_or_default(),
    };
    let with = Equipment::new(config.answers.clone(), Arc::clone(links), workers)?;
    let with = Arc::new(with);
    let (address, ops_address) = (visitors.address, operations.address);
    let sockets = visitors.times(workers).map_err(StartError::Worker)?;
    Ok(RunningEdge {
        address,
        ops_address,
        workers: start_workers(sockets, config, &with, &sources, clicks, &shutdown)
            .map_err(StartError::Worker)?,
        operations: start_operations(operations.socket, sources, shutdown)?,
    })
}

fn bind(setting: &'static str, address: SocketAddr) -> Result<Listener, StartError> {
    Listener::bind(address).map_err(|cause| StartError::Listen {
        setting,
        address,
        cause,
    })
}

fn start_workers(
    sockets: Vec<TcpListener>,
    config: &Config,
    with: &Arc<Equipment>,
    sources: &Sources,
    clicks: Option<&Clicks>,
    shutdown: &Shutdown,
) -> io::Result<Vec<JoinHandle<usize>>> {
    let start = |(number, socket)| {
        let counts = Arc::clone(&sources.outcomes[number]);
        let recorder = clicks.and_then(Clicks::recorder);
        let site = Edge::new(Arc::clone(with), counts, recorder);
        let shared = Shared {
            limits: config.limits,
            proxies: config.answers.proxies.clone(),
            connections: Arc::clone(&sources.connections),
            shutdown: shutdown.clone(),
        };
        worker::start(format!("suo-edge-{number}"), socket, site, shared)
    };
    sockets.into_iter().enumerate().map(start).collect()
}

/// The operations listener outlives the others, so its own end is asked for separately.
fn start_operations(
    socket: TcpListener,
    sources: Sources,
    shutdown: Shutdown,
) -> Result<(JoinHandle<usize>, Stop), StartError> {
    let (stop, end) = shutdown::channel();
    let shared = Shared {
        limits: Limits {
            drain: Duration::ZERO,
            ..Limits::default()
        },
        proxies: Proxies::default(),
        connections: Arc::new(Connections::new(OPERATIONS_CONNECTIONS)),
        shutdown: end,
    };
    let site = Operations::new(sources, shutdown);
    let thread = worker::start("suo-edge-ops".to_owned(), socket, site, shared);
    Ok((thread.map_err(StartError::Worker)?, stop))
}

/// An edge that serves.
#[derive(Debug)]
pub struct RunningEdge {
    address: SocketAddr,
    ops_address: SocketAddr,
    workers: Vec<JoinHandle<usize>>,
    operations: (JoinHandle<usize>, Stop),
}

impl RunningEdge {
    /// Where visitors come; with the port that the kernel chose, if it did.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the operator's tools come.
    #[must_use]
    pub fn ops_address(&self) -> SocketAddr {
        self.ops_address
    }

    /// Waits until the end is asked for and the edge has ended. New connections are refused
    /// at once; requests under way have [`Limits::drain`]; the operations listener ends last.
    #[must_use]
    pub fn join(self) -> Ending {
        let mut ending = Ending::default();
        for worker in self.workers {
            match worker.join() {
                Ok(cut) => ending.cut += cut,
                Err(_) => ending.lost_workers += 1,
            }
        }
        let (thread, stop) = self.operations;
        stop.stop();
        // It serves nobody whose request must not be lost.
        let _ = thread.join();
        ending
    }
}

/// How an edge has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Connections that were cut because their requests took longer than [`Limits::drain`].
    pub cut: usize,
    /// Workers that had died of a bug.
    pub lost_workers: usize,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cut {
            0 => f.write_str("all requests were answered")?,
            1 => f.write_str("1 connection was cut")?,
            cut => write!(f, "{cut} connections were cut")?,
        }
        match self.lost_workers {
            0 => Ok(()),
            lost => write!(f, "; {lost} workers had died"),
        }
    }
}

/// Why an edge does not serve.
#[derive(Debug)]
pub enum StartError {
    /// The address cannot be listened on.
    Listen {
        /// The setting that names it.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// The database of countries cannot be read.
    Database(BadDatabase),
    /// A thread cannot be started.
    Worker(io::Error),
}

impl From<NoEquipment> for StartError {
    fn from(reason: NoEquipment) -> Self {
        match reason {
            NoEquipment::Database(bad) => Self::Database(bad),
            NoEquipment::Thread(error) => Self::Worker(error),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen {
                setting,
                address,
                cause,
            } => match cause.kind() {
                io::ErrorKind::AddrInUse => {
                    write!(f, "{address} ({setting}) is in use by another program")
                }
                _ => write!(f, "cannot listen on {address} ({setting}): {cause}"),
            },
            Self::Database(bad) => write!(f, "SUO_GEOIP_DB: {bad}"),
            Self::Worker(cause) => write!(f, "cannot start a worker: {cause}"),
        }
    }
}

impl std::error::Error for StartError {}
