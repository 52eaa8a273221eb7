//! What a short link is, what a visitor gets from it, and the bytes that carry both
//! between the programs.
//!
//! Everything here is a function of its arguments: no I/O, no clock, no randomness.
//! A newcomer reads [`policy`] first, the heart, then [`link`] and [`wire`].

pub mod code;
pub mod destination;
pub mod domain;
pub mod id;
pub mod instance;
pub mod link;
pub mod location;
pub mod platform;
pub mod policy;
pub mod rev;
pub mod settings;
pub mod time;
pub mod visitor;
pub mod wire;
