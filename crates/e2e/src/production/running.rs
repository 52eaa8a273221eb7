//! Programs that run, and that can be ended and started again where they were.

use std::{net::SocketAddr, process::Command};

use suo_testkit::{Program, wait_until};

use crate::{
    api::{Api, Visits},
    http::request,
    metrics::metric,
    quick_start::START,
};

/// An admin that runs.
pub struct Admin {
    /// Its API.
    pub api: Api,
    /// The process.
    pub program: Program,
    pub(super) command: Command,
}

/// An edge that runs.
pub struct Edge {
    /// What visitors see.
    pub visits: Visits,
    /// `/live`, `/ready`, `/metrics`.
    pub operations: SocketAddr,
    /// The process.
    pub program: Program,
    pub(super) command: Command,
}

impl Admin {
    /// Starts it again, with the same settings on the same port, and waits until it answers; it
    /// must have ended. As often as it takes, as a service manager does: an admin that starts
    /// without its database ends.
    pub fn start_again(&mut self) {
        wait_until("the admin answers again", START, || {
            if self.program.ended().is_some() {
                self.program = Program::start(copy(&self.command));
            }
            ask(self.api.address, "/health")
        });
    }

    /// Waits until it answers.
    pub(super) fn wait(&self) {
        wait_until("the admin answers", START, || {
            healthy(self.api.address, &self.program, "/health")
        });
    }
}

impl Edge {
    /// Starts it again, with the same settings, folder and ports; it must have ended.
    pub fn start_again(&mut self) {
        self.program = Program::start(copy(&self.command));
    }

    /// Waits until it is ready.
    pub fn wait(&self) {
        wait_until("the edge is ready", START, || {
            healthy(self.operations, &self.program, "/ready")
        });
    }

    /// The value of a metric; the sum over its labels.
    #[must_use]
    pub fn metric(&self, name: &str) -> f64 {
        metric(self.operations, name)
    }
}

/// The same program, arguments, settings and folder.
pub(super) fn copy(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args());
    copy.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    if let Some(folder) = command.get_current_dir() {
        copy.current_dir(folder);
    }
    copy
}

fn healthy(address: SocketAddr, program: &Program, path: &str) -> Result<(), String> {
    match ask(address, path) {
        Err(_) if program.ended().is_some() => panic!("it ended: {:#?}", program.lines()),
        answer => answer,
    }
}

fn ask(address: SocketAddr, path: &str) -> Result<(), String> {
    match request(address, "GET", path, &[("host", "localhost")], &[]) {
        Ok(answer) if answer.status == 200 => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
