use std::{fs, net::TcpListener, process::Command};

use e2e::{
    production::Instance,
    quick_start::{END, Place, START},
};
use suo_testkit::{Program, built_program};

/// Runs a program that must not start; its exit code and what it says.
fn fails(command: Command) -> (i32, String) {
    let program = Program::start(command);
    let status = program.wait(START);
    (
        status.code().expect("an exit code"),
        program.stderr().join("\n"),
    )
}

#[test]
fn a_port_in_use() {
    let place = Place::new();
    for setting in ["SUO_ADMIN_LISTEN", "SUO_EDGE_LISTEN", "SUO_EDGE_OPS_LISTEN"] {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = taken.local_addr().expect("an address").to_string();
        let mut command = place.command();
        command.env(setting, &address);
        let (code, said) = fails(command);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(&address) && said.contains(setting), "{said}");
    }
}

#[test]
fn two_processes_on_one_folder() {
    let mut place = Place::new();
    let running = place.start();
    let (code, said) = fails(place.command());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("suo-data"), "{said}");
    running.interrupt();
}

#[test]
fn a_data_folder_that_is_a_file() {
    let place = Place::new();
    fs::write(place.data(), "not a folder").expect("a file");
    let (code, said) = fails(place.command());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("suo-data"), "{said}");
}

#[test]
fn a_data_folder_of_a_newer_version() {
    let mut place = Place::new();
    place.start().interrupt();
    let database = fs::read_dir(place.data())
        .expect("the folder")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "db"))
        .expect("a database");
    e2e::quick_start::pretend_newer(&database);
    let (code, said) = fails(place.command());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("newer"), "{said}");
}

#[test]
fn settings_that_make_no_sense_name_the_variable() {
    let place = Place::new();
    for (setting, value) in [
        ("SUO_ADMIN_LISTEN", "here"),
        ("SUO_EDGE_LISTEN", "127.0.0.1:99999"),
        ("SUO_SHORT_URL", "ftp://example.com"),
        ("SUO_ALLOW_PRIVATE_TARGETS", "maybe"),
        ("SUO_CACHE_MB", "much"),
        ("SUO_TIME_ZONE", "Mars/Olympus_Mons"),
        ("SUO_EVENTS_DAYS", "31"),
    ] {
        let mut command = place.command();
        command.env(setting, value);
        let (code, said) = fails(command);
        assert_eq!(code, 64, "{said}");
        assert!(said.contains(setting), "{said}");
    }
    for name in ["suo", "suo-admin", "suo-edge"] {
        let mut command = Command::new(built_program(name));
        command.arg("--no-such-flag");
        assert_eq!(fails(command).0, 64, "{name}");
    }
}

#[test]
fn an_admin_on_an_unmigrated_database_names_the_command() {
    let instance = Instance::new();
    instance
        .database
        .sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    let mut command = Command::new(built_program("suo-admin"));
    command
        .arg("serve")
        .env("SUO_DATABASE_URL", instance.database.url())
        .env("SUO_REDIS_URL", instance.redis.url());
    let (code, said) = fails(command);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("suo-admin migrate"), "{said}");
}

#[test]
fn secrets_are_in_no_message() {
    for database in [
        "postgres://user:hunter2-hidden@127.0.0.1:1/none",
        "postgres://user:hunter2%zz-hidden@127.0.0.1:1/none",
        "postgres://user:hunter2/-hidden@127.0.0.1/none",
        "postgres://user:hunter2#@-hidden@127.0.0.1/none",
        "postgresql:/user:hunter2-hidden@127.0.0.1/none",
    ] {
        let mut command = Command::new(built_program("suo-admin"));
        command
            .arg("serve")
            .env("SUO_DATABASE_URL", database)
            .env("SUO_REDIS_URL", "redis://:hunter2-hidden@127.0.0.1:1");
        let program = Program::start(command);
        let status = program.wait(END);
        assert_eq!(status.code(), Some(1), "{database}");
        let said = program.lines().join("\n");
        assert!(
            !said.contains("hunter2") && !said.contains("hidden"),
            "{said}"
        );
    }
}
