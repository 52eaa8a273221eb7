//! Lines break as ordered. The upstream of these tests is an echo server.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use suo_testkit::{FaultProxy, wait_until};

const LIMIT: Duration = Duration::from_secs(10);

/// Long enough for an echo on loopback, had nothing held it back.
const SILENCE: Duration = Duration::from_millis(100);

#[test]
fn bytes_pass_both_ways() {
    let proxy = FaultProxy::start(echo_server());
    assert_eq!(echo(&mut connect(&proxy), b"hello"), b"hello");
}

#[test]
fn a_cut_closes_lines_and_refuses_new_ones_until_restored() {
    let proxy = FaultProxy::start(echo_server());
    let mut line = connect(&proxy);
    echo(&mut line, b"hello");
    proxy.cut();
    assert!(
        matches!(line.read(&mut [0]), Ok(0) | Err(_)),
        "the line is closed"
    );
    let refused = TcpStream::connect(proxy.address()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(proxy.lines(), 0);
    proxy.restore();
    assert_eq!(echo(&mut connect(&proxy), b"again"), b"again");
    assert_eq!(proxy.accepted(), 2);
}

#[test]
fn a_held_line_is_silent_and_loses_nothing() {
    let proxy = FaultProxy::start(echo_server());
    let mut line = connect(&proxy);
    echo(&mut line, b"before");
    proxy.hold();
    line.write_all(b"held").unwrap();
    assert_silent(&mut line);
    let mut new = connect(&proxy);
    new.write_all(b"new").unwrap();
    assert_silent(&mut new);
    proxy.release();
    assert_eq!(read(&mut line, 4), b"held");
    assert_eq!(read(&mut new, 3), b"new");
}

#[test]
fn a_held_line_hides_even_the_end_of_the_upstream() {
    let (upstream, listener) = listener();
    let proxy = FaultProxy::start(upstream);
    let mut line = connect(&proxy);
    let (server, _) = listener.accept().unwrap();
    proxy.hold();
    drop(server);
    assert_silent(&mut line);
    proxy.release();
    assert_eq!(line.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_delay_counts_in_each_direction_and_keeps_the_order() {
    let proxy = FaultProxy::start(echo_server());
    let mut line = connect(&proxy);
    proxy.delay(SILENCE);
    let start = Instant::now();
    line.write_all(b"one ").unwrap();
    line.write_all(b"two").unwrap();
    assert_eq!(read(&mut line, 7), b"one two");
    assert!(start.elapsed() >= SILENCE * 2);
    proxy.delay(Duration::ZERO);
    assert_eq!(echo(&mut line, b"three"), b"three");
}

#[test]
fn a_tripwire_holds_before_its_bytes_pass() {
    let (upstream, listener) = listener();
    let proxy = FaultProxy::start(upstream);
    let mut line = connect(&proxy);
    let (mut server, _) = listener.accept().unwrap();
    let wire = proxy.hold_when(b"EVALSHA abc");
    line.write_all(b"PING\r\n").unwrap();
    assert_eq!(read(&mut server, 6), b"PING\r\n");
    assert!(!wire.is_touched());
    line.write_all(b"EVALSHA abc\r\n").unwrap();
    wire.wait(LIMIT);
    assert_silent(&mut server);
    proxy.release();
    assert_eq!(read(&mut server, 13), b"EVALSHA abc\r\n");
}

#[test]
fn a_tripwire_sees_bytes_split_over_two_packets() {
    let proxy = FaultProxy::start(echo_server());
    let mut line = connect(&proxy);
    let wire = proxy.hold_when(b"needle");
    echo(&mut line, b"hay nee");
    line.write_all(b"dle hay").unwrap();
    wire.wait(LIMIT);
}

#[test]
fn a_tripwire_can_hold_the_one_line_on_which_its_bytes_come() {
    let proxy = FaultProxy::start(echo_server());
    let (mut one, mut other) = (connect(&proxy), connect(&proxy));
    let wire = proxy.hold_line_when(b"needle");
    one.write_all(b"needle").unwrap();
    wire.wait(LIMIT);
    assert_silent(&mut one);
    assert_eq!(echo(&mut other, b"needle"), b"needle");
    proxy.release();
    assert_eq!(read(&mut one, 6), b"needle");
}

#[test]
fn lines_lead_elsewhere_after_a_redirection() {
    let proxy = FaultProxy::start(echo_server());
    let mut line = connect(&proxy);
    echo(&mut line, b"hello");
    let (upstream, listener) = listener();
    proxy.redirect(upstream);
    assert!(
        matches!(line.read(&mut [0]), Ok(0) | Err(_)),
        "the line is closed"
    );
    connect(&proxy).write_all(b"moved").unwrap();
    let (mut server, _) = listener.accept().unwrap();
    assert_eq!(read(&mut server, 5), b"moved");
}

#[test]
fn one_notice_is_swallowed_and_nothing_else() {
    let notice = |payload| format!("*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$4\r\n{payload}\r\n");
    let proxy = FaultProxy::start(echo_server());
    let mut line = connect(&proxy);
    let wire = proxy.swallow_notice();
    let said = format!("+OK\r\n{}{}", notice("lost"), notice("next"));
    line.write_all(said.as_bytes()).unwrap();
    let expected = format!("+OK\r\n{}", notice("next"));
    let found = read(&mut line, expected.len());
    assert_eq!(String::from_utf8_lossy(&found), expected);
    assert!(wire.is_touched());
}

#[tokio::test]
async fn a_tripwire_can_be_awaited() {
    let proxy = FaultProxy::start(echo_server());
    let mut wire = proxy.hold_when(b"needle");
    connect(&proxy).write_all(b"needle").unwrap();
    tokio::time::timeout(LIMIT, wire.touch()).await.unwrap();
}

#[test]
fn the_proxy_goes_with_its_handle() {
    let proxy = FaultProxy::start(echo_server());
    let mut line = connect(&proxy);
    echo(&mut line, b"hello");
    drop(proxy);
    assert!(
        matches!(line.read(&mut [0]), Ok(0) | Err(_)),
        "the line is closed"
    );
}

fn listener() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    (listener.local_addr().unwrap(), listener)
}

fn echo_server() -> SocketAddr {
    let (address, listener) = listener();
    thread::spawn(move || {
        for line in listener.incoming() {
            let mut back = line.unwrap();
            let mut from = back.try_clone().unwrap();
            thread::spawn(move || std::io::copy(&mut from, &mut back));
        }
    });
    address
}

fn connect(proxy: &FaultProxy) -> TcpStream {
    let line = TcpStream::connect(proxy.address()).unwrap();
    line.set_read_timeout(Some(LIMIT)).unwrap();
    line
}

fn echo(line: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    line.write_all(bytes).unwrap();
    read(line, bytes.len())
}

fn read(line: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    line.read_exact(&mut bytes).unwrap();
    bytes
}

#[track_caller]
fn assert_silent(line: &mut TcpStream) {
    line.set_read_timeout(Some(SILENCE)).unwrap();
    let kind = line.read(&mut [0]).map_err(|error| error.kind());
    assert!(matches!(kind, Err(ErrorKind::WouldBlock)), "{kind:?}");
    line.set_read_timeout(Some(LIMIT)).unwrap();
}

#[test]
fn a_line_to_nobody_is_closed() {
    let (upstream, listener) = listener();
    drop(listener);
    let proxy = FaultProxy::start(upstream);
    let mut line = connect(&proxy);
    assert_eq!(line.read(&mut [0]).unwrap(), 0);
    wait_until("no line", LIMIT, || {
        (proxy.lines() == 0).then_some(()).ok_or("open")
    });
}
