use std::time::Duration;

use e2e::{
    api::text,
    clock,
    production::{Admin, Edge, Instance, SEEN},
    seen::{seen, seen_by},
};
use serde_json::{Value, json};
use suo_testkit::{FaultProxy, Program, wait_until};

/// 02:30 in Berlin for the first and for the second time in the night of 2026-10-25.
const FIRST_HALF_PAST_TWO: &str = "2026-10-25 00:30:00";
const SECOND_HALF_PAST_TWO: &str = "2026-10-25 01:30:00";

/// A moment by the database's clock, so much later or earlier than now.
fn moment(instance: &Instance, interval: &str) -> String {
    let format = r#"YYYY-MM-DD"T"HH24:MI:SS.MS"Z""#;
    let moment = format!("(now() + interval '{interval}') AT TIME ZONE 'UTC'");
    let shown = instance
        .database
        .sql(&format!("SELECT to_char({moment}, '{format}')"));
    shown.trim().to_owned()
}

fn create(admin: &Admin, code: &str, times: &Value) -> Value {
    let mut link = json!({ "target": format!("https://example.com/{code}"), "code": code });
    for (name, time) in times.as_object().into_iter().flatten() {
        link[name] = time.clone();
    }
    admin.api.create(&link)
}

fn at_home(code: &str) -> String {
    format!("https://example.com/{code}")
}

#[test]
fn edges_ten_seconds_off_hear_as_well_as_others_and_start_and_end_links_by_their_own_clock() {
    let instance = Instance::new();
    let admin = instance.admin();
    let proxies = ["+10s", "-10s"].map(|_| FaultProxy::start(instance.redis.address()));
    let edge = |(offset, proxy): (&str, &FaultProxy)| {
        instance.edge_with(&[&admin], |command| {
            clock::set(command, offset);
            command.env("SUO_REDIS_URL", instance.redis.url_through(proxy.address()));
        })
    };
    let edges = ["+10s", "-10s"].into_iter().zip(&proxies).map(edge);
    let edges: Vec<Edge> = edges.collect();
    let link = create(&admin, "x", &json!({}));
    let _ = create(
        &admin,
        "ends",
        &json!({ "expires_at": moment(&instance, "9 s") }),
    );
    let _ = create(
        &admin,
        "starts",
        &json!({ "starts_at": moment(&instance, "9 s") }),
    );
    let shown = |edge: &Edge| [edge.visits.follow("ends"), edge.visits.follow("starts")];
    assert_eq!(shown(&edges[0]), ["410".to_owned(), at_home("starts")]);
    // For 19 s from here on.
    assert_eq!(shown(&edges[1]), [at_home("ends"), "404".to_owned()]);

    seen(&edges, "x", &at_home("x"));
    let misses: Vec<f64> = edges.iter().map(misses).collect();
    for round in 0..20 {
        let target = format!("https://example.com/edited/{round}");
        admin.api.retarget(&link, &target);
        seen(&edges, "x", &target);
    }
    for (edge, misses) in edges.iter().zip(misses) {
        assert_eq!(edge.metric("suo_edge_cache_misses_total"), misses);
        hears(edge);
    }
    proxies.iter().for_each(FaultProxy::hold);
    admin.api.retarget(&link, "https://example.com/unheard");
    seen(&edges, "x", "https://example.com/unheard");
    proxies.iter().for_each(FaultProxy::release);
    edges.iter().for_each(hears);
}

fn misses(edge: &Edge) -> f64 {
    edge.metric("suo_edge_cache_misses_total")
}

/// Waits until the edge hears, and says that it was up to date just now.
fn hears(edge: &Edge) {
    wait_until("the edge hears", SEEN, || {
        let lag = edge.metric("suo_edge_lag_seconds");
        match edge.metric("suo_edge_deaf") {
            0.0 if (0.0..2.0).contains(&lag) => Ok(()),
            deaf => Err(format!("deaf {deaf}, lag {lag}")),
        }
    });
}

#[test]
fn a_clock_that_jumps_while_an_edge_runs_moves_only_starts_and_ends() {
    let instance = Instance::new();
    let admin = instance.admin();
    let proxy = FaultProxy::start(instance.redis.address());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("time");
    clock::turn(&file, "+0s");
    let edge = instance.edge_with(&[&admin], |command| {
        clock::follow(command, &file);
        command
            .env("SUO_REDIS_URL", instance.redis.url_through(proxy.address()))
            .env("SUO_MAX_STALE", "600");
    });
    let links = ["x", "y"].map(|code| create(&admin, code, &json!({})));
    let times = json!({
        "starts_at": moment(&instance, "-10 min"), "expires_at": moment(&instance, "10 min"),
    });
    let _ = create(&admin, "today", &times);
    for code in ["x", "y", "today"] {
        seen_by(&edge, code, &at_home(code));
    }
    let misses = misses(&edge);
    for (round, (time, today)) in [
        ("-3600s", "404"),
        ("+0s", "https://example.com/today"),
        ("+3600s", "410"),
        ("-86400s", "404"),
    ]
    .into_iter()
    .enumerate()
    {
        clock::turn(&file, time);
        assert_eq!(edge.visits.follow("today"), today, "{time}");
        let target = format!("https://example.com/edited/{round}");
        admin.api.retarget(&links[0], &target);
        seen_by(&edge, "x", &target);
        hears(&edge);
    }
    assert_eq!(edge.metric("suo_edge_cache_misses_total"), misses);
    assert_eq!(edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);

    // Nobody can be asked: what is served is seconds old, whatever the clock says.
    proxy.cut();
    admin.program.kill();
    for time in ["-3600s", "+86400s"] {
        clock::turn(&file, time);
        wait_until("the edge is deaf", SEEN, || {
            let deaf = edge.metric("suo_edge_deaf") as u64;
            (deaf == 1).then_some(()).ok_or(deaf)
        });
        assert_eq!(edge.visits.follow("y"), at_home("y"), "{time}");
    }
}

#[test]
fn a_link_ends_at_its_end_and_not_before_also_in_the_hour_that_comes_twice() {
    let instance = Instance::new();
    let berlin = |command: &mut std::process::Command| {
        command
            .env("SUO_TIME_ZONE", "Europe/Berlin")
            .env("TZ", "Europe/Berlin");
    };
    let admin = instance.admin_with(berlin);
    let summer = "2026-10-25T02:30:00+02:00";
    let first = create(&admin, "first", &json!({ "expires_at": summer }));
    assert_eq!(text(&first, "expires_at"), "2026-10-25T00:30:00.000Z");
    let winter = "2026-10-25T02:30:00+01:00";
    let second = create(&admin, "second", &json!({ "expires_at": winter }));
    assert_eq!(text(&second, "expires_at"), "2026-10-25T01:30:00.000Z");
    let just_after = "2026-10-25T02:30:00.001+02:00";
    let _ = create(&admin, "not-yet", &json!({ "expires_at": just_after }));
    let _ = create(&admin, "now", &json!({ "starts_at": summer }));
    let _ = create(&admin, "soon", &json!({ "starts_at": just_after }));

    let at = |time| instance.edge_with(&[&admin], |command| clock::set(command, time));
    let shown = |edge: &Edge| {
        ["first", "second", "not-yet", "now", "soon"].map(|code| {
            let found = edge.visits.follow(code);
            if found == at_home(code) {
                "redirect".into()
            } else {
                found
            }
        })
    };
    let edge = at(FIRST_HALF_PAST_TWO);
    assert_eq!(
        shown(&edge),
        ["410", "redirect", "redirect", "redirect", "404"]
    );
    let edge = at(SECOND_HALF_PAST_TWO);
    assert_eq!(shown(&edge), ["410", "410", "410", "redirect", "redirect"]);
}

#[test]
fn admins_go_by_the_databases_clock() {
    let instance = Instance::new();
    let clocks = ["+3600s", "-3600s"];
    let before = moment(&instance, "-1 min");
    let admins = clocks.map(|offset| instance.admin_with(|command| clock::set(command, offset)));
    let edge = instance.edge(&[&admins[0], &admins[1]]);
    for (number, admin) in admins.iter().enumerate() {
        let link = create(admin, &format!("c{number}"), &json!({}));
        let made = text(&link, "created_at");
        let after = moment(&instance, "1 min");
        assert!(*before < *made && *made < *after, "{before} {made} {after}");
        seen_by(
            &edge,
            &format!("c{number}"),
            &at_home(&format!("c{number}")),
        );
    }
}

#[test]
fn an_admin_with_a_fast_clock_trims_nothing_that_is_young() {
    let instance = Instance::new();
    let admin = instance.admin();
    let _links = ["young", "old"].map(|code| create(&admin, code, &json!({})));
    let published = || {
        instance
            .database
            .sql("SELECT count(published_at) FROM outbox")
    };
    let all = instance.database.sql("SELECT count(*) FROM outbox");
    wait_until("everything is noted as published", SEEN, || {
        let noted = published();
        (noted == all).then_some(()).ok_or(noted)
    });
    drop(admin);
    let hours_ago =
        |hours| format!("(extract(epoch FROM now()) * 1000)::bigint - {hours} * 3600000");
    let last = "(SELECT max(id) FROM outbox)";
    instance.database.sql(&format!(
        "UPDATE outbox SET published_at = {}; UPDATE outbox SET published_at = {} WHERE id = {last}",
        hours_ago(23), hours_ago(25)
    ));
    let _fast = instance.admin_with(|command| clock::set(command, "+2h"));
    let young: u64 = all.trim().parse::<u64>().expect("a number") - 1;
    wait_until("what is old is trimmed", SEEN, || {
        let left = instance.database.sql("SELECT count(*) FROM outbox");
        (left.trim() == young.to_string()).then_some(()).ok_or(left)
    });
}

#[test]
fn a_rebuilds_lease_ends_by_the_databases_clock() {
    let instance = Instance::new();
    let lend = |seconds: i64| {
        instance.database.sql(&format!(
            "UPDATE relay_state SET rebuild_owner = 'another', \
             rebuild_until = (extract(epoch FROM now()) * 1000)::bigint + {seconds} * 1000"
        ))
    };
    let project = |offset| {
        let mut command = instance.program("suo-admin");
        command.arg("project");
        clock::set(&mut command, offset);
        Program::start(command)
    };
    lend(3600);
    let fast = project("+7200s");
    fast.wait_for_line(|line| line.contains("an admin is rebuilding already"));
    lend(-1);
    assert!(fast.wait(Duration::from_secs(30)).success());

    lend(-1);
    let slow = project("-7200s");
    assert!(slow.wait(Duration::from_secs(30)).success());
    let said = slow.lines().join("\n");
    assert!(!said.contains("already"), "{said}");
}
