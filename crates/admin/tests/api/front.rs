//! The front page without scripts: from what was pasted to a short link.

use serde_json::json;
#[cfg(feature = "sqlite")]
use suo_admin::front::FrontSettings;

#[cfg(feature = "sqlite")]
use super::front_visitor::complaints;
use super::{
    front_visitor::{Visitor, between, manage_path},
    on_both,
    place::Api,
};

on_both!(
    a_share_text_becomes_a_short_link,
    a_url_a_line_becomes_a_table_and_a_file,
    the_page_speaks_both_languages,
    the_qr_code_is_a_picture_of_its_own,
    pages_load_nothing_from_elsewhere_and_are_framed_by_nobody,
    a_suggestion_is_made_for_what_wechat_does_not_open,
);

#[cfg(feature = "sqlite")]
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The only link there is, as the API shows it.
fn only_link(api: &Api) -> serde_json::Value {
    let links = api.get("/links").ok(200);
    assert_eq!(links["data"].as_array().unwrap().len(), 1, "{links}");
    links["data"][0].clone()
}

fn a_share_text_becomes_a_short_link(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let text = "3.28 复制打开抖音，看看【小明】 https://v.douyin.com/iRNBho6u/ g@O.xS";
    let page = visitor.make(&[("text", text)]);
    let link = only_link(api);
    assert_eq!(link["target"], "https://v.douyin.com/iRNBho6u/");
    let shown = between(&page, "data-short=\"", "\"");
    assert_eq!(link["short_url"], shown);
    assert!(page.contains("已从文字中取出链接"));
    // In production links of the public end by themselves, and the page says when.
    assert_eq!(link["expires_at"], "2026-05-23T16:00:00.000Z");
    assert!(
        page.contains("有效期至 2026年5月23日 16:00（UTC），印刷前请改长期。"),
        "{page}"
    );
    assert!(manage_path(&page).starts_with("/manage/"));
}

fn a_url_a_line_becomes_a_table_and_a_file(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let lines = "https://a.example/1\r\nftp://a.example\r\nb.example/2";
    let page = visitor.make(&[("text", lines)]);
    assert_eq!(page.matches("data-made").count(), 2);
    assert!(page.contains("Made 2, failed 1."), "{page}");
    assert!(page.contains("not ftp:"), "{page}");
    let links = api.get("/links").ok(200);
    assert_eq!(links["data"].as_array().unwrap().len(), 2);
    let rows = between(&page, "<textarea name=\"rows\" hidden>\n", "</textarea>");
    let rows = rows.replace("&#34;", "\"");
    let file = visitor.post("/create/links.csv", &[("rows", &rows)]);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = file.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment"));
    let file = file.text();
    assert!(file.starts_with("\u{feff}\"Address\",\"Short link\",\"Manage link\""));
    assert!(file.contains("\"https://a.example/1\",\"https://s.example.com/"));
    assert!(file.contains("/manage/"));
}

fn the_page_speaks_both_languages(api: &Api) {
    let page = |path, language| {
        let call = api.stranger("GET", path);
        call.header("accept-language", language).send().text()
    };
    assert!(page("/", "en-GB").contains("<html lang=\"en\">"));
    assert!(page("/", "fr").contains("<html lang=\"zh-CN\">"));
    // The switch wins.
    assert!(page("/?lang=en", "zh-CN").contains("<html lang=\"en\">"));
    assert!(page("/?lang=zh-CN", "en").contains("生成短链接"));
}

fn the_qr_code_is_a_picture_of_its_own(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let page = visitor.make(&[("text", "https://a.example")]);
    let path = between(&page, "<img src=\"", "\"");
    let width: u32 = between(&page, ".png\" width=\"", "\"").parse().unwrap();
    assert!(width >= 200);
    let picture = visitor.get(&path);
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert_eq!(picture.body[1..4], *b"PNG");
    // Width and height stand in the header chunk (PNG, 11.2.1).
    assert_eq!(picture.body[16..20], width.to_be_bytes());
    let drawing = visitor.get(&path.replace(".png", ".svg?download"));
    assert_eq!(drawing.header("content-type"), Some("image/svg+xml"));
    assert!(drawing.header("content-disposition").is_some());
    for unknown in [
        "/create/qr/other.example/abc.png",
        "/create/qr/s.example.com/a.b.png",
    ] {
        assert_eq!(visitor.get(unknown).status, 404, "{unknown}");
    }
}

fn pages_load_nothing_from_elsewhere_and_are_framed_by_nobody(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let made = visitor.post("/create", &[("text", "https://a.example")]);
    let managed = visitor.get(&manage_path(&made.text()));
    for (page, referrer) in [
        (visitor.get("/"), "same-origin"),
        (made, "same-origin"),
        (managed, "no-referrer"),
    ] {
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("referrer-policy"), Some(referrer));
        let html = page.text();
        assert!(!html.contains(" style=") && !html.contains(" onclick="));
        assert_eq!(
            html.matches("<script").count(),
            html.matches("<script src=\"/assets/").count() + 1
        );
    }
    for (name, part) in [("front.css", "text/css"), ("front.js", "text/javascript")] {
        let path = format!("/assets/{name}");
        let asset = visitor.get(&path);
        assert!(asset.header("content-type").unwrap().starts_with(part));
        let tag = asset.header("etag").unwrap();
        let again = visitor
            .call("GET", &path)
            .header("if-none-match", tag)
            .send();
        assert_eq!(again.status, 304);
    }
    assert_eq!(visitor.get("/assets/../front.rs").status, 404);
}

fn a_suggestion_is_made_for_what_wechat_does_not_open(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let shop = [("text", "https://item.taobao.com/item.htm?id=1")];
    let page = visitor.make(&shop);
    assert!(page.contains("淘宝、天猫"));
    // Nothing is done by itself; one button does it.
    assert_eq!(only_link(api)["guide_apps"], json!([]));
    let path = manage_path(&page);
    let guide = [("do", "guide"), ("guide", "wechat"), ("guide", "qq")];
    assert_eq!(visitor.post(&path, &guide).status, 200);
    assert_eq!(only_link(api)["guide_apps"], json!(["wechat", "qq"]));
    let guided = visitor.make(&[shop[0], ("for", "groups")]);
    assert!(!guided.contains("淘宝、天猫"));
}

#[cfg(feature = "sqlite")]
#[test]
fn a_closed_front_page_says_so_and_makes_nothing() {
    let api = Api::with_front(FrontSettings::closed());
    for (language, text) in [("zh-CN", "不公开"), ("en", "not open to the public")] {
        let page = api.stranger("GET", "/").header("accept-language", language);
        assert!(page.send().text().contains(text));
    }
    for path in ["/create", "/decode"] {
        let post = api.stranger("POST", path);
        let post = post.header("content-type", "multipart/form-data; boundary=x");
        assert_eq!(
            post.bytes("text=https://a.example").send().status,
            403,
            "{path}"
        );
    }
    let links = api.get("/links").ok(200);
    assert_eq!(links["data"], json!([]));
    assert_eq!(api.stranger("GET", "/docs/").send().status, 200);
}

#[cfg(feature = "sqlite")]
#[test]
fn a_link_of_the_public_ends_by_itself() {
    let api = Api::on_sqlite();
    let visitor = Visitor::new(&api, "zh-CN");
    visitor.make(&[("text", "https://a.example")]);
    let link = only_link(&api);
    let end = suo_admin::time::from_text(link["expires_at"].as_str().unwrap()).unwrap();
    let made = suo_admin::time::from_text(link["created_at"].as_str().unwrap()).unwrap();
    assert_eq!(end.0 - made.0, 180 * DAY);
    assert!(complaints(&visitor.get("/").text()).is_empty());
}
