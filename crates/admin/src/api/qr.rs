//! QR codes: reading them, and making them of links.

pub(crate) mod decode;
mod own;
