//! The knowledge side over a real Redis.

mod admins;
mod feed;
mod lost_redis;
mod projection;
mod relay;
mod stage;
