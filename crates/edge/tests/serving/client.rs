//! HTTP/1.1 byte by byte: what is sent and what comes back is what the test says.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Far above anything that should happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A response as it came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    /// Names in lower case, in order; without `date`, which nobody can foresee.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Response {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}

/// An open connection.
pub(super) struct Line(BufReader<TcpStream>);

impl Line {
    pub(super) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the edge listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Sends what the other side may refuse to read.
    pub(super) fn try_send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.get_mut().write_all(bytes.as_ref());
    }

    /// Sends as much as goes without waiting.
    pub(super) fn send_what_fits(&mut self, bytes: impl AsRef<[u8]>) {
        let stream = self.0.get_mut();
        stream.set_nonblocking(true).unwrap();
        let _ = stream.write(bytes.as_ref());
        stream.set_nonblocking(false).unwrap();
    }

    /// The next response to anything but HEAD.
    pub(super) fn response(&mut self) -> Response {
        self.try_response().expect("a response")
    }

    /// The next response, or `None` if the other side hangs up before its first byte.
    pub(super) fn try_response(&mut self) -> Option<Response> {
        if self.0.fill_buf().map_or(true, <[u8]>::is_empty) {
            return None;
        }
        let mut response = self.head().expect("a complete head");
        let length = response.header("content-length").map_or("0", str::trim);
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).expect("a complete body");
        response.body = String::from_utf8_lossy(&body).into_owned();
        Some(response)
    }

    /// Whether the other side has hung up.
    pub(super) fn is_closed(&mut self) -> bool {
        let stream = self.0.get_mut();
        stream.set_nonblocking(true).unwrap();
        let peeked = stream.peek(&mut [0]);
        stream.set_nonblocking(false).unwrap();
        match peeked {
            Ok(length) => length == 0,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }

    /// The next response to HEAD, which has no body.
    pub(super) fn response_to_head(&mut self) -> Response {
        self.head().expect("a response")
    }

    /// Waits for the end of the connection; returns what came before it.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => rest,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => rest,
            Err(error) => panic!("the connection is still open: {error}"),
        }
    }

    fn head(&mut self) -> Option<Response> {
        let status_line = self.text_line()?;
        let status = status_line.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        loop {
            let line = self.text_line()?;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        headers.retain(|(name, _)| name != "date");
        Some(Response {
            status,
            headers,
            body: String::new(),
        })
    }

    /// Latin-1, so that any byte of a header is seen.
    fn text_line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line).ok()?;
        let line = line.strip_suffix(b"\r\n")?;
        Some(line.iter().map(|byte| char::from(*byte)).collect())
    }
}

/// One GET on a connection of its own.
pub(super) fn get(address: SocketAddr, host: &str, target: &str) -> Response {
    request(address, "GET", host, target)
}

/// One request on a connection of its own.
pub(super) fn request(address: SocketAddr, method: &str, host: &str, target: &str) -> Response {
    let mut line = Line::open(address);
    line.send(head(method, host, target));
    match method {
        "HEAD" => line.response_to_head(),
        _ => line.response(),
    }
}

/// The head of a request.
pub(super) fn head(method: &str, host: &str, target: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

/// One request on a connection of its own, with more headers and a body.
pub(super) fn send(
    address: SocketAddr,
    method: &str,
    host: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let mut line = Line::open(address);
    line.send(request_with(method, host, target, headers, body));
    line.response()
}

/// A whole request.
pub(super) fn request_with(
    method: &str,
    host: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    text + "\r\n" + body
}
