//! `GET /links/{id}/qr.svg|png` and logos: what is drawn is read back, what cannot be read is refused.

use serde_json::{Value, json};
use suo_qr::read::{Pixels, texts};

use super::{
    decoding::form,
    http::Answer,
    on_both,
    place::{Api, path_of},
};
use crate::pictures::picture_of;

on_both!(
    every_design_holds_the_link_with_its_mark,
    designs_that_cannot_be_read_are_refused_with_the_reason,
    pictures_are_known_by_their_tags,
    a_logo_is_kept_by_what_is_in_it,
    a_logo_with_a_code_of_its_own_is_refused,
);

fn link(api: &Api) -> Value {
    api.create(&json!({"target": "https://example.com/", "code": "drawn"}))
}

fn get(api: &Api, link: &Value, rest: &str) -> Answer {
    api.get(&format!("{}/{rest}", path_of(link)))
}

#[track_caller]
fn shows_the_link(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let pixels = Pixels::open(&answer.body).unwrap();
    assert_eq!(texts(&pixels), ["https://s.example.com/drawn/q"]);
}

fn send_logo(api: &Api, file: &[u8]) -> Answer {
    let call = api.call("POST", "/qr/logos");
    call.header("content-type", "multipart/form-data; boundary=edge")
        .bytes(form("file", "png", file))
        .send()
}

/// A plain square.
fn plain(shade: u8) -> Vec<u8> {
    let mut file =
        b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x40\0\0\0\x40\0\0\0\x01\0\x18\0".to_vec();
    file.extend([0; 24]);
    file.extend([shade; 64 * 64 * 3]);
    file
}

fn every_design_holds_the_link_with_its_mark(api: &Api) {
    let link = link(api);
    for wish in [
        "",
        "?size=100&margin=8&level=L",
        "?size=1000&level=H&fg=224488&bg=ffeedd",
        "?dots=round&finders=round",
        "?dots=rounded&finders=rounded&level=q&fg=%23083",
    ] {
        let png = get(api, &link, &format!("qr.png{wish}"));
        assert_eq!(png.header("content-type"), Some("image/png"));
        shows_the_link(&png);
        let svg = get(api, &link, &format!("qr.svg{wish}"));
        assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
        assert!(svg.header("content-security-policy").is_some());
        let text = svg.text();
        assert!(
            text.starts_with("<svg ") && text.ends_with("</svg>"),
            "{text}"
        );
        assert!(!text.contains("style") && !text.contains("script"));
    }
    let wide = Pixels::open(&get(api, &link, "qr.png?size=333").body).unwrap();
    assert_eq!(wide.size(), (333, 333));
}

fn designs_that_cannot_be_read_are_refused_with_the_reason(api: &Api) {
    let link = link(api);
    let logo = send_logo(api, &plain(0)).ok(201)["logo"].clone();
    let logo = logo.as_str().unwrap();
    for (wish, expected) in [
        ("fg=999".to_owned(), "?fg low_contrast"),
        ("fg=fff&bg=000".to_owned(), "?fg low_contrast"),
        ("fg=red".to_owned(), "?fg invalid_color"),
        ("size=63".to_owned(), "?size out_of_range"),
        ("size=64&margin=32".to_owned(), "?size out_of_range"),
        ("margin=3".to_owned(), "?margin out_of_range"),
        ("level=X".to_owned(), "?level unknown_value"),
        ("dots=stars".to_owned(), "?dots unknown_value"),
        (
            "logo=https://example.com/a.png".to_owned(),
            "?logo unknown_logo",
        ),
        (format!("logo={}", "0".repeat(64)), "?logo unknown_logo"),
        (format!("logo={logo}&level=L"), "?logo_size logo_too_large"),
        (
            format!("logo={logo}&logo_size=40"),
            "?logo_size logo_too_large",
        ),
        ("color=red".to_owned(), "?color unknown_field"),
    ] {
        for format in ["svg", "png"] {
            let answer = get(api, &link, &format!("qr.{format}?{wish}"));
            assert_eq!(answer.refused(), [expected], "{wish}");
        }
    }
    let two = get(api, &link, "qr.svg?fg=x&size=1").refused();
    assert_eq!(two, ["?fg invalid_color", "?size out_of_range"]);
    let nowhere = api.get("/links/0000000000000/qr.svg");
    nowhere.problem(404, "not-found");
}

fn pictures_are_known_by_their_tags(api: &Api) {
    let link = link(api);
    let tag = |rest: &str| get(api, &link, rest).header("etag").unwrap().to_owned();
    let first = tag("qr.svg");
    assert_eq!(tag("qr.svg?size=512"), first);
    for other in [
        "qr.png",
        "qr.svg?size=513",
        "qr.svg?fg=111",
        "qr.svg?level=L",
    ] {
        assert_ne!(tag(other), first, "{other}");
    }
    let path = format!("{}/qr.svg", path_of(&link));
    let known = api
        .call("GET", &path)
        .header("if-none-match", &first)
        .send();
    assert_eq!((known.status, &known.body[..]), (304, &b""[..]));
    api.edit(&link, &json!({"code": "other"}));
    let changed = api
        .call("GET", &path)
        .header("if-none-match", &first)
        .send();
    assert_eq!(changed.status, 200);
}

fn a_logo_is_kept_by_what_is_in_it(api: &Api) {
    let link = link(api);
    let logo = send_logo(api, &plain(200)).ok(201);
    assert_eq!(send_logo(api, &plain(200)).ok(200), logo);
    let name = logo["logo"].as_str().unwrap();
    shows_the_link(&get(api, &link, &format!("qr.png?logo={name}")));
    let svg = get(api, &link, &format!("qr.svg?logo={name}&level=Q")).text();
    assert!(svg.contains("href=\"data:image/png;base64,"), "{svg}");
    assert_eq!(api.delete(&format!("/qr/logos/{name}")).status, 204);
    api.delete(&format!("/qr/logos/{name}"))
        .problem(404, "not-found");
    let gone = get(api, &link, &format!("qr.png?logo={name}"));
    assert_eq!(gone.refused(), ["?logo unknown_logo"]);
    send_logo(api, b"<svg/>").problem(415, "unsupported-media-type");
}

fn a_logo_with_a_code_of_its_own_is_refused(api: &Api) {
    let answer = send_logo(api, &picture_of("other"));
    assert_eq!(answer.refused(), ["/file unreadable_design"]);
}
