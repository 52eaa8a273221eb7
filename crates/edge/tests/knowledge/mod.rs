//! What the edge knows, and how it stays true.

mod believing;
mod fake;
mod flights;
mod races;
mod staleness;
mod words;

#[cfg(feature = "redis")]
mod with_redis;
