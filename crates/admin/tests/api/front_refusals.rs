//! What the front page refuses, and in which words.

use super::{
    front_visitor::{Visitor, complaints, form},
    on_both,
    place::Api,
};

on_both!(
    every_bad_address_is_explained_in_both_languages,
    forms_of_other_sites_are_refused,
    a_form_needs_its_token,
    a_form_that_is_too_large_is_refused,
    one_host_is_not_flooded,
    hosts_that_everybody_leads_to_are_not_limited,
    one_address_is_not_used_up_by_another,
);

/// What people paste, and a word of the sentence that explains it, in Chinese and in English.
const BAD: [(&str, &str, &str); 45] = [
    ("", "请先粘贴", "paste an address"),
    ("   ", "请先粘贴", "paste an address"),
    ("not a url", "没有找到", "no link"),
    ("example", "不是完整的网址", "not a whole address"),
    (
        "javascript:alert(1)",
        "不支持 javascript:",
        "not javascript:",
    ),
    (
        "JaVaScRiPt:alert(1)",
        "不支持 JaVaScRiPt:",
        "not JaVaScRiPt:",
    ),
    ("java\tscript:alert(1)", "没有找到", "no link"),
    (
        "data:text/html,<script>alert(1)</script>",
        "不支持 data:",
        "not data:",
    ),
    ("file:///etc/passwd", "不支持 file:", "not file:"),
    ("ftp://example.com/a", "不支持 ftp:", "not ftp:"),
    ("about:blank", "不支持 about:", "not about:"),
    ("blob:https://example.com/1", "不支持 blob:", "not blob:"),
    ("vbscript:msgbox(1)", "不支持 vbscript:", "not vbscript:"),
    ("//example.com/", "不是完整的网址", "not a whole address"),
    ("https://", "缺少域名", "no name of a site"),
    ("https:///path", "缺少域名", "no name of a site"),
    (
        "https://exa mple.com/",
        "“https://exa” 不是完整",
        "“https://exa” is not a whole",
    ),
    (
        "https://exam\nple.com/",
        "“https://exam” 不是完整",
        "“https://exam” is not a whole",
    ),
    (
        "看 https://exam ple.com/",
        "空格或换行",
        "space or a line break",
    ),
    ("https://-bad-.example/", "域名不正确", "name of the site"),
    ("https://xn--a.example/", "域名不正确", "name of the site"),
    (
        "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com/",
        "域名不正确",
        "name of the site",
    ),
    ("http://[::1]/", "内网地址", "private network"),
    ("http://2130706433/", "内网地址", "private network"),
    ("http://0177.0.0.1/", "内网地址", "private network"),
    ("http://10.0.0.1/", "内网地址", "private network"),
    ("http://192.168.1.1/admin", "内网地址", "private network"),
    ("http://172.16.0.1/", "内网地址", "private network"),
    ("http://[fe80::1]/", "内网地址", "private network"),
    ("http://[fd00::1]/", "内网地址", "private network"),
    ("http://0.0.0.0/", "内网地址", "private network"),
    (
        "https://example.com/%0d%0aok\u{0}",
        "看不见的字符",
        "invisible",
    ),
    (
        "https://user:password@example.com/",
        "用户名或密码",
        "user name",
    ),
    (
        "https://paypal.com@evil.example/",
        "用户名或密码",
        "user name",
    ),
    ("https://example.com:99999/", "端口号不正确", "port"),
    ("https://[::1/", "域名不正确", "name of the site"),
    ("https://256.256.256.256/", "域名不正确", "name of the site"),
    ("http://127.0.0.1/", "内网地址", "private network"),
    ("http://localhost:8080/", "内网地址", "private network"),
    ("http://[::ffff:127.0.0.1]/", "内网地址", "private network"),
    ("http://0x7f000001/", "内网地址", "private network"),
    (
        "http://169.254.169.254/latest/meta-data/",
        "内网地址",
        "private network",
    ),
    ("https://example.com\\@evil", "反斜杠", "backslash"),
    (
        "https://s.example.com/abc",
        "本站的短链接",
        "short link of this site",
    ),
    (
        "a https://a.example b https://b.example",
        "2 个不同的链接",
        "2 different links",
    ),
];

fn every_bad_address_is_explained_in_both_languages(api: &Api) {
    let visitors = [Visitor::new(api, "zh-CN"), Visitor::new(api, "en")];
    for (text, zh, en) in BAD {
        for (visitor, word) in visitors.iter().zip([zh, en]) {
            let page = visitor.post("/create", &[("text", text)]);
            assert_eq!(page.status, 422, "{text:?}: {}", page.text());
            let sentences = complaints(&page.text());
            assert_eq!(sentences.len(), 1, "{text:?}: {sentences:?}");
            assert!(sentences[0].contains(word), "{text:?}: {sentences:?}");
        }
    }
    let long = format!("https://example.com/{}", "a".repeat(9000));
    let page = visitors[0].post("/create", &[("text", &long)]);
    assert!(complaints(&page.text())[0].contains("太长"));
    // What was typed is still there.
    assert!(page.text().contains(&long));
}

fn forms_of_other_sites_are_refused(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let host = "front.example";
    let body = form(&[("token", &visitor.token), ("text", "https://a.example")]);
    for (site, origin, status) in [
        (Some("same-origin"), None, 200),
        (Some("none"), None, 200),
        (Some("same-origin"), Some("https://evil.example"), 200),
        (Some("cross-site"), Some("https://front.example"), 403),
        (Some("same-site"), None, 403),
        (None, Some("https://front.example"), 200),
        (None, Some("https://evil.example"), 403),
        (None, Some("https://front.example.evil"), 403),
        (None, None, 200),
    ] {
        let mut post = visitor.call("POST", "/create").without("sec-fetch-site");
        post = post.host(host);
        if let Some(site) = site {
            post = post.header("sec-fetch-site", site);
        }
        if let Some(origin) = origin {
            post = post.header("origin", origin);
        }
        let answer = post.bytes(body.clone()).send();
        assert_eq!(answer.status, status, "{site:?} {origin:?}");
    }
}

fn a_form_needs_its_token(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let other = Visitor::new(api, "en");
    for token in ["", "x", &other.token] {
        let body = form(&[("token", token), ("text", "https://a.example")]);
        let page = visitor.call("POST", "/create").bytes(body).send();
        assert_eq!(page.status, 403);
        // Whoever presses the button again succeeds.
        assert!(page.text().contains("https://a.example</textarea>"));
        assert!(page.text().contains(&visitor.token));
    }
}

fn a_form_that_is_too_large_is_refused(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let text = "a".repeat(2 << 20);
    assert_eq!(visitor.post("/create", &[("text", &text)]).status, 413);
}

fn one_host_is_not_flooded(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let lines = "https://a.example/x\n".repeat(100);
    let page = visitor.make(&[("text", &lines)]);
    assert_eq!(page.matches("data-made").count(), 60);
    assert!(page.contains("前往 a.example 的短链接刚才生成得太多了"));
    let one = |host: &str| visitor.post("/create", &[("text", host)]).status;
    assert_eq!(one("https://a.example"), 429);
    assert_eq!(one("https://b.example"), 200);
    // Nor by way of a rule.
    let download = [
        ("text", "https://b.example"),
        ("for", "download"),
        ("android", "https://a.example/x.apk"),
    ];
    assert_eq!(visitor.post("/create", &download).status, 429);
    api.later(20_000);
    assert_eq!(one("https://a.example"), 200);
}

fn hosts_that_everybody_leads_to_are_not_limited(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let lines = "https://mp.weixin.qq.com/s/x\n".repeat(100);
    let page = visitor.make(&[("text", &lines)]);
    assert_eq!(page.matches("data-made").count(), 100);
    // Its neighbours are.
    let lines = "https://mp.weixin.qq.com.a.example/s/x\n".repeat(100);
    let page = visitor.make(&[("text", &lines)]);
    assert_eq!(page.matches("data-made").count(), 60);
}

/// Nobody is believed about an address unless the operator says so.
fn one_address_is_not_used_up_by_another(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let lines: String = (0..100)
        .map(|n| format!("https://h{n}.example\n"))
        .collect();
    for _ in 0..3 {
        visitor.make(&[("text", &lines)]);
    }
    let post = visitor
        .call("POST", "/create")
        .header("x-forwarded-for", "198.51.100.1");
    let body = form(&[("token", &visitor.token), ("text", "https://z.example")]);
    assert_eq!(post.bytes(body).send().status, 429);
}
