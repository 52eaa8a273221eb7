//! Uploads at the front page: what is no picture is said to be none, in both languages.

use super::{
    front_visitor::{Visitor, complaints},
    on_both,
    place::Api,
};

on_both!(
    without_a_file_one_is_asked_for,
    a_file_that_is_too_large_is_refused,
    an_upload_needs_a_token,
    a_script_gets_json,
    what_is_no_form_is_refused,
);

const TYPE: &str = "multipart/form-data; boundary=edge";

/// An upload as browsers send it.
fn upload(token: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n\
         --edge\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"\"\r\n\
         content-type: application/octet-stream\r\n\r\n\r\n\
         --edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
         content-type: text/plain\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat()
}

fn without_a_file_one_is_asked_for(api: &Api) {
    for (language, sentence) in [
        ("zh-CN", "请先选择一张图片。"),
        ("en", "Please choose a picture first."),
    ] {
        let visitor = Visitor::new(api, language);
        let post = visitor.call("POST", "/decode").header("content-type", TYPE);
        let page = post.bytes(upload(&visitor.token, b"")).send();
        assert_eq!(page.status, 422);
        assert_eq!(complaints(&page.text()), [sentence]);
    }
}

fn a_file_that_is_too_large_is_refused(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let post = visitor.call("POST", "/decode").header("content-type", TYPE);
    let page = post
        .bytes(upload(&visitor.token, &vec![0; (8 << 20) + 1]))
        .send();
    assert_eq!(page.status, 413, "{}", page.text());
    assert!(complaints(&page.text())[0].contains("too large"));
}

fn an_upload_needs_a_token(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let post = || visitor.call("POST", "/decode").header("content-type", TYPE);
    assert_eq!(post().bytes(upload("", b"x")).send().status, 403);
    let foreign = post().header("sec-fetch-site", "cross-site");
    assert_eq!(
        foreign.bytes(upload(&visitor.token, b"x")).send().status,
        403
    );
}

fn a_script_gets_json(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let post = visitor
        .call("POST", "/decode?frame")
        .header("content-type", TYPE);
    let post = post.header("accept", "application/json");
    let answer = post.bytes(upload(&visitor.token, b"no picture")).send();
    assert!((400..500).contains(&answer.status));
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(body["error"].as_str().unwrap().contains('。'), "{body}");
}

fn what_is_no_form_is_refused(api: &Api) {
    let visitor = Visitor::new(api, "en");
    for (media_type, body) in [(TYPE, "--edge\r\nno"), ("text/plain", "x"), (TYPE, "")] {
        let post = visitor
            .call("POST", "/decode")
            .header("content-type", media_type);
        let status = post.bytes(body).send().status;
        assert!(
            (400..500).contains(&status),
            "{media_type} {body:?}: {status}"
        );
    }
}
