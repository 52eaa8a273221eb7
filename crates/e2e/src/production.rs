//! Several admins and edges on a database and a Redis of their own.

mod running;

use std::{net::SocketAddr, path::PathBuf, process::Command, time::Duration};

pub use running::{Admin, Edge};
use suo_testkit::{
    FaultProxy, Postgres, Program, Redis, TestDatabase, built_program, free_port, postgres_with_tls,
};

use crate::{
    api::{Api, Visits},
    quick_start::START,
};

/// The domain of every production in the tests.
pub const DOMAIN: &str = "s.example.com";

const KEY: &str = "e2e_key_0123456789abcdefghijklmnopqrstuvwxyz";
/// What edges show to admins.
pub const TOKEN: &str = "e2e_internal_token";

/// What all programs of one instance share.
pub struct Instance {
    /// The database.
    pub database: TestDatabase,
    /// The Redis.
    pub redis: Redis,
    folder: tempfile::TempDir,
    tls: Option<Tls>,
}

/// A Postgres that speaks TLS only to those who check it, and where the authorities are.
struct Tls {
    server: Postgres,
    database_url: String,
    redis_authority: PathBuf,
}

impl Instance {
    /// An empty database, migrated, and an empty Redis.
    #[must_use]
    pub fn new() -> Self {
        Self::on(TestDatabase::new(), Redis::start(), None)
    }

    /// The same on a Postgres of the caller's, who ends it afterwards.
    #[must_use]
    pub fn on_server(server: &Postgres) -> Self {
        Self::on(TestDatabase::on(server), Redis::start(), None)
    }

    /// The same with TLS and a password everywhere.
    #[must_use]
    pub fn with_tls() -> Self {
        let server = postgres_with_tls();
        let database = TestDatabase::on(&server);
        let redis = Redis::start_tls(&["--requirepass", "a+password"]);
        let authority = server.tls().expect("TLS").ca();
        let joint = if database.url().contains('?') {
            '&'
        } else {
            '?'
        };
        let database_url = format!(
            "{}{joint}sslmode=verify-full&sslrootcert={}",
            database.url(),
            authority.display()
        );
        let redis_authority = redis.tls().expect("TLS").ca();
        Self::on(
            database,
            redis,
            Some(Tls {
                server,
                database_url,
                redis_authority,
            }),
        )
    }

    /// How many lines to Postgres are encrypted; `None` without TLS.
    #[must_use]
    pub fn encrypted_lines(&self) -> Option<usize> {
        let tls = self.tls.as_ref()?;
        let count = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE ssl AND datname = current_database()";
        tls.server
            .sql(self.database.name(), count)
            .trim()
            .parse()
            .ok()
    }

    fn on(database: TestDatabase, redis: Redis, tls: Option<Tls>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let instance = Self {
            database,
            redis,
            folder,
            tls,
        };
        instance.run("migrate");
        instance
    }

    /// Runs `suo-admin` with a command that ends by itself, and expects it to succeed.
    pub fn run(&self, command: &str) {
        let (status, said) = self.try_run(|admin| _ = admin.args(command.split(' ')));
        assert_eq!(status, Some(0), "{command}: {said}");
    }

    /// Runs `suo-admin` until it ends by itself: its exit code, and what it said.
    pub fn try_run(&self, change: impl FnOnce(&mut Command)) -> (Option<i32>, String) {
        let mut admin = self.program("suo-admin");
        change(&mut admin);
        let program = Program::start(admin);
        let status = program.wait(START);
        (status.code(), program.lines().join("\n"))
    }

    /// Starts an admin and waits until it answers.
    #[must_use]
    pub fn admin(&self) -> Admin {
        self.admin_with(|_| {})
    }

    /// Starts an admin with other settings.
    #[must_use]
    pub fn admin_with(&self, change: impl FnOnce(&mut Command)) -> Admin {
        self.admin_at(SocketAddr::from(([127, 0, 0, 1], free_port())), change)
    }

    /// Starts an admin with other settings where edges expect one.
    #[must_use]
    pub fn admin_at(&self, address: SocketAddr, change: impl FnOnce(&mut Command)) -> Admin {
        let mut command = self.program("suo-admin");
        command
            .arg("serve")
            .env("SUO_ADMIN_LISTEN", address.to_string());
        change(&mut command);
        let admin = Admin {
            api: Api {
                address,
                key: KEY.into(),
            },
            program: Program::start(running::copy(&command)),
            command,
        };
        admin.wait();
        admin
    }

    /// Starts an edge that can ask these admins, and waits until it is ready.
    #[must_use]
    pub fn edge(&self, admins: &[&Admin]) -> Edge {
        self.edge_through(admins, None)
    }

    /// Starts an edge that reaches Redis through a proxy, and waits until it is ready.
    #[must_use]
    pub fn edge_through(&self, admins: &[&Admin], redis: Option<&FaultProxy>) -> Edge {
        self.edge_with(admins, |command| self.reach_redis_by(command, redis))
    }

    /// Starts an edge with other settings, and waits until it is ready.
    #[must_use]
    pub fn edge_with(&self, admins: &[&Admin], change: impl FnOnce(&mut Command)) -> Edge {
        let edge = self.start_edge_with(admins, change);
        edge.wait();
        edge
    }

    /// Starts an edge and does not wait.
    #[must_use]
    pub fn start_edge(&self, admins: &[&Admin], redis: Option<&FaultProxy>) -> Edge {
        self.start_edge_with(admins, |command| self.reach_redis_by(command, redis))
    }

    fn reach_redis_by(&self, command: &mut Command, redis: Option<&FaultProxy>) {
        if let Some(proxy) = redis {
            command.env("SUO_REDIS_URL", self.redis.url_through(proxy.address()));
        }
    }

    /// Starts an edge with other settings and does not wait.
    #[must_use]
    pub fn start_edge_with(&self, admins: &[&Admin], change: impl FnOnce(&mut Command)) -> Edge {
        let [address, operations] =
            [free_port(), free_port()].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let urls: Vec<_> = admins
            .iter()
            .map(|admin| format!("http://{}", admin.api.address))
            .collect();
        let mut command = self.program("suo-edge");
        command
            .env("SUO_EDGE_LISTEN", address.to_string())
            .env("SUO_EDGE_OPS_LISTEN", operations.to_string())
            .env("SUO_EDGE_WORKERS", "1")
            .env(
                "SUO_DATA_DIR",
                self.folder.path().join(address.port().to_string()),
            )
            .env("SUO_ADMIN_INTERNAL_URL", urls.join(","));
        change(&mut command);
        Edge {
            visits: Visits {
                address,
                domain: DOMAIN.into(),
            },
            operations,
            program: Program::start(running::copy(&command)),
            command,
        }
    }

    /// One of the programs with the settings of this instance, not started.
    #[must_use]
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(built_program(name));
        command
            .current_dir(self.folder.path())
            .env("SUO_DATABASE_URL", self.database.url())
            .env("SUO_REDIS_URL", self.redis.url())
            .env("SUO_SHORT_URL", format!("https://{DOMAIN}"))
            .env("SUO_INTERNAL_TOKEN", TOKEN)
            .env("SUO_BOOTSTRAP_API_KEY", KEY);
        if let Some(tls) = &self.tls {
            command
                .env("SUO_DATABASE_URL", &tls.database_url)
                .env("SSL_CERT_FILE", &tls.redis_authority);
        }
        command
    }
}

impl Default for Instance {
    fn default() -> Self {
        Self::new()
    }
}

/// How long an edit may take to be seen on a busy machine before a test gives up.
pub const SEEN: Duration = Duration::from_secs(10);
