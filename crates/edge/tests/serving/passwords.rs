//! Links with a password: the form, the cookie, the header, and those who guess.

use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};
use suo_link::{
    id::LinkId,
    link::Link,
    policy::{AppSet, PasswordHash, Policy},
};

use super::{
    client::{Line, Response, request_with, send},
    stage::{HOST, Stage, link},
};

const TARGET: &str = "https://hidden.example/";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const RIGHT: &str = "password=open+sesame%21";

/// A hash that is quick to try, unless it is to be slow.
fn hash(password: &str, kibibytes: u32) -> PasswordHash {
    let cost = Params::new(kibibytes, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), b"salt of a test");
    PasswordHash::from_phc(&hash.unwrap().to_string()).unwrap()
}

fn protected(id: u64, password: &str, kibibytes: u32) -> Link {
    let policy = Policy {
        password: Some(hash(password, kibibytes)),
        ..Policy::default()
    };
    Link {
        id: LinkId(id),
        policy: Some(Box::new(policy)),
        ..link(TARGET)
    }
}

fn stage() -> Stage {
    let guided = |link: Link| {
        let policy = Policy {
            guide_apps: AppSet::ANY_APP,
            ..*link.policy.clone().unwrap()
        };
        Link {
            policy: Some(Box::new(policy)),
            ..link
        }
    };
    Stage::with(vec![
        ("one", protected(1, "open sesame!", 8)),
        ("other", protected(2, "open barley!", 8)),
        ("guided", guided(protected(3, "open sesame!", 8))),
        ("plain", link(TARGET)),
    ])
}

fn post(stage: &Stage, target: &str, form: &str) -> Response {
    send(stage.address(), "POST", HOST, target, &[FORM], form)
}

fn get_with(stage: &Stage, target: &str, header: (&str, &str)) -> Response {
    send(stage.address(), "GET", HOST, target, &[header], "")
}

#[test]
fn the_right_password_opens_this_link_for_a_while() {
    let stage = stage();
    let form = stage.get("/one?a=b");
    assert_eq!(form.status, 200);
    assert!(form.body.contains("<form method=post>"));
    let opened = post(&stage, "/one?a=b", RIGHT);
    assert_eq!(opened.status, 303);
    assert_eq!(opened.header("location"), Some("/one?a=b"));
    assert_eq!(opened.header("cache-control"), Some("no-store"));
    let set = opened.header("set-cookie").unwrap();
    assert!(
        set.ends_with("; Path=/one; HttpOnly; SameSite=Lax; Secure"),
        "{set}"
    );
    let cookie = set.split(';').next().unwrap();
    let again = get_with(&stage, "/one?a=b", ("Cookie", cookie));
    assert_eq!(again.header("location"), Some(TARGET));
    assert_eq!(again.header("cache-control"), Some("no-store"));
    // Not another link, even if somebody brings the cookie there.
    assert_eq!(get_with(&stage, "/other", ("Cookie", cookie)).status, 200);
    for outcome in ["unlocked", "password", "redirect"] {
        let labels = format!("{{outcome=\"{outcome}\"}}");
        assert!(
            stage.metric("suo_edge_requests_total", &labels) >= 1.0,
            "{outcome}"
        );
    }
}

#[test]
fn a_wrong_password_says_so_and_opens_nothing() {
    let stage = stage();
    for form in ["password=open", "password=", "x=y"] {
        let refused = post(&stage, "/one", form);
        assert_eq!(refused.status, 403, "{form}");
        assert!(refused.body.contains("role=alert"));
        assert_eq!(refused.header("set-cookie"), None);
        assert!(!format!("{refused:?}").contains("hidden.example"));
    }
}

#[test]
fn programs_send_a_header() {
    let stage = stage();
    let with = |password| get_with(&stage, "/one", ("X-Link-Password", password));
    let opened = with("open sesame!");
    assert_eq!(opened.header("location"), Some(TARGET));
    assert_eq!(opened.header("set-cookie"), None);
    assert_eq!(with("open").status, 403);
    // Where none is asked for, nobody looks at it.
    let plain = get_with(&stage, "/plain", ("X-Link-Password", "x"));
    assert_eq!(plain.header("location"), Some(TARGET));
}

#[test]
fn guesses_are_limited_for_one_address_and_link() {
    let stage = stage();
    let mut wrong = 0;
    let refused = loop {
        let response = post(&stage, "/one", "password=guess");
        if response.status != 403 {
            break response;
        }
        wrong += 1;
        assert!(wrong < 100, "nobody stops it");
    };
    assert_eq!(refused.status, 429);
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(post(&stage, "/one", RIGHT).status, 429);
    assert_eq!(
        get_with(&stage, "/one", ("X-Link-Password", "open sesame!")).status,
        429
    );
    // The form is still shown, and other links have attempts of their own.
    assert_eq!(stage.get("/one").status, 200);
    assert_eq!(post(&stage, "/other", "password=open+barley!").status, 303);
}

#[test]
fn forms_that_are_none_are_refused() {
    let stage = stage();
    let address = stage.address();
    let post_as = |headers: &[(&str, &str)], form: &str| {
        send(address, "POST", HOST, "/one", headers, form).status
    };
    assert_eq!(post_as(&[("Content-Type", "text/plain")], RIGHT), 400);
    assert_eq!(post_as(&[], RIGHT), 400);
    assert_eq!(
        post_as(&[FORM], &format!("password={}", "a".repeat(5000))),
        413
    );
    assert_eq!(
        post_as(&[FORM, ("Sec-Fetch-Site", "cross-site")], RIGHT),
        403
    );
    assert_eq!(
        post_as(&[FORM, ("Origin", "https://evil.example")], RIGHT),
        403
    );
    let own = format!("https://{HOST}");
    assert_eq!(post_as(&[FORM, ("Origin", &own)], RIGHT), 303);
}

#[test]
fn forms_are_taken_where_a_password_is_asked_for_alone() {
    let stage = stage();
    for target in [
        "/plain",
        "/unknown",
        "/one+",
        "/one/qr.png",
        "/",
        "/a.txt",
        "/one/",
    ] {
        assert_eq!(post(&stage, target, RIGHT).status, 405, "{target}");
    }
    assert_eq!(
        post(&stage, "/ONE/q", RIGHT).header("location"),
        Some("/ONE/q")
    );
    // Whoever is guided is guided first.
    let app = [
        FORM,
        ("User-Agent", "Mozilla/5.0 (iPhone) MicroMessenger/8.0.1"),
    ];
    let guided = send(stage.address(), "POST", HOST, "/guided", &app, RIGHT);
    assert_eq!(guided.status, 200);
    assert!(guided.body.contains("受密码保护的链接"));
}

/// Hundreds of guesses from one visitor, each dear to try, and redirects beside them: no redirect
/// waits for a guess, and what is too much is refused at once.
#[test]
fn a_flood_of_guesses_stops_no_redirect() {
    let stage = Stage::with(vec![
        ("dear", protected(1, "open sesame!", 32 * 1024)),
        ("plain", link(TARGET)),
    ]);
    let floods: Vec<Line> = (0..200)
        .map(|guess| {
            let mut line = Line::open(stage.address());
            let form = format!("password={guess}");
            line.send(request_with("POST", HOST, "/dear", &[FORM], &form));
            line
        })
        .collect();
    let mut line = Line::open(stage.address());
    for _ in 0..50 {
        line.send(request_with("GET", HOST, "/plain", &[], ""));
        assert_eq!(line.response().status, 302);
    }
    let mut statuses: Vec<u16> = Vec::new();
    for mut flood in floods {
        statuses.push(flood.response().status);
    }
    let count = |status| statuses.iter().filter(|other| **other == status).count();
    assert_eq!(count(403), 8, "{statuses:?}");
    assert_eq!(count(403) + count(429) + count(503), 200, "{statuses:?}");
}
