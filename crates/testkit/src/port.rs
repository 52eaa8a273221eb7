//! Free TCP ports on the loopback address.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Below Linux's ephemeral ports (from 32768), so that no outgoing connection takes the port
/// of a server that a test restarts.
const PORTS: Range<u16> = 15_000..32_000;

/// A port of 127.0.0.1 that nobody listens on; never the same twice in one process.
///
/// Another process may take it before the caller binds it; the random start makes that rare.
pub fn free_port() -> u16 {
    static NEXT: LazyLock<AtomicU64> =
        LazyLock::new(|| AtomicU64::new(RandomState::new().hash_one(0) >> 16));
    PORTS
        .map(|_| NEXT.fetch_add(1, Ordering::Relaxed))
        .map(|n| PORTS.start + (n % PORTS.len() as u64) as u16)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("a free port on 127.0.0.1")
}
