//! Writes links and serves the API.
//!
//! [`routes`] shows every URL; [`api`] has one file an endpoint. [`store`] keeps links in
//! Postgres or SQLite, [`relay`] publishes what was committed through [`announce`], and
//! [`clicks`] counts what edges have shipped, and
//! [`internal`] is what edges ask when Redis can't be believed.

pub mod announce;
pub mod api;
pub mod auth;
mod background;
pub mod clicks;
pub mod clock;
mod csv;
pub mod front;
pub mod internal;
pub mod live;
mod password;
pub mod pictures;
pub mod policy_text;
pub mod problem;
pub mod random;
pub mod relay;
pub mod routes;
pub mod server;
pub mod settings;
pub mod start;
pub mod state;
pub mod store;
pub mod time;
pub mod token;
