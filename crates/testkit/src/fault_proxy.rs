//! A TCP proxy that cuts, holds and delays the line on command.

mod gate;
mod line;
mod sieve;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::fault_proxy::gate::{Gate, Scope, Trap};
use crate::fault_proxy::line::carry;
use crate::free_port;
use crate::wait::{wait_until, wait_until_async};

/// Listens on a free port of 127.0.0.1 and carries every line to one upstream.
///
/// It lives in a thread of its own, so commands work from sync and async tests alike. A command
/// has taken effect when its call returns.
pub struct FaultProxy {
    address: SocketAddr,
    orders: mpsc::UnboundedSender<(Order, Done)>,
    gate: Arc<Gate>,
}

/// How long somebody else may have our port.
const OWN_PORT: Duration = Duration::from_secs(10);

/// Tells when the bytes came along that [`FaultProxy::hold_when`] and the like wait for.
pub struct Tripwire {
    touched: watch::Receiver<bool>,
}

/// Dropped, and so reported to the waiting caller, when the order is carried out.
type Done = std::sync::mpsc::Sender<()>;

enum Order {
    Cut,
    Restore,
    Redirect(SocketAddr),
    Hold,
    Release,
    Delay(Duration),
    Trap(Trap),
    Swallow(watch::Sender<bool>),
}

impl FaultProxy {
    /// A proxy to `upstream`, which need not listen yet.
    pub fn start(upstream: SocketAddr) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let (orders, inbox) = mpsc::unbounded_channel();
        let gate = Arc::new(Gate::new(upstream));
        let proxy = Proxy {
            address,
            gate: Arc::clone(&gate),
            listener: None,
            lines: JoinSet::new(),
        };
        thread::spawn(move || proxy.run(inbox));
        let proxy = Self {
            address,
            orders,
            gate,
        };
        proxy.restore();
        proxy
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes all lines and refuses new ones.
    pub fn cut(&self) {
        self.order(Order::Cut);
    }

    /// Takes lines again, on the same port, after [`FaultProxy::cut`].
    pub fn restore(&self) {
        self.order(Order::Restore);
    }

    /// Closes all lines; new ones lead to another upstream, as after a failover.
    pub fn redirect(&self, upstream: SocketAddr) {
        self.order(Order::Redirect(upstream));
    }

    /// Accepts lines but lets nothing through, not even their end: half-open.
    pub fn hold(&self) {
        self.order(Order::Hold);
    }

    /// Lets through what was held, in order and complete.
    pub fn release(&self) {
        self.order(Order::Release);
    }

    /// Everything sent from now on arrives later by `delay`, in each direction.
    pub fn delay(&self, delay: Duration) {
        self.order(Order::Delay(delay));
    }

    /// Holds everything, once, when `bytes` (at most 256) come along in either direction. They do
    /// not pass before [`FaultProxy::release`], except for what came in an earlier packet.
    pub fn hold_when(&self, bytes: &[u8]) -> Tripwire {
        self.trap(bytes, Scope::All)
    }

    /// [`FaultProxy::hold_when`] for the one line on which the bytes come along.
    pub fn hold_line_when(&self, bytes: &[u8]) -> Tripwire {
        self.trap(bytes, Scope::Line)
    }

    /// The next message of a Redis channel that arrives for any subscriber does not get through
    /// to that one; all else does. Not through TLS.
    pub fn swallow_notice(&self) -> Tripwire {
        let (swallowed, touched) = watch::channel(false);
        self.order(Order::Swallow(swallowed));
        Tripwire { touched }
    }

    /// Lines open now.
    pub fn lines(&self) -> usize {
        self.gate.open_lines()
    }

    /// Lines accepted since the start.
    pub fn accepted(&self) -> usize {
        self.gate.accepted_lines()
    }

    fn trap(&self, bytes: &[u8], holds: Scope) -> Tripwire {
        let (trap, touched) = Trap::new(bytes, holds);
        self.order(Order::Trap(trap));
        Tripwire { touched }
    }

    fn order(&self, order: Order) {
        let (done, carried_out) = std::sync::mpsc::channel();
        let sent = self.orders.send((order, done));
        sent.expect("the proxy runs as long as its handle");
        // The sender is dropped without a message.
        let _ = carried_out.recv();
    }
}

impl Tripwire {
    /// Whether the bytes came along.
    pub fn is_touched(&self) -> bool {
        *self.touched.borrow()
    }

    /// Waits until the bytes come along, for sync tests.
    ///
    /// # Panics
    /// After `limit`.
    #[track_caller]
    pub fn wait(&self, limit: Duration) {
        wait_until("the bytes of a tripwire", limit, || {
            self.is_touched().then_some(()).ok_or("not seen")
        });
    }

    /// Completes when the bytes come along, for async tests.
    pub async fn touch(&mut self) {
        let touched = self.touched.wait_for(|touched| *touched).await;
        touched.expect("the proxy was dropped before the bytes came along");
    }
}

/// The side of the proxy's thread.
struct Proxy {
    address: SocketAddr,
    gate: Arc<Gate>,
    listener: Option<TcpListener>,
    lines: JoinSet<()>,
}

impl Proxy {
    /// Until the handle is dropped. One thread, so nothing passes while an order is carried out.
    fn run(mut self, mut inbox: mpsc::UnboundedReceiver<(Order, Done)>) {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            loop {
                tokio::select! {
                    order = inbox.recv() => match order {
                        Some((order, _done)) => self.obey(order).await,
                        None => return,
                    },
                    client = accept(self.listener.as_ref()) => {
                        self.gate.count_line();
                        self.lines.spawn(carry(client, Arc::clone(&self.gate)));
                    }
                    Some(_) = self.lines.join_next() => {}
                }
            }
        });
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Cut => {
                self.listener = None;
                self.lines.shutdown().await;
            }
            Order::Restore => self.listener = Some(self.listen().await),
            Order::Redirect(upstream) => {
                self.gate.lead_to(upstream);
                self.lines.shutdown().await;
            }
            Order::Hold => self.gate.hold(),
            Order::Release => self.gate.release(),
            Order::Delay(delay) => self.gate.delay_by(delay),
            Order::Trap(trap) => self.gate.set(trap),
            Order::Swallow(swallowed) => self.gate.swallow(swallowed),
        }
    }

    async fn listen(&mut self) -> TcpListener {
        match self.listener.take() {
            Some(listener) => listener,
            None => self.bind_again().await,
        }
    }

    /// Somebody who looks for a free port may be trying this one at the moment.
    async fn bind_again(&self) -> TcpListener {
        let again = async || {
            TcpListener::bind(self.address)
                .await
                .map_err(|error| error.to_string())
        };
        wait_until_async("our own port", OWN_PORT, again).await
    }
}

async fn accept(listener: Option<&TcpListener>) -> TcpStream {
    loop {
        match listener {
            None => std::future::pending().await,
            // A client may be gone before it is accepted; the listener itself does not fail.
            Some(listener) => match listener.accept().await {
                Ok((client, _)) => return client,
                Err(_) => tokio::task::yield_now().await,
            },
        }
    }
}
