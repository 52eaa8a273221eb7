//! One thread, one runtime, one listener: accepts, answers, drains.

use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    net::{IpAddr, TcpListener},
    pin::pin,
    rc::Rc,
    sync::{Arc, mpsc},
    task::Poll,
    thread,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    runtime::{self, LocalRuntime},
    task::spawn_local,
    time::{sleep, timeout},
};

use super::{
    Limits,
    connections::Connections,
    introduction,
    line::{Line, Lines, Order, Phase},
    watched::Watched,
};
use crate::{proxies::Proxies, shutdown::Shutdown, site::Site};

/// The pause after a failed accept; what made it fail (no descriptors left) takes time to pass.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// hyper takes no smaller buffer.
const LEAST_HEAD_BYTES: usize = 8192;

/// What all workers of one address have in common.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    /// Who opens connections with a header of the PROXY protocol.
    pub(crate) proxies: Proxies,
    pub(crate) connections: Arc<Connections>,
    pub(crate) shutdown: Shutdown,
}

/// Starts a worker; returns once its runtime stands. The thread ends with the number of
/// connections that it had to cut.
pub(crate) fn start(
    name: String,
    listener: TcpListener,
    site: impl Site,
    shared: Shared,
) -> io::Result<thread::JoinHandle<usize>> {
    let (report, reported) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name(name).spawn(move || {
        let prepared = runtime().and_then(|runtime| {
            let listener = adopt(&runtime, listener)?;
            Ok((runtime, listener))
        });
        match prepared {
            Ok((runtime, listener)) => {
                let _ = report.send(Ok(()));
                runtime.block_on(Worker::new(site, shared).run(listener))
            }
            Err(error) => {
                let _ = report.send(Err(error));
                0
            }
        }
    })?;
    reported.recv().map_err(io::Error::other)??;
    Ok(thread)
}

fn runtime() -> io::Result<LocalRuntime> {
    runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(runtime::LocalOptions::default())
}

fn adopt(runtime: &LocalRuntime, listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
    let _entered = runtime.enter();
    tokio::net::TcpListener::from_std(listener)
}

struct Worker<S> {
    site: Rc<S>,
    http: http1::Builder,
    lines: Rc<Lines>,
    shared: Shared,
}

impl<S: Site> Worker<S> {
    fn new(site: S, shared: Shared) -> Self {
        let head_bytes = shared.limits.head_bytes.max(LEAST_HEAD_BYTES);
        let mut http = http1::Builder::new();
        http.half_close(false)
            .header_read_timeout(None) // the sweep does that
            .max_buf_size(head_bytes)
            .max_header_size(head_bytes);
        Self {
            site: Rc::new(site),
            http,
            lines: Lines::new(shared.limits),
            shared,
        }
    }

    async fn run(self, listener: tokio::net::TcpListener) -> usize {
        let sweep = Rc::clone(&self.lines).sweep(Arc::clone(&self.shared.connections));
        spawn_local(sweep);
        let mut shutdown = self.shared.shutdown.clone();
        tokio::select! {
            () = self.accept(&listener) => {}
            () = shutdown.requested() => {}
        }
        drop(listener);
        self.drain().await
    }

    async fn accept(&self, listener: &tokio::net::TcpListener) {
        let mut is_told = false;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    is_told = false;
                    self.open(stream, peer.ip());
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if !is_told {
                        tracing::warn!(%error, "cannot accept connections");
                        is_told = true;
                    }
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Carries the connection in a task of its own, or closes it if there are too many.
    fn open(&self, mut stream: TcpStream, peer: IpAddr) {
        let Some(place) = self.shared.connections.admit() else {
            return;
        };
        let connections = Arc::clone(&self.shared.connections);
        let (line, site) = (self.lines.open(), Rc::clone(&self.site));
        let http = self.http.clone();
        // It fails if the peer has hung up already; the first read says so as well.
        let _ = stream.set_nodelay(true);
        let introduces = self.shared.proxies.introduce_visitors_from(peer);
        spawn_local(async move {
            let _place = place;
            let peer = if introduces {
                match introduced(&mut stream, peer, &line).await {
                    Some(visitor) => visitor,
                    None => return connections.count_malformed_head(),
                }
            } else {
                peer
            };
            if let Err(error) = carry(&http, stream, peer, line, site).await {
                connections.count_error(&error);
            }
        });
    }

    async fn drain(self) -> usize {
        self.lines.finish();
        // What is left after the limit is cut when the runtime is dropped.
        let _ = timeout(self.shared.limits.drain, self.lines.emptied()).await;
        self.lines.count()
    }
}

/// The visitor for whom a proxy has opened the connection; `None` if it does not say, or not
/// within the time for a head.
async fn introduced(stream: &mut TcpStream, peer: IpAddr, line: &Line) -> Option<IpAddr> {
    let mut reading = pin!(introduction::read(stream, peer));
    poll_fn(|context| {
        line.carried_by(context.waker());
        if line.order() != Order::Serve {
            return Poll::Ready(None);
        }
        reading.as_mut().poll(context).map(Result::ok)
    })
    .await
}

async fn carry<S: Site>(
    http: &http1::Builder,
    stream: TcpStream,
    peer: IpAddr,
    line: Rc<Line>,
    site: Rc<S>,
) -> hyper::Result<()> {
    let service = service_fn(|request| {
        let (site, line) = (Rc::clone(&site), Rc::clone(&line));
        line.enter(Phase::Answering);
        async move {
            let response = site.answer(request, peer).await;
            line.enter(Phase::Idle);
            Ok::<_, Infallible>(response)
        }
    });
    let stream = TokioIo::new(Watched::new(stream, Rc::clone(&line)));
    let mut connection = pin!(http.serve_connection(stream, service));
    poll_fn(|context| {
        line.carried_by(context.waker());
        if line.order() == Order::Close {
            return Poll::Ready(Ok(()));
        }
        let polled = connection.as_mut().poll(context);
        if polled.is_ready() || line.order() == Order::Serve {
            return polled;
        }
        // What had arrived has been read above, so that hyper does not take the line for idle.
        connection.as_mut().graceful_shutdown();
        connection.as_mut().poll(context)
    })
    .await
}

/// Whether only the connection that was to be accepted has failed, and the next may be fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}
