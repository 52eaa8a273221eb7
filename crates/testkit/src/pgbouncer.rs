//! Private PgBouncers.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::postgres::{ServerUser, USER};
use crate::program::{Program, Signal};
use crate::{Postgres, free_port};

const STOP_LIMIT: Duration = Duration::from_secs(30);

/// For how long a client gets a server session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolMode {
    /// Until it disconnects.
    Session,
    /// Until its transaction ends.
    Transaction,
}

/// A PgBouncer in front of a private server, on a free port of 127.0.0.1, ended on drop.
pub struct PgBouncer {
    port: u16,
    process: Program,
    // After the process, so that the folder goes when nobody writes in it any more.
    _folder: TempDir,
}

impl PgBouncer {
    /// In front of all databases of `server`, with at most `sessions` sessions in each. More
    /// settings as lines of its file, for instance `["server_round_robin = 1"]`.
    ///
    /// # Panics
    /// If Debian's package `pgbouncer` is missing or it does not start.
    pub fn start(server: &Postgres, mode: PoolMode, sessions: u32, settings: &[&str]) -> Self {
        let folder = TempDir::with_prefix("suo-pgbouncer-").expect("a temporary folder");
        let port = free_port();
        let file = folder.path().join("pgbouncer.ini");
        let mut text = configuration(server.address(), port, mode, sessions);
        settings
            .iter()
            .for_each(|line| text += &format!("{line}\n"));
        fs::write(&file, text).expect("a file in our own folder");
        let mut command = Command::new("/usr/sbin/pgbouncer");
        command.arg(&file).current_dir(folder.path());
        if let Some(user) = ServerUser::needed() {
            user.own(folder.path());
            user.own(&file);
            user.put_on(&mut command);
        }
        let process = Program::start_server(command, Signal::TERM, Some(folder.path()));
        process.wait_for_line(|line| line.contains("process up"));
        Self {
            port,
            process,
            _folder: folder,
        }
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// SIGKILL; all lines through it break.
    pub fn kill(&self) {
        self.process.signal(Signal::KILL);
        self.process.wait(STOP_LIMIT);
    }
}

fn configuration(server: SocketAddr, port: u16, mode: PoolMode, sessions: u32) -> String {
    let mode = match mode {
        PoolMode::Session => "session",
        PoolMode::Transaction => "transaction",
    };
    let (host, server) = (server.ip(), server.port());
    format!(
        "[databases]\n\
         * = host={host} port={server} user={USER}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         max_client_conn = 300\n\
         pool_mode = {mode}\n\
         default_pool_size = {sessions}\n"
    )
}
