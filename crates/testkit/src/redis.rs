//! Private Redis servers.

use std::fs;
use std::net::SocketAddr;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use crate::program::{Program, Signal};
use crate::{TlsFiles, free_port};

const STOP_LIMIT: Duration = Duration::from_secs(30);

/// A Redis server in a temporary folder, on a free port of 127.0.0.1, ended on drop.
///
/// No append-only file; a snapshot is written only by [`Redis::stop`].
pub struct Redis {
    port: u16,
    arguments: Vec<String>,
    tls: Option<TlsFiles>,
    process: Mutex<Option<Program>>,
    // After the process, so that the folder goes when nobody writes in it any more.
    folder: TempDir,
}

/// The server of this test binary; started by the first caller. Tests share it: each takes a
/// [`redis_prefix`], and one that stops it, counts its commands or flushes it takes its own.
pub fn shared_redis() -> &'static Redis {
    static SERVER: LazyLock<Redis> = LazyLock::new(Redis::start);
    &SERVER
}

/// A prefix for keys and channels that no other test has.
pub fn redis_prefix() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("test-{}-{number}", process::id())
}

impl Redis {
    /// A server of its own.
    ///
    /// # Panics
    /// If Debian's package `redis-server` is missing or the server does not start.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With more arguments for `redis-server`, for instance `["--requirepass", "secret"]`: such a
    /// password becomes part of [`Redis::url`].
    pub fn start_with(arguments: &[&str]) -> Self {
        Self::create(arguments, None)
    }

    /// Takes TLS only; [`Redis::tls`] has the CA to trust. More arguments as for
    /// [`Redis::start_with`].
    pub fn start_tls(arguments: &[&str]) -> Self {
        Self::create(arguments, Some(TlsFiles::new()))
    }

    /// `127.0.0.1:port`, for instance as the upstream of a [`crate::FaultProxy`].
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// `redis://…` or `rediss://…`, with the password if there is one.
    pub fn url(&self) -> String {
        self.url_through(self.address())
    }

    /// [`Redis::url`] by way of `address`, for instance of a [`crate::FaultProxy`].
    pub fn url_through(&self, address: SocketAddr) -> String {
        let scheme = if self.tls.is_some() {
            "rediss"
        } else {
            "redis"
        };
        match self.password() {
            Some(password) => format!("{scheme}://:{password}@{address}"),
            None => format!("{scheme}://{address}"),
        }
    }

    /// The certificates, if started by [`Redis::start_tls`].
    pub fn tls(&self) -> Option<&TlsFiles> {
        self.tls.as_ref()
    }

    /// Runs one command by `redis-cli` and returns the raw reply without its last line end.
    ///
    /// # Panics
    /// If redis-cli cannot reach the server, or the reply is an error.
    #[track_caller]
    pub fn command(&self, words: &[&str]) -> String {
        let mut cli = Command::new("redis-cli");
        cli.args(["-e", "-p", &self.port.to_string()]);
        if let Some(tls) = &self.tls {
            cli.arg("--tls").arg("--cacert").arg(tls.ca());
        }
        if let Some(password) = self.password() {
            cli.env("REDISCLI_AUTH", password);
        }
        let output = cli.args(words).output().expect("redis-cli runs");
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// SIGKILL: everything since the last [`Redis::stop`] is lost.
    pub fn kill(&self) {
        self.end(Signal::KILL);
    }

    /// SIGTERM: writes a snapshot and ends.
    pub fn stop(&self) {
        self.end(Signal::TERM);
    }

    /// Starts it on the same port with the data of the last [`Redis::stop`]; a running server is
    /// stopped first, so that nothing is lost.
    pub fn restart(&self) {
        self.stop();
        *self.process() = Some(self.serve());
    }

    /// Starts it on the same port without any data; a running server is killed first.
    pub fn restart_empty(&self) {
        self.kill();
        // There may be none.
        let _ = fs::remove_file(self.folder.path().join("dump.rdb"));
        *self.process() = Some(self.serve());
    }

    fn create(arguments: &[&str], tls: Option<TlsFiles>) -> Self {
        let server = Self {
            port: free_port(),
            arguments: arguments.iter().map(|text| String::from(*text)).collect(),
            tls,
            process: Mutex::new(None),
            folder: TempDir::with_prefix("suo-redis-").expect("a temporary folder"),
        };
        *server.process() = Some(server.serve());
        server
    }

    fn serve(&self) -> Program {
        require_redis();
        let mut command = Command::new("redis-server");
        command.current_dir(self.folder.path());
        command.args(["--bind", "127.0.0.1", "--daemonize", "no"]);
        // Save points exist, so SIGTERM saves; an hour is longer than any test.
        command.args(["--appendonly", "no", "--save", "3600 1"]);
        self.listen(&mut command);
        command.args(&self.arguments);
        let server = Program::start_server(command, Signal::KILL, Some(self.folder.path()));
        server.wait_for_line(|line| line.contains("Ready to accept connections"));
        server
    }

    fn listen(&self, command: &mut Command) {
        let port = self.port.to_string();
        let Some(tls) = &self.tls else {
            command.args(["--port", &port]);
            return;
        };
        command.args(["--port", "0", "--tls-port", &port]);
        command.args(["--tls-auth-clients", "no"]);
        command.arg("--tls-ca-cert-file").arg(tls.ca());
        command.arg("--tls-cert-file").arg(tls.certificate());
        command.arg("--tls-key-file").arg(tls.key());
    }

    fn password(&self) -> Option<&str> {
        let mut arguments = self.arguments.iter();
        arguments.find(|argument| *argument == "--requirepass")?;
        arguments.next().map(String::as_str)
    }

    fn end(&self, signal: Signal) {
        if let Some(process) = self.process().take() {
            process.signal(signal);
            process.wait(STOP_LIMIT);
        }
    }

    fn process(&self) -> MutexGuard<'_, Option<Program>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.process().take();
    }
}

fn require_redis() {
    let found = Command::new("redis-server").arg("--version").output();
    found.expect(
        "Redis is missing: install Debian's package `redis-server` \
         (`cargo xtask test` does so when it runs as root)",
    );
}
