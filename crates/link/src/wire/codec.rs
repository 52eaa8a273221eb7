//! Reading and writing the few shapes that all messages are made of.

use super::{VERSION, WireError};

/// A cursor over bytes that somebody else wrote.
pub(in crate::wire) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Begins at the first byte: a part of something that has a version.
    pub(in crate::wire) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Begins behind the version byte.
    pub(in crate::wire) fn versioned(bytes: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Self(bytes);
        match reader.u8()? {
            VERSION => Ok(reader),
            other => Err(WireError::Version(other)),
        }
    }

    pub(in crate::wire) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::wire) fn finish(self) -> Result<(), WireError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(WireError::Length)
        }
    }

    pub(in crate::wire) fn take(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(WireError::Length)?;
        self.0 = tail;
        Ok(head)
    }

    /// All that is left.
    pub(in crate::wire) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(in crate::wire) fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        self.take(N)?.try_into().map_err(|_| WireError::Length)
    }

    pub(in crate::wire) fn u8(&mut self) -> Result<u8, WireError> {
        self.array().map(u8::from_be_bytes)
    }

    pub(in crate::wire) fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(in crate::wire) fn u64(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_be_bytes)
    }

    /// A length or a count in LEB128, at most 32 bits.
    pub(in crate::wire) fn length(&mut self) -> Result<usize, WireError> {
        let mut value = 0u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let value = u32::try_from(value).map_err(|_| WireError::Value)?;
                return Ok(value as usize);
            }
        }
        Err(WireError::Value)
    }

    pub(in crate::wire) fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let length = self.length()?;
        self.take(length)
    }

    pub(in crate::wire) fn text(&mut self) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| WireError::Value)
    }
}

pub(in crate::wire) fn put_length(out: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

pub(in crate::wire) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}
