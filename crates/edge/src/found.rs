//! What asking about a code comes to.

use std::sync::Arc;

use crate::cache::CachedLink;

/// What is known about a code.
#[derive(Clone, Debug)]
pub enum Found {
    /// It leads to this link.
    Link(Arc<CachedLink>),
    /// There is no such code.
    Absent,
    /// Nobody can say now.
    InDoubt,
}
