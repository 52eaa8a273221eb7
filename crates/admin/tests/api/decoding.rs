//! `POST /qr/decode`: forms in, codes out.

use serde_json::{Value, json};

use super::{http::Answer, on_both, place::Api};
use crate::pictures::picture_of;

on_both!(
    codes_are_told_with_their_kind_and_our_own_link,
    the_bytes_decide_and_not_what_the_form_says,
    what_is_wrong_is_said,
    a_large_form_is_read_before_it_is_refused,
    strangers_are_refused,
);

/// A form with one picture.
pub(super) fn form(field: &str, kind: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.{kind}\"\r\n\
         Content-Type: image/{kind}\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat()
}

fn send(api: &Api, body: Vec<u8>) -> Answer {
    let call = api.call("POST", "/qr/decode");
    call.header("content-type", "multipart/form-data; boundary=edge")
        .bytes(body)
        .send()
}

fn decoded(api: &Api, text: &str) -> Value {
    let codes = send(api, form("file", "png", &picture_of(text))).ok(200);
    assert_eq!(codes["codes"].as_array().unwrap().len(), 1);
    assert_eq!(codes["codes"][0]["text"], text);
    codes["codes"][0].clone()
}

fn codes_are_told_with_their_kind_and_our_own_link(api: &Api) {
    let group = decoded(api, "https://weixin.qq.com/g/AwYAAB");
    assert_eq!(group["kind"], "wechat_group");
    assert_eq!(group["expires"], true);
    assert_eq!(group.get("link"), None);

    let link = api.create(&json!({"target": "https://example.com/", "code": "mine"}));
    let own = json!({"id": link["id"], "short_url": link["short_url"]});
    for text in [
        "https://s.example.com/mine",
        "HTTPS://S.EXAMPLE.COM/MINE",
        "http://s.example.com/mine/q?from=poster",
        "https://s.example.com/mine+",
    ] {
        let code = decoded(api, text);
        assert_eq!(
            (&code["kind"], &code["link"]),
            (&json!("url"), &own),
            "{text}"
        );
    }
    for text in [
        "https://s.example.com/other",
        "https://s.example.com/",
        "https://s.example.com:8443/mine",
        "https://t.example.com/mine",
        "s.example.com/mine",
    ] {
        assert_eq!(decoded(api, text).get("link"), None, "{text}");
    }
}

fn the_bytes_decide_and_not_what_the_form_says(api: &Api) {
    let file = picture_of("text");
    send(api, form("file", "gif", &file)).ok(200);
    let page = form("file", "png", b"<html></html>");
    send(api, page).problem(415, "unsupported-media-type");
}

fn what_is_wrong_is_said(api: &Api) {
    let half = picture_of("text");
    let half = &half[..half.len() / 2];
    send(api, form("file", "png", half)).problem(422, "unreadable-picture");
    assert_eq!(
        send(api, form("other", "png", half)).refused(),
        ["/file required"]
    );
    assert_eq!(send(api, b"no form".to_vec()).refused(), ["/file required"]);
    let call = api.call("POST", "/qr/decode");
    let json = call.json(&json!({"file": "a"})).send();
    json.problem(415, "unsupported-media-type");
}

fn a_large_form_is_read_before_it_is_refused(api: &Api) {
    for size in [8 << 20, 9 << 20, 15 << 20] {
        let body = form("file", "png", &vec![0; size + 1]);
        send(api, body).problem(413, "too-large");
    }
    // A picture with a tail that makes it as large as may be.
    let mut file = picture_of("text");
    file.resize(8 << 20, 0);
    send(api, form("file", "png", &file)).ok(200);
}

fn strangers_are_refused(api: &Api) {
    let call = api.stranger("POST", "/api/v1/qr/decode");
    let body = form("file", "png", &picture_of("text"));
    let call = call.header("content-type", "multipart/form-data; boundary=edge");
    call.bytes(body).send().problem(401, "unauthorized");
}
