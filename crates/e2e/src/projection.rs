//! Whether Redis is whole, seen from outside and cheaply enough to be looked at often.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use suo_testkit::wait_until;

/// Of links, and one of the domains.
pub const BUCKETS: usize = 257;

/// A rebuild takes this long only on a very busy machine.
const REBUILT: Duration = Duration::from_secs(120);

/// Waits until every bucket is declared whole.
#[track_caller]
pub fn wait_until_whole(redis: SocketAddr) {
    wait_until("every bucket is whole", REBUILT, || {
        match whole_buckets(redis) {
            BUCKETS => Ok(()),
            some => Err(some),
        }
    });
}

/// How many buckets are declared whole; of an instance with the usual prefix, without TLS.
///
/// # Panics
/// If Redis does not answer.
#[must_use]
pub fn whole_buckets(redis: SocketAddr) -> usize {
    let mut line = TcpStream::connect(redis).expect("Redis listens");
    line.write_all(b"KEYS suo:*:m\r\n").expect("Redis reads");
    let mut head = String::new();
    let read = BufReader::new(line).read_line(&mut head);
    read.expect("Redis answers");
    // An array of so many names.
    let count = head.trim().strip_prefix('*').and_then(|n| n.parse().ok());
    count.unwrap_or_else(|| panic!("Redis says {head}"))
}
