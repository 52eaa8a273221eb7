//! Private Postgres servers.

use std::env;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use tempfile::TempDir;

use crate::program::{Program, Signal};
use crate::{TlsFiles, free_port, wait_until};

/// Where Debian keeps the server's programs, one folder per version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The superuser of every private server; no password.
pub(crate) const USER: &str = "suo";

/// Recovery syncs every file of the server, which takes a busy disk its time.
const START_LIMIT: Duration = Duration::from_secs(180);

const STOP_LIMIT: Duration = Duration::from_secs(30);

/// What a server promises about a crash of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `fsync=off`: quick, and right after a crash of the server, but not of the machine.
    Fast,
    /// The server's own defaults.
    Durable,
}

/// A Postgres server in a temporary folder, on a free port of 127.0.0.1, ended on drop.
pub struct Postgres {
    port: u16,
    user: Option<ServerUser>,
    profile: Profile,
    tls: Option<TlsFiles>,
    process: Mutex<Option<Program>>,
    // After the process, so that the folder goes when nobody writes in it any more.
    folder: TempDir,
}

/// The server of this test binary, [`Profile::Fast`]; started by the first caller.
pub fn postgres() -> &'static Postgres {
    static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start(Profile::Fast));
    &SERVER
}

/// A server of its own that also takes TLS; [`Postgres::tls`] has the CA to trust.
pub fn postgres_with_tls() -> Postgres {
    Postgres::create(Profile::Fast, Some(TlsFiles::new()))
}

impl Postgres {
    /// A server of its own, for tests that stop or crash it.
    ///
    /// # Panics
    /// If Debian's package `postgresql` is missing or the server does not start.
    pub fn start(profile: Profile) -> Self {
        Self::create(profile, None)
    }

    /// `127.0.0.1:port`, for instance as the upstream of a [`crate::FaultProxy`].
    pub fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// The URL of `database` on this server; `postgres` always exists.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// The certificates, if started by [`postgres_with_tls`]. Clients name them in the URL:
    /// `?sslmode=verify-full&sslrootcert=<tls.ca()>`.
    pub fn tls(&self) -> Option<&TlsFiles> {
        self.tls.as_ref()
    }

    /// Runs one statement by `psql` and returns its rows, columns separated by `|`.
    ///
    /// # Panics
    /// If the statement fails.
    #[track_caller]
    pub fn sql(&self, database: &str, statement: &str) -> String {
        psql(&self.url(database), statement)
    }

    /// Ends it in order (`SIGINT`, "fast"): open transactions are rolled back.
    pub fn stop(&self) {
        self.end(Signal::INT);
    }

    /// Ends it without a checkpoint (`SIGQUIT`, "immediate"): the next start recovers from its log.
    pub fn crash(&self) {
        self.end(Signal::QUIT);
    }

    /// Kills all its processes (`SIGKILL`); a server that does not run stays as it is.
    ///
    /// # Panics
    /// If they do not end.
    pub fn kill(&self) {
        let Some(server) = self.process().take() else {
            return;
        };
        let pid = server.pid().cast_signed();
        // So that it starts no others meanwhile, and does not begin to recover.
        send(pid, Signal::STOP);
        let children = children_of(pid);
        children.iter().for_each(|child| send(*child, Signal::KILL));
        server.kill();
        // The next one refuses to start while any of them has the memory that they shared.
        wait_until("its processes are gone", STOP_LIMIT, || {
            let alive = children.iter().find(|child| is_alive(**child));
            alive.map_or(Ok(()), |child| Err(child.to_string()))
        });
    }

    /// Starts it again with the same data on the same port; a running server is stopped first.
    pub fn restart(&self) {
        self.stop();
        *self.process() = Some(self.serve());
    }

    /// Stops all its processes (`SIGSTOP`) until the guard is dropped: lines stay up, the kernel
    /// goes on to take bytes, nobody answers.
    ///
    /// # Panics
    /// If it does not run.
    pub fn freeze(&self) -> Frozen {
        let server = self.process().as_ref().map(Program::pid);
        let server = server.expect("a server that runs").cast_signed();
        let mut processes = vec![server];
        send(server, Signal::STOP);
        // It starts no others from now on.
        let children = children_of(server);
        children.iter().for_each(|child| send(*child, Signal::STOP));
        processes.extend(children);
        Frozen { processes }
    }

    fn create(profile: Profile, tls: Option<TlsFiles>) -> Self {
        let user = ServerUser::needed();
        let folder = TempDir::with_prefix("suo-postgres-").expect("a temporary folder");
        let server = Self {
            port: free_port(),
            user,
            profile,
            tls,
            process: Mutex::new(None),
            folder,
        };
        server.prepare();
        *server.process() = Some(server.serve());
        server
    }

    fn prepare(&self) {
        if let Some(user) = self.user {
            user.own(self.folder.path());
            self.tls.iter().for_each(|tls| user.own(&tls.key()));
        }
        let output = self
            .command("initdb")
            .args(["--username", USER, "--auth", "trust"])
            .args(["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"])
            .output()
            .expect("initdb runs");
        assert!(output.status.success(), "initdb failed: {output:?}");
    }

    fn serve(&self) -> Program {
        let mut command = self.command("postgres");
        command.arg("-p").arg(self.port.to_string());
        for setting in self.settings() {
            command.arg("-c").arg(setting);
        }
        let server = Program::start_server(command, Signal::QUIT, Some(self.folder.path()));
        let is_ready = |line: &str| line.contains("ready to accept connections");
        server.wait_for_line_within(START_LIMIT, is_ready);
        server
    }

    fn settings(&self) -> Vec<String> {
        let mut settings = vec![
            String::from("listen_addresses=127.0.0.1"),
            String::from("unix_socket_directories="),
            String::from("max_connections=300"),
            String::from("timezone=UTC"),
        ];
        if self.profile == Profile::Fast {
            settings.extend(["fsync=off", "full_page_writes=off"].map(String::from));
        }
        if let Some(tls) = &self.tls {
            settings.push(String::from("ssl=on"));
            settings.push(format!("ssl_cert_file={}", tls.certificate().display()));
            settings.push(format!("ssl_key_file={}", tls.key().display()));
        }
        settings
    }

    /// A server program, working on our data as the right user.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(programs().join(program));
        command.current_dir(self.folder.path());
        command.arg("-D").arg(self.folder.path().join("data"));
        command.env("LC_MESSAGES", "C");
        if let Some(user) = self.user {
            user.put_on(&mut command);
        }
        command
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

impl Drop for Postgres {
    fn drop(&mut self) {
        self.process().take();
    }
}

/// A server that is stopped; dropped, it goes on.
#[must_use]
pub struct Frozen {
    processes: Vec<i32>,
}

impl Drop for Frozen {
    fn drop(&mut self) {
        // Its sessions first: the server itself may find some of them gone.
        for process in self.processes.iter().rev() {
            send(*process, Signal::CONT);
        }
    }
}

fn send(process: i32, signal: Signal) {
    let pid = Pid::from_raw(process).expect("a process has an id");
    // A session may have ended meanwhile.
    let _ = kill_process(pid, signal);
}

/// The processes whose parent is `parent`: one for each session, and a few of upkeep.
fn children_of(parent: i32) -> Vec<i32> {
    let entries = fs::read_dir("/proc").expect("Linux has /proc");
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter(|id| parent_of(*id) == Some(parent)).collect()
}

/// Whether there is such a process, and more of it than what its parent has to be told.
fn is_alive(process: i32) -> bool {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = text
        .rsplit_once(") ")
        .map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}

/// `pid (name) state parent …`; the name may hold anything but ends at the last parenthesis.
fn parent_of(process: i32) -> Option<i32> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// Whom the server runs as when we are root, which Postgres refuses.
#[derive(Clone, Copy)]
pub(crate) struct ServerUser {
    uid: u32,
    gid: u32,
}

impl ServerUser {
    pub(crate) fn needed() -> Option<Self> {
        let own = fs::metadata("/proc/self").expect("Linux has /proc").uid();
        (own == 0).then(|| Self {
            uid: id("-u"),
            gid: id("-g"),
        })
    }

    pub(crate) fn own(self, path: &Path) {
        chown(path, Some(self.uid), Some(self.gid)).expect("root may give files away");
    }

    pub(crate) fn put_on(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

/// The numeric id of Debian's user `postgres`, which its package makes.
fn id(kind: &str) -> u32 {
    let output = Command::new("id").args([kind, "postgres"]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let id = text.ok().and_then(|text| text.trim().parse().ok());
    id.expect("a user `postgres`: Postgres refuses to run as root")
}

/// One statement by `psql`; panics if it fails.
#[track_caller]
pub(crate) fn psql(url: &str, statement: &str) -> String {
    try_psql(url, statement).unwrap_or_else(|said| panic!("{statement}: {said}"))
}

/// One statement by `psql`; `Err` is what psql said on stderr.
pub(crate) fn try_psql(url: &str, statement: &str) -> Result<String, String> {
    let output = Command::new(programs().join("psql"))
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set", "ON_ERROR_STOP=1", "--dbname", url])
        .args(["--command", statement])
        .output()
        .expect("psql runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

/// Everything in a database, as statements for `psql`.
pub(crate) fn dump(url: &str) -> Vec<u8> {
    let output = Command::new(programs().join("pg_dump"))
        .args(["--no-owner", "--dbname", url])
        .output()
        .expect("pg_dump runs");
    assert!(output.status.success(), "pg_dump failed: {output:?}");
    output.stdout
}

/// Runs the statements of a dump in an empty database.
pub(crate) fn restore(url: &str, dump: &Path) {
    let output = Command::new(programs().join("psql"))
        .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"])
        .args(["--single-transaction", "--dbname", url, "--file"])
        .arg(dump)
        .output()
        .expect("psql runs");
    assert!(output.status.success(), "the dump is not taken: {output:?}");
}

/// The folder that holds `initdb`, `postgres` and `psql`: Debian's newest, else one of PATH.
fn programs() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        newest_of_debian().or_else(in_path).expect(
            "Postgres is missing: install Debian's package `postgresql` \
             (`cargo xtask test` does so when it runs as root)",
        )
    });
    &FOLDER
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).ok()?.filter_map(Result::ok);
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(version)?;
    Some(newest.join("bin"))
}

fn in_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find(|folder| folder.join("initdb").exists())
}
