//! What stands beside a link: its QR code, the preview, files of the domain.

use suo_link::{
    domain::files::RootFile,
    link::{Link, Status},
    policy::{Allow, AppSet, Policy},
};
use suo_qr::{Code, Level, Picture};

use super::{
    client::{get, send},
    stage::{HOST, OTHER_HOST, Setting, Stage, link},
};

const TARGET: &str = "https://target.example/";

#[test]
fn the_picture_holds_the_link_for_scanners() {
    let stage = Stage::with(vec![("k7", link(TARGET))]);
    let code = Code::new("https://s.example.com/k7/q", Level::Medium).unwrap();
    let png = String::from_utf8_lossy(&Picture::default().png(&code)).into_owned();
    // Drawn first, remembered then.
    for _ in 0..2 {
        let response = stage.get("/k7/qr.png");
        assert_eq!(response.status, 200);
        assert_eq!(response.header("content-type"), Some("image/png"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.body, png);
    }
    assert_eq!(stage.get("/k7/q").header("location"), Some(TARGET));
    assert_eq!(
        stage.metric("suo_edge_requests_total", r#"{outcome="picture"}"#),
        2.0
    );
}

#[test]
fn the_picture_is_there_as_long_as_the_link() {
    let only_in_wechat = Policy {
        allow: Allow {
            apps: AppSet::from_names(["wechat"]).unwrap(),
            ..Allow::default()
        },
        ..Policy::default()
    };
    let with = |status| Link {
        status,
        policy: Some(Box::new(only_in_wechat.clone())),
        ..link(TARGET)
    };
    let stage = Stage::with(vec![
        ("wechat", with(Status::Active)),
        ("paused", with(Status::Paused)),
        ("banned", with(Status::Banned)),
    ]);
    // Whoever may not open the link here needs it most, and the page shows it.
    let denied = stage.get("/wechat");
    assert_eq!(denied.status, 403);
    assert_eq!(denied.body.matches("<img ").count(), 1);
    assert!(denied.body.contains("src=\"/wechat/qr.png\""));
    let policy = denied.header("content-security-policy").unwrap();
    assert!(policy.contains("img-src 'self'"), "{policy}");
    for (code, status) in [
        ("wechat", 200),
        ("paused", 404),
        ("banned", 410),
        ("none", 404),
    ] {
        assert_eq!(
            stage.get(&format!("/{code}/qr.png")).status,
            status,
            "{code}"
        );
        if status != 200 {
            assert_eq!(stage.get(&format!("/{code}+")).status, status, "{code}");
        }
    }
}

#[test]
fn a_preview_names_where_the_link_leads() {
    let stage = Stage::with(vec![("k7", link("https://target.example/a?b=<c>"))]);
    let preview = stage.get("/k7+");
    assert_eq!(preview.status, 200);
    assert!(preview.body.contains("target.example</a>"));
    assert!(preview.body.contains("https://s.example.com/k7"));
    assert_eq!(preview.header("location"), None);
}

#[test]
fn domains_serve_their_files() {
    let file = |path: &str, body: &str| RootFile {
        path: path.into(),
        body: body.as_bytes().into(),
    };
    let stage = Stage::set(Setting {
        files: vec![
            file("MP_verify_aB3.txt", "aB3"),
            file(".well-known/assetlinks.json", "[]"),
            file(".well-known/apple-app-site-association", "{}"),
            file(".well-known/acme-challenge/x_y", "中"),
        ],
        ..Setting::default()
    });
    let text = "text/plain; charset=utf-8";
    for (path, kind, body) in [
        ("/MP_verify_aB3.txt", text, "aB3"),
        ("/.well-known/assetlinks.json", "application/json", "[]"),
        (
            "/.well-known/apple-app-site-association",
            "application/json",
            "{}",
        ),
        ("/.well-known/acme-challenge/x_y", text, "中"),
        ("/robots.txt", text, "User-agent: *\nDisallow:\n"),
    ] {
        let response = stage.get(path);
        assert_eq!(response.status, 200, "{path}");
        assert_eq!(response.header("content-type"), Some(kind));
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(response.body, body);
        let head = super::client::request(stage.address(), "HEAD", HOST, path);
        assert_eq!(
            head.header("content-length"),
            response.header("content-length")
        );
    }
    // Another domain has none of them, and names are whole and told apart by case.
    assert_eq!(
        get(stage.address(), OTHER_HOST, "/MP_verify_aB3.txt").status,
        404
    );
    for path in [
        "/mp_verify_ab3.txt",
        "/MP_verify_aB3",
        "/.well-known/",
        "/x.txt",
    ] {
        assert_eq!(stage.get(path).status, 404, "{path}");
    }
}

#[test]
fn pages_speak_the_visitors_language_to_programs_as_well() {
    let stage = Stage::with(vec![]);
    let get = |headers: &[(&str, &str)]| send(stage.address(), "GET", HOST, "/x", headers, "");
    for (headers, title) in [
        (&[][..], "短链接不存在"),
        (&[("Accept", "application/json")], "短链接不存在"),
        (
            &[("Accept-Language", "en-GB,en;q=0.9")],
            "Short link not found",
        ),
        (
            &[("Accept-Language", "ja,en;q=0.1")],
            "Short link not found",
        ),
        (&[("Accept-Language", "ja")], "短链接不存在"),
    ] {
        let page = get(headers);
        assert!(
            page.body.contains(&format!("<title>{title}</title>")),
            "{headers:?}"
        );
    }
}

/// The longest host of a target and a query that fills the rest of a head, in both languages.
#[test]
fn no_page_is_larger_than_it_may_be() {
    let label = "a".repeat(60);
    let host = format!("{label}.{label}.{label}.{label}.b.example");
    let long = Link {
        policy: Some(Box::new(Policy {
            guide_apps: AppSet::ANY_APP,
            ..Policy::default()
        })),
        ..link(&format!("https://{host}/{}", "&".repeat(4000)))
    };
    let code: &'static str = "c".repeat(64).leak();
    let stage = Stage::with(vec![(code, long)]);
    let app = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Instagram 300.0.0.0 Android";
    for language in ["zh-CN", "en"] {
        for target in [
            format!("/{code}/q?{}", "&".repeat(8000)),
            format!("/{code}+"),
        ] {
            let headers = [("User-Agent", app), ("Accept-Language", language)];
            let page = send(stage.address(), "GET", HOST, &target, &headers, "");
            assert_eq!(page.status, 200);
            assert!(page.body.len() <= 4096, "{}", page.body.len());
            assert!(page.body.contains(&host));
        }
    }
}
