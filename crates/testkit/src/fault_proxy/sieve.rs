//! Takes notices of Redis out of what a server says.

use super::gate::Gate;

/// How a notice to a subscriber begins: then come the channel and the payload, as bulk strings.
const NOTICE: &[u8] = b"*3\r\n$7\r\nmessage\r\n";

/// Passes the bytes of one direction of one line, without the notices that the gate swallows.
#[derive(Default)]
pub(super) struct Sieve {
    /// A notice, or what may become one, that has not arrived as a whole.
    waiting: Vec<u8>,
}

impl Sieve {
    /// What of these bytes is passed on now.
    pub(super) fn pass(&mut self, bytes: &[u8], gate: &Gate) -> Vec<u8> {
        let mut rest = std::mem::take(&mut self.waiting);
        rest.extend_from_slice(bytes);
        let mut passed = Vec::new();
        while gate.is_swallowing() {
            let start = beginning(&rest);
            passed.extend(rest.drain(..start));
            match length(&rest) {
                Some(length) => {
                    let notice = rest.drain(..length);
                    if !gate.swallows() {
                        passed.extend(notice);
                    }
                }
                None => {
                    self.waiting = rest;
                    return passed;
                }
            }
        }
        passed.extend(rest);
        passed
    }
}

/// Where a notice begins, be it only with its first bytes at the very end; else the end.
fn beginning(bytes: &[u8]) -> usize {
    let begins = |start: &usize| {
        let rest = &bytes[*start..];
        rest.starts_with(NOTICE) || NOTICE.starts_with(rest)
    };
    (0..bytes.len()).find(begins).unwrap_or(bytes.len())
}

/// The length of the notice in front; `None`: it is not complete, or there is none.
fn length(bytes: &[u8]) -> Option<usize> {
    let channel = NOTICE.len();
    let payload = channel + bulk_length(bytes.get(channel..)?)?;
    let end = payload + bulk_length(bytes.get(payload..)?)?;
    (end <= bytes.len()).then_some(end)
}

/// The length of a bulk string `$5\r\nhello\r\n`, which need not be there as a whole.
fn bulk_length(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let digits = std::str::from_utf8(bytes.get(1..line)?).ok()?;
    Some(line + 2 + digits.parse::<usize>().ok()? + 2)
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::{Gate, Sieve};

    #[test]
    fn a_notice_is_recognised_however_its_bytes_come() {
        let notice = |text| format!("*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$4\r\n{text}\r\n");
        let said = format!("+OK\r\n{}*3\r\n{}+OK\r\n", notice("lost"), notice("next"));
        let expected = format!("+OK\r\n*3\r\n{}+OK\r\n", notice("next"));
        for size in 1..=said.len() {
            let gate = Gate::new(([127, 0, 0, 1], 1).into());
            gate.swallow(watch::Sender::default());
            let mut sieve = Sieve::default();
            let parts = said.as_bytes().chunks(size);
            let passed: Vec<u8> = parts.flat_map(|part| sieve.pass(part, &gate)).collect();
            assert_eq!(String::from_utf8_lossy(&passed), expected, "by {size}");
        }
    }
}
