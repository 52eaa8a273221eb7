//! Private servers, real programs, broken lines and waiting, for tests.
//!
//! Everything here fails loudly: a test kit that returns errors only makes tests longer.
//! Nothing outlives the test process, not even after a panic or a SIGKILL: a small guard
//! process notices that it has ended, ends the servers and removes their folders.
//!
//! | for | take |
//! |---|---|
//! | a fresh Postgres database per test | [`TestDatabase::new`] (one server per test binary: [`postgres`]) |
//! | a Postgres to crash, restart, or reach by TLS | [`Postgres::start`] with a [`Profile`], [`postgres_with_tls`] |
//! | a pooler in front of such a Postgres | [`PgBouncer::start`] with a [`PoolMode`] |
//! | a place in a Redis shared by the test binary | [`shared_redis`] with a [`redis_prefix`] per test |
//! | a Redis to kill, empty, or lock with password and TLS | [`Redis::start`], [`Redis::start_with`], [`Redis::start_tls`] |
//! | Redis Cluster: nodes to kill and empty, slots to move | [`RedisCluster::start`] |
//! | a line that is cut, slow or half-open | [`FaultProxy`] |
//! | one of our programs as a process | [`Program`] with [`built_program`] |
//! | something that will soon be true | [`wait_until`], [`wait_until_async`] |
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests use this crate, and they must fail loudly"
)]

mod database;
mod fault_proxy;
mod guard;
mod output;
mod pgbouncer;
mod port;
mod postgres;
mod program;
mod redis;
mod redis_cluster;
mod tls;
mod wait;

pub use database::{Dump, TestDatabase};
pub use fault_proxy::{FaultProxy, Tripwire};
pub use pgbouncer::{PgBouncer, PoolMode};
pub use port::free_port;
pub use postgres::{Frozen, Postgres, Profile, postgres, postgres_with_tls};
pub use program::{Program, Signal, built_program};
pub use redis::{Redis, redis_prefix, shared_redis};
pub use redis_cluster::RedisCluster;
pub use tls::TlsFiles;
pub use wait::{wait_until, wait_until_async};
