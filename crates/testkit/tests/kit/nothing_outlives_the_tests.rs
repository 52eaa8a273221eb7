//! A test process that dies takes its servers and their folders with it.

use std::env;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use suo_testkit::{Program, postgres, shared_redis, wait_until};

const LIMIT: Duration = Duration::from_secs(30);

/// Set for the test process that is going to die.
const VICTIM: &str = "KIT_VICTIM";

#[test]
fn servers_and_folders_go_even_after_sigkill() {
    let victim = Program::start(victim());
    let said = victim.wait_for_line(|line| line.starts_with("started "));
    let [_, postgres, redis, postgres_folder, redis_folder] =
        said.split(' ').collect::<Vec<_>>()[..]
    else {
        panic!("{said}");
    };
    assert!(Path::new(postgres_folder).exists() && Path::new(redis_folder).exists());
    victim.kill();
    for address in [postgres, redis] {
        let listens = || TcpStream::connect(address).is_ok();
        wait_until("a server's end", LIMIT, || not(listens(), address));
    }
    for folder in [postgres_folder, redis_folder] {
        let exists = || Path::new(folder).exists();
        wait_until("a folder's end", LIMIT, || not(exists(), folder));
    }
}

/// Not a test by itself: what the victim does when the test above runs this binary once more.
#[test]
fn the_victim_starts_servers_and_waits_for_its_end() {
    if env::var_os(VICTIM).is_none() {
        return;
    }
    let (postgres, redis) = (postgres(), shared_redis());
    let postgres_folder = postgres.sql("postgres", "SHOW data_directory");
    let redis_folder = redis.command(&["CONFIG", "GET", "dir"]);
    let redis_folder = redis_folder.lines().last().unwrap();
    let (postgres, redis) = (postgres.address(), redis.address());
    println!("\nstarted {postgres} {redis} {postgres_folder} {redis_folder}");
    loop {
        thread::park();
    }
}

fn victim() -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["the_victim_starts", "--nocapture"]);
    command.env(VICTIM, "1");
    command
}

fn not(there: bool, what: &str) -> Result<(), &str> {
    if there { Err(what) } else { Ok(()) }
}
