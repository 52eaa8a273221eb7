//! One call, one connection, bytes as they are.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// How long one exchange may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A call that is being written; without a word about it, it is JSON.
#[must_use]
pub(super) struct Call {
    address: SocketAddr,
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(super) fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        Self {
            address,
            line: format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n"),
            headers: vec![("content-type".into(), "application/json".into())],
            body: Vec::new(),
        }
    }

    /// Sends this header, and no other of this name.
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends no header of this name.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// Asks for another host.
    pub(super) fn host(mut self, host: &str) -> Self {
        let own = format!("host: {}\r\n", self.address);
        self.line = self.line.replace(&own, &format!("host: {host}\r\n"));
        self
    }

    pub(super) fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(super) fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string())
    }

    pub(super) fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the call and reads the answer to the end of the connection.
    #[track_caller]
    pub(super) fn send(self) -> Answer {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut head = self.line;
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", self.body.len());
        // A server that has read enough may answer and close before everything is sent.
        let _ = stream.write_all(&[head.as_bytes(), &self.body].concat());
        let mut bytes = Vec::new();
        let ended = stream.read_to_end(&mut bytes);
        let is_held = (ended.as_ref()).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        assert!(!is_held, "no end within {PATIENCE:?}: {bytes:?}");
        parse(&bytes).unwrap_or_else(|| panic!("no answer ({ended:?}): {bytes:?}"))
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case, values as sent.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(other, _)| other == name)?;
        Some(value)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub(super) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The problem document of this name.
    #[track_caller]
    pub(super) fn problem(&self, status: u16, name: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["type"], format!("urn:suo:problem:{name}"));
        assert_eq!(problem["status"], status);
        problem
    }

    /// Pointers and codes of the fields that were refused.
    #[track_caller]
    pub(super) fn refused(&self) -> Vec<String> {
        findings(&self.problem(422, "invalid-fields")["errors"])
    }
}

/// Findings as `pointer code`, in order.
pub(super) fn findings(list: &Value) -> Vec<String> {
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings = list.as_array().unwrap().iter();
    findings
        .map(|finding| format!("{} {}", text(finding, "pointer"), text(finding, "code")))
        .collect()
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Answer {
        status,
        headers: lines.filter_map(header).collect(),
        body: bytes[end + 4..].to_vec(),
    })
}
