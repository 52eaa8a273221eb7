//! Listening sockets: one for each worker, all on one address.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that the kernel holds for us; it takes the lesser of this and `somaxconn`.
const BACKLOG: i32 = 4096;

/// A socket that listens, and the address that others can share with it.
pub(super) struct Listener {
    pub(super) socket: TcpListener,
    /// With the port that the kernel chose, if it was asked to.
    pub(super) address: SocketAddr,
}

impl Listener {
    /// The first listener on an address.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        if address.port() != 0 {
            require_free(address)?;
        }
        let socket = shared(address)?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// `count` listeners that share the address, this one among them.
    pub(super) fn times(self, count: usize) -> io::Result<Vec<TcpListener>> {
        let others = (1..count).map(|_| shared(self.address));
        std::iter::once(Ok(self.socket)).chain(others).collect()
    }
}

/// With SO_REUSEPORT the kernel would let us share the port with a stranger of our own user;
/// without it, a port in use is an error.
fn require_free(address: SocketAddr) -> io::Result<()> {
    socket(address)?.bind(&address.into())
}

fn shared(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket(address)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn socket(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // Connections of our predecessor that linger in TIME_WAIT are no reason not to start.
    socket.set_reuse_address(true)?;
    Ok(socket)
}
