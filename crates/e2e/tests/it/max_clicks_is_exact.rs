use std::time::Duration;

use e2e::{
    api::{Api, Visits, link_path, text},
    both_modes::{in_production, in_the_quick_start},
    crowd::{Crowd, PERSON, Seen},
    http::{Answer, request},
    production::Instance,
    quick_start::Place,
};
use serde_json::{Value, json};
use suo_testkit::wait_until;

const PATIENCE: Duration = Duration::from_secs(60);

const MOST: u64 = 1000;

fn limited(api: &Api, code: &str, most: u64) -> Value {
    let link = json!({"target": "https://secret.example/", "code": code, "max_clicks": most});
    api.create(&link)
}

fn now(api: &Api, link: &Value) -> Value {
    api.served("GET", &link_path(link), &Value::Null).json()
}

/// Waits until all that was followed is in the database, and nothing is out.
fn all_are_consumed(api: &Api, link: &Value, most: u64) {
    wait_until("all clicks are counted", PATIENCE, || {
        let link = now(api, link);
        let numbers = ["clicks_left", "clicks_leased"].map(|name| link[name].as_u64());
        match (link["clicks"]["human"].as_u64(), numbers) {
            (Some(human), [Some(0), Some(0)]) if human >= most => Ok(()),
            _ => Err(link.to_string()),
        }
    });
    assert_eq!(now(api, link)["clicks"]["human"], most, "and no more");
}

#[test]
fn a_crowd_on_three_edges_makes_exactly_as_many_clicks_as_there_are() {
    let instance = Instance::new();
    let admins = [instance.admin(), instance.admin()];
    let edges = [0, 1, 0].map(|first: usize| instance.edge(&[&admins[first], &admins[1 - first]]));
    let link = limited(&admins[0].api, "few", MOST);
    let seen = Crowd::of(64, &edges.each_ref().map(|edge| &edge.visits), "few").finish();
    assert_eq!((seen.followed, seen.cut), (MOST, 0), "{seen:?}");
    all_are_consumed(&admins[1].api, &link, MOST);
    for edge in &edges {
        assert_eq!(edge.visits.served_with("/few", &[PERSON]).status, 410);
    }
}

#[test]
fn an_edge_that_is_killed_takes_no_click_along_and_gives_none_twice() {
    let instance = Instance::new();
    let admins = [instance.admin(), instance.admin()];
    let mut edges =
        [0, 1, 0].map(|first: usize| instance.edge(&[&admins[first], &admins[1 - first]]));
    let link = limited(&admins[0].api, "few", MOST);
    let crowd = Crowd::of(64, &edges.each_ref().map(|edge| &edge.visits), "few");
    for (edge, until) in [(0, 200), (2, 600)] {
        wait_until("more redirects", PATIENCE, || match crowd.followed() {
            followed if followed >= until => Ok(()),
            followed => Err(followed),
        });
        edges[edge].program.kill();
        edges[edge].start_again();
    }
    let seen = crowd.finish();
    assert!(seen.followed <= MOST, "never over: {seen:?}");
    assert!(seen.followed + seen.cut >= MOST, "{seen:?}");
    all_are_consumed(&admins[1].api, &link, MOST);
}

#[test]
fn in_the_quick_start_it_is_exact_too_over_a_kill() {
    let mut place = Place::new();
    let suo = place.start();
    let link = limited(&suo.api, "few", 300);
    let crowd = Crowd::of(16, &[&suo.visits], "few");
    wait_until("some redirects", PATIENCE, || match crowd.followed() {
        followed if followed >= 100 => Ok(()),
        followed => Err(followed),
    });
    suo.program.kill();
    let suo = place.start();
    let seen: Seen = crowd.finish();
    assert!(
        seen.followed <= 300 && seen.followed + seen.cut >= 300,
        "{seen:?}"
    );
    all_are_consumed(&suo.api, &link, 300);
}

const PREVIEW: (&str, &str) = ("user-agent", "TelegramBot (like TwitterBot)");
const CRAWLER: (&str, &str) = ("user-agent", "curl/8.5.0");
const WECHAT: (&str, &str) = (
    "user-agent",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50 NetType/WIFI",
);

/// The status, if the answer does not say where the link leads.
fn told_nothing(answer: &Answer) -> Option<u16> {
    let says = String::from_utf8_lossy(&answer.body).contains("secret.example");
    (!says && answer.header("location").is_none()).then_some(answer.status)
}

fn head(visits: &Visits) -> Answer {
    let headers = [("host", &*visits.domain), PERSON];
    request(visits.address, "HEAD", "/x", &headers, &[]).expect("an answer")
}

fn statuses(visits: &Visits) -> Vec<Option<u16>> {
    let get = |path: &str, headers: &[(&str, &str)]| told_nothing(&visits.get_with(path, headers));
    vec![
        get("/x", &[PERSON]),
        get("/x/q", &[PERSON]),
        get("/x", &[PREVIEW]),
        get("/x", &[CRAWLER]),
        get("/x", &[PERSON, ("sec-purpose", "prefetch")]),
        get("/x", &[WECHAT]),
        get("/x+", &[PERSON]),
        told_nothing(&head(visits)),
    ]
}

fn only_people_who_follow_the_link_use_it_up(api: &Api, visits: &Visits) {
    let link = json!({"target": "https://secret.example/", "code": "x", "max_clicks": 2,
        "guide_apps": ["wechat"], "preview": {"title": "t"}});
    let link = api.create(&link);
    for _ in 0..2 {
        assert_eq!(visits.served_with("/x", &[PREVIEW]).status, 200);
        assert_eq!(visits.served_with("/x", &[CRAWLER]).status, 302);
        assert_eq!(
            visits
                .served_with("/x", &[PERSON, ("sec-purpose", "prefetch")])
                .status,
            302
        );
        assert_eq!(visits.served_with("/x", &[WECHAT]).status, 200);
        assert_eq!(visits.served_with("/x+", &[PERSON]).status, 200);
        wait_until("an admin is quick enough", PATIENCE, || {
            match head(visits).status {
                302 => Ok(()),
                other => Err(other),
            }
        });
    }
    assert_eq!(now(api, &link)["clicks_left"], 2);
    let first = visits.served_with("/x", &[PERSON]);
    assert_eq!(
        (first.status, first.header("cache-control")),
        (302, Some("no-store"))
    );
    assert_eq!(visits.served_with("/x/q", &[PERSON]).status, 302);
    wait_until("everybody is told that it is used up", PATIENCE, || {
        let all = statuses(visits);
        let is_known = |status: &Option<u16>| matches!(status, Some(410 | 503));
        assert!(all.iter().all(is_known), "{all:?}");
        match all {
            all if all == [Some(410); 8] => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    let simulated = json!({"id": text(&link, "id"), "user_agent": PERSON.1});
    wait_until("all is counted", PATIENCE, || {
        match api.served("POST", "/simulate", &simulated).json()["decision"]["kind"].as_str() {
            Some("used_up") => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    a_link_with_a_new_limit_goes_by_it(api, visits, &link);
}

/// It was followed twice, of two times.
fn a_link_with_a_new_limit_goes_by_it(api: &Api, visits: &Visits, link: &Value) {
    let edit = |change: &Value| {
        let answer = api.served("PATCH", &link_path(link), change);
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    };
    assert_eq!(edit(&json!({"max_clicks": 3}))["clicks_left"], 1);
    wait_until("the edge hears of it", PATIENCE, || {
        match visits.get_with("/x", &[PERSON]).status {
            302 => Ok(()),
            other => Err(other),
        }
    });
    edit(&json!({"max_clicks": 1, "expired_target": "https://after.example/"}));
    wait_until("the edge hears of it", PATIENCE, || {
        let answer = visits.get_with("/x", &[PERSON]);
        match answer.header("location") {
            Some("https://after.example/") => Ok(()),
            _ => Err(answer.status),
        }
    });
    edit(&json!({"max_clicks": null}));
    wait_until("the edge hears of it", PATIENCE, || {
        match visits.get_with("/x", &[PERSON]).header("location") {
            Some("https://secret.example/") => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    let link = now(api, link);
    assert_eq!(
        [&link["max_clicks"], &link["clicks_left"]],
        [&Value::Null; 2]
    );
}

#[test]
fn only_people_use_a_link_up_in_the_quick_start() {
    in_the_quick_start(only_people_who_follow_the_link_use_it_up);
}

#[test]
fn only_people_use_a_link_up_in_production() {
    in_production(only_people_who_follow_the_link_use_it_up);
}

#[test]
fn without_an_admin_nobody_follows_and_nothing_is_told() {
    let instance = Instance::new();
    let mut admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    let link = limited(&admin.api, "x", 5);
    assert_eq!(edge.visits.served_with("/x", &[PERSON]).status, 302);
    admin.program.kill();
    wait_until("nobody is sure", PATIENCE, || {
        match statuses(&edge.visits) {
            doubt if doubt == [Some(503); 8] => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    admin.start_again();
    let seen = Crowd::of(4, &[&edge.visits], "x").finish();
    assert_eq!(seen.followed, 4, "{seen:?}");
    all_are_consumed(&admin.api, &link, 5);
}
