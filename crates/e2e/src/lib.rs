//! Starts the real programs and talks to them as people do.
//!
//! [`quick_start`]: `suo` alone. [`production`]: several admins and edges on Postgres and
//! Redis. [`http`]: an HTTP client that changes nothing it sends or receives; [`keep_alive`]:
//! the same over a connection that stays open. [`metrics`]: what an edge says about itself;
//! [`process`]: what the system says of a process.
//! [`on_cluster`]: production on a Redis Cluster. [`clock`]: another time of day for one program.
//! [`both_modes`]: the same test in both; [`browser`]: a real one that looks at pages.
//! [`browser`] and [`looks`]: pages as people see them; [`camera`]: what a camera sees.
//! [`seen`]: waiting until edges show something; [`projection`]: until Redis is whole.
//! [`traffic`]: visits and edits while Redis or a line fails; [`edits`]: edits through several
//! admins, one of which fails. [`visitors`]: visits that are to be counted;
//! [`crowd`]: people who use a link up. [`torture`]: all of it under many faults, with a judge.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests and measurements use this crate, and they must fail loudly"
)]

pub mod api;
pub mod both_modes;
pub mod browser;
pub mod camera;
pub mod clock;
pub mod crowd;
pub mod edits;
pub mod front_page;
pub mod http;
pub mod keep_alive;
pub mod looks;
pub mod metrics;
pub mod on_cluster;
pub mod process;
pub mod production;
pub mod projection;
pub mod quick_start;
pub mod seen;
pub mod torture;
pub mod traffic;
pub mod visitors;
