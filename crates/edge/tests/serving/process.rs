//! The program `suo-edge` as a process: its exit codes, its log, its life beside Redis.

use std::{net::SocketAddr, path::Path, process::Command, time::Duration};

use suo_link::{
    rev::{Generation, Position},
    wire::{
        changes::{Changes, Notice},
        names::{Bucket, Names},
    },
};
use suo_testkit::{
    FaultProxy, Program, Redis, Signal, free_port, redis_prefix, shared_redis, wait_until,
};
use tempfile::TempDir;

use super::{
    client::{Line, get},
    stage,
};

const PATIENCE: Duration = Duration::from_secs(20);

const EDGE: &str = env!("CARGO_BIN_EXE_suo-edge");

/// `suo-edge` on free ports with a folder of its own.
struct Process {
    address: SocketAddr,
    ops_address: SocketAddr,
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
    arguments: Vec<&'static str>,
}

impl Process {
    fn new() -> Self {
        let port = || ([127, 0, 0, 1], free_port()).into();
        Self {
            address: port(),
            ops_address: port(),
            folder: TempDir::new().unwrap(),
            settings: Vec::new(),
            arguments: Vec::new(),
        }
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((name, value.into()));
        self
    }

    fn argument(mut self, argument: &'static str) -> Self {
        self.arguments.push(argument);
        self
    }

    fn start(&self) -> Program {
        self.start_by(Command::new(EDGE))
    }

    fn start_by(&self, mut command: Command) -> Program {
        command
            .args(&self.arguments)
            .env("SUO_EDGE_LISTEN", self.address.to_string())
            .env("SUO_EDGE_OPS_LISTEN", self.ops_address.to_string())
            .env("SUO_DATA_DIR", self.folder.path())
            .env("SUO_EDGE_WORKERS", "2")
            // Nobody listens there.
            .env("SUO_REDIS_URL", "redis://:hunter2@127.0.0.1:1")
            .envs(self.settings.iter().map(|(name, value)| (*name, value)));
        Program::start(command)
    }

    fn serving(&self) -> Program {
        let program = self.start();
        program.wait_for_line(|line| line.contains("serving"));
        program
    }

    /// Runs until its end; the exit code and all it said.
    fn run(&self) -> (Option<i32>, String) {
        let program = self.start();
        let status = program.wait(PATIENCE);
        // The output is read by threads of its own.
        let said = wait_until("some output", PATIENCE, || {
            let said = program.lines().join("\n");
            if said.is_empty() {
                Err("silence")
            } else {
                Ok(said)
            }
        });
        (status.code(), said)
    }
}

#[test]
fn bad_settings_exit_64_and_name_the_variable() {
    for (name, value) in [
        ("SUO_EDGE_LISTEN", "nowhere"),
        ("SUO_CACHE_MB", "much"),
        ("SUO_ANY_HOST", "maybe"),
        ("SUO_REDIS_URL", ""),
        ("SUO_REDIS_URL", "http://hunter2"),
        ("SUO_LOG", "a=b=c"),
    ] {
        let (code, said) = Process::new().set(name, value).run();
        assert_eq!(code, Some(64), "{name}: {said}");
        assert!(said.contains(name), "{name}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn bad_arguments_exit_64_and_help_exits_0() {
    for (argument, expected) in [
        ("--no-such-flag", 64),
        ("surplus", 64),
        ("--cache-mb=x", 64),
        ("--help", 0),
        ("--version", 0),
    ] {
        let (code, said) = Process::new().argument(argument).run();
        assert_eq!(code, Some(expected), "{argument}: {said}");
    }
}

#[test]
fn a_failed_start_exits_1_with_a_clear_sentence() {
    let first = Process::new();
    let _running = first.serving();
    let second = Process::new().set("SUO_EDGE_LISTEN", first.address.to_string());
    let third = Process::new().set("SUO_DATA_DIR", text(first.folder.path()));
    let file = first.folder.path().join("edge.lock");
    let fourth = Process::new().set("SUO_DATA_DIR", text(&file));
    for (process, expected) in [
        (second, "in use by another program"),
        (third, "is in use by another process"),
        (fourth, "cannot write in the data folder"),
    ] {
        let (code, said) = process.run();
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn both_signals_drain_and_the_log_says_how_it_ended() {
    for signal in [Signal::TERM, Signal::INT] {
        let process = Process::new().set("SUO_CACHE_MBB", "1");
        let program = process.serving();
        program.signal(signal);
        assert_eq!(program.wait(PATIENCE).code(), Some(0));
        program.wait_for_line(|line| line.contains("all requests were answered"));
        let said = program.lines().join("\n");
        assert!(said.contains("SUO_CACHE_MBB is no setting"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
        assert_eq!(program.stdout(), [""; 0]);
    }
}

#[test]
fn running_out_of_files_passes() {
    let process = Process::new();
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 48 && exec \"$0\"", EDGE]);
    let program = process.start_by(shell);
    program.wait_for_line(|line| line.contains("serving"));
    let flood: Vec<_> = (0..60).map(|_| Line::open(process.address)).collect();
    program.wait_for_line(|line| line.contains("cannot accept connections"));
    drop(flood);
    assert_eq!(get(process.address, stage::HOST, "/a").status, 503);
}

#[test]
fn it_is_ready_when_redis_answers_and_stays_so_without_it() {
    let redis = shared_redis();
    let prefix = redis_prefix();
    publish_domains(redis, &Names::new(&prefix));
    let proxy = FaultProxy::start(redis.address());
    proxy.cut();
    let process = Process::new()
        .set("SUO_REDIS_URL", redis.url_through(proxy.address()))
        .set("SUO_REDIS_PREFIX", prefix);
    let _program = process.serving();
    let status = |path| get(process.ops_address, "ops", path).status;
    let unknown = || get(process.address, stage::HOST, "/unknown").status;
    assert_eq!(
        (status("/live"), status("/ready"), unknown()),
        (200, 503, 503)
    );

    proxy.restore();
    wait_until("the edge to be ready", PATIENCE, || {
        match status("/ready") {
            200 => Ok(()),
            other => Err(other),
        }
    });
    // The bucket of this code has no marker: whether there is such a code is not known.
    assert_eq!(unknown(), 503);
    let elsewhere = || get(process.address, "elsewhere.example", "/").status;
    assert_eq!(elsewhere(), 404);

    proxy.cut();
    wait_until("the edge to notice", PATIENCE, || match elsewhere() {
        503 => Ok(()),
        other => Err(other),
    });
    assert_eq!((status("/live"), status("/ready")), (200, 200));
}

/// What a relay does when the first domain is made.
fn publish_domains(redis: &Redis, names: &Names) {
    let position = Position {
        generation: Generation(1),
        seq: 1,
    };
    let changes = Changes::default();
    let notice = Notice { position, changes }.encode();
    let marker = names.marker(Bucket::DOMAINS);
    for (key, bytes) in [
        (names.domains(), stage::domains_record()),
        (marker, position.to_string().into_bytes()),
    ] {
        let script = format!("return redis.call('SET', KEYS[1], {})", lua_text(&bytes));
        redis.command(&["EVAL", &script, "1", &key]);
    }
    let add = format!(
        "return redis.call('XADD', KEYS[1], ARGV[1], 'n', {})",
        lua_text(&notice)
    );
    redis.command(&["EVAL", &add, "1", &names.stream(), &position.to_string()]);
}

/// An argument of a process cannot hold every byte, a Lua text can.
fn lua_text(bytes: &[u8]) -> String {
    let escapes: String = bytes.iter().map(|byte| format!("\\{byte:03}")).collect();
    format!("'{escapes}'")
}
