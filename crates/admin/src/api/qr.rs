//! QR codes: reading them, and making them of links.

pub(crate) mod add_logo;
pub(crate) mod decode;
pub(crate) mod delete_logo;
mod drawn;
mod hex;
mod own;
pub(crate) mod picture;
mod wish;
