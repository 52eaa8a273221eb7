//! `suo` alone, in a folder of its own.

use std::{net::SocketAddr, path::PathBuf, process::Command, time::Duration};

use suo_testkit::{Program, Signal, built_program, free_port, wait_until};

use crate::{
    api::{Api, Visits},
    http::request,
};

/// How long a start may take on a busy machine.
pub const START: Duration = Duration::from_secs(60);

/// How long an end may take: the drain's ten seconds, and some.
pub const END: Duration = Duration::from_secs(20);

/// A folder and ports that stay the same over restarts.
pub struct Place {
    folder: tempfile::TempDir,
    ports: [u16; 3],
    key: String,
}

impl Place {
    /// A new folder and free ports.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            folder,
            ports: [free_port(), free_port(), free_port()],
            key: String::new(),
        }
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("suo-data")
    }

    /// The command line of `suo` in this place.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(built_program("suo"));
        command.current_dir(self.folder.path());
        let names = ["SUO_ADMIN_LISTEN", "SUO_EDGE_LISTEN", "SUO_EDGE_OPS_LISTEN"];
        for (name, port) in names.into_iter().zip(self.ports) {
            command.env(name, format!("127.0.0.1:{port}"));
        }
        command
    }

    /// Starts `suo` and waits until it is ready. The first start prints the key.
    #[must_use]
    pub fn start(&mut self) -> Running {
        self.start_with(|_| {})
    }

    /// The same with other settings.
    #[must_use]
    pub fn start_with(&mut self, change: impl FnOnce(&mut Command)) -> Running {
        let mut command = self.command();
        change(&mut command);
        let program = Program::start(command);
        let [admin, edge, operations] = self.ports.map(loopback);
        wait_until("suo is ready", START, || {
            match request(operations, "GET", "/ready", &[("host", "localhost")], &[]) {
                Ok(answer) if answer.status == 200 => Ok(()),
                _ if program.ended().is_some() => panic!("{:#?}", program.lines()),
                other => Err(format!("{other:?}")),
            }
        });
        if self.key.is_empty() {
            let line = program.wait_for_line(|line| line.contains("suo_"));
            let is_key = |word: &&str| word.starts_with("suo_");
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            self.key = words.into_iter().find(is_key).expect("a key").to_owned();
        }
        Running {
            api: Api {
                address: admin,
                key: self.key.clone(),
            },
            visits: Visits {
                address: edge,
                domain: edge.to_string(),
            },
            operations,
            program,
        }
    }
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

/// A `suo` that runs.
pub struct Running {
    /// Its admin.
    pub api: Api,
    /// Its edge.
    pub visits: Visits,
    /// `/live`, `/ready`, `/metrics`.
    pub operations: SocketAddr,
    /// The process.
    pub program: Program,
}

impl Running {
    /// Ctrl-C, and the end that it must come to.
    pub fn interrupt(self) {
        self.program.signal(Signal::INT);
        let status = self.program.wait(END);
        assert!(status.success(), "{status}: {:#?}", self.program.lines());
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Makes a database look as if a later version had migrated it.
pub fn pretend_newer(database: &std::path::Path) {
    let statement = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')";
    let status = Command::new("sqlite3")
        .arg(database)
        .arg(statement)
        .status()
        .expect("sqlite3");
    assert!(status.success());
}
