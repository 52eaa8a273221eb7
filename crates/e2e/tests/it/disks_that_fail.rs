use std::{
    fs::{create_dir, remove_file},
    os::unix::fs::symlink,
    path::Path,
    process::Command,
    time::Duration,
};

use e2e::{
    api::text,
    production::{Admin, Edge, Instance},
    visitors::{Visitors, counted},
};
use serde_json::{Value, json};
use suo_testkit::wait_until;

const PATIENCE: Duration = Duration::from_secs(60);

/// Where nobody can make a file, not even root.
const UNWRITABLE: &str = "/proc/self";

fn link(admin: &Admin) -> Value {
    let link = json!({ "target": "https://example.com", "code": "c" });
    admin.api.create(&link)
}

fn visitors(edge: &Edge, link: &Value) -> Visitors {
    Visitors::of(&[edge], &[text(link, "code").to_owned()])
}

/// Visitors until so many have followed the link; how many of them were counted, by class.
fn follow(edge: &Edge, link: &Value, count: u64) -> u64 {
    let visitors = visitors(edge, link);
    wait_until("visitors are sent on", PATIENCE, || {
        match visitors.followed() {
            enough if enough >= count => Ok(()),
            fewer => Err(fewer),
        }
    });
    let (seen, unanswered) = visitors.finish();
    assert_eq!(unanswered, 0, "no answer is lost");
    seen.values().sum()
}

fn dropped(edge: &Edge) -> u64 {
    edge.metric("suo_edge_clicks_dropped_total") as u64
}

/// Visitors who come while nothing can be kept are sent on, and told to be dropped; those who come
/// when `mend` is done are counted.
fn drops_and_comes_back(instance: &Instance, admin: &Admin, edge: &Edge, mend: impl FnOnce()) {
    let link = link(admin);
    let lost = follow(edge, &link, 100);
    wait_until("what is dropped is said", PATIENCE, || {
        match dropped(edge) {
            dropped if dropped == lost => Ok(()),
            other => Err(format!("{other} of {lost}")),
        }
    });
    mend();
    let counted = || -> u64 {
        let counted = counted(&admin.api, std::slice::from_ref(&link));
        counted.values().sum()
    };
    let mut followed = lost;
    wait_until("clicks are counted again", PATIENCE, || {
        followed += follow(edge, &link, 10);
        (counted() > 0).then_some(()).ok_or(followed)
    });
    followed += follow(edge, &link, 50);
    let dropped = wait_until("each is counted or dropped", PATIENCE, || {
        match (counted(), dropped(edge)) {
            (counted, dropped) if counted + dropped == followed => Ok(dropped),
            other => Err(format!("{other:?} of {followed}")),
        }
    });
    wait_until("the audit tells what was lost", PATIENCE, || {
        let (code, said) = instance.try_run(|admin| _ = admin.arg("audit"));
        let lost = format!("dropped        {dropped} answers");
        (code == Some(0) && said.contains(&lost))
            .then_some(())
            .ok_or(said)
    });
}

#[test]
fn a_folder_that_cannot_be_written_fails_no_redirect_and_says_what_is_lost() {
    let instance = Instance::new();
    let admin = instance.admin();
    let folder = tempfile::tempdir().expect("a folder");
    let clicks = folder.path().join("clicks");
    symlink(UNWRITABLE, &clicks).expect("a link");
    let edge = instance.edge_with(&[&admin], |edge| {
        _ = edge.env("SUO_DATA_DIR", folder.path())
    });
    drops_and_comes_back(&instance, &admin, &edge, || {
        remove_file(&clicks).expect("a link");
        create_dir(&clicks).expect("a folder");
    });
}

/// A limit for the size of files says no to the allocation as a full disk does.
#[test]
fn a_full_disk_fails_no_redirect_and_says_what_is_lost() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edge = instance.edge_with(&[&admin], |edge| {
        let program = edge.get_program().to_owned();
        *edge = limited(edge, Path::new(&program));
    });
    let pid = edge.program.pid();
    drops_and_comes_back(&instance, &admin, &edge, || {
        let mut lift = Command::new("prlimit");
        lift.args(["--fsize=unlimited", "--pid", &pid.to_string()]);
        assert!(lift.status().expect("prlimit runs").success());
    });
}

/// The same program, with files of 64 blocks at most. Who goes beyond is told so, and not ended.
fn limited(edge: &Command, program: &Path) -> Command {
    let mut shell = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -S -f 64; exec \"$0\"";
    shell.args(["-c", script]).arg(program);
    for (name, value) in edge.get_envs() {
        value.iter().for_each(|value| _ = shell.env(name, value));
    }
    edge.get_current_dir()
        .map(|folder| shell.current_dir(folder));
    shell
}
