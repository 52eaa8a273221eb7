//! One request after another over one connection.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
};

use crate::http::{Answer, connect, message, parse};

/// Where a head ends.
const END: &[u8] = b"\r\n\r\n";

/// A connection that stays open.
pub struct KeepAlive {
    stream: TcpStream,
    chunk: Vec<u8>,
}

impl KeepAlive {
    /// Connects.
    ///
    /// # Errors
    /// If the connection is refused.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            chunk: vec![0; 64 * 1024],
        })
    }

    /// Sends a request and reads the answer to its last byte.
    ///
    /// # Errors
    /// If the connection breaks, or the answer does not say how long it is.
    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Answer> {
        self.stream
            .write_all(&message(method, path, headers, body))?;
        let mut bytes = Vec::new();
        let head = loop {
            self.read_on(&mut bytes)?;
            if let Some(end) = bytes.windows(END.len()).position(|window| window == END) {
                break end + END.len();
            }
        };
        let whole = head + body_length(&bytes[..head])?;
        while bytes.len() < whole {
            self.read_on(&mut bytes)?;
        }
        parse(&bytes).ok_or_else(|| no_answer(&bytes[..head]))
    }

    fn read_on(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        match self.stream.read(&mut self.chunk)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes.extend_from_slice(&self.chunk[..read]);
                Ok(())
            }
        }
    }
}

fn body_length(head: &[u8]) -> io::Result<usize> {
    let answer = parse(head).ok_or_else(|| no_answer(head))?;
    match answer.header("content-length") {
        Some(length) => length.parse().map_err(io::Error::other),
        None if answer.status == 204 => Ok(0),
        None => Err(no_answer(head)),
    }
}

fn no_answer(head: &[u8]) -> io::Error {
    let head = String::from_utf8_lossy(head);
    io::Error::other(format!("no answer of known length: {head}"))
}
