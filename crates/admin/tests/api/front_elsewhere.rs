//! Addresses with nothing behind them: people get a page, programs a problem document.

use super::{on_both, place::Api};

on_both!(people_get_a_page, programs_get_a_problem);

fn people_get_a_page(api: &Api) {
    let open = |method, path, language| {
        let call = api
            .stranger(method, path)
            .header("accept-language", language);
        call.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .send()
    };
    for (method, path, status, zh, en) in [
        (
            "GET",
            "/nowhere",
            404,
            "没有这个页面",
            "There is no such page",
        ),
        (
            "PUT",
            "/",
            405,
            "这里不能这样访问",
            "This is not how it works here",
        ),
        (
            "GET",
            "/create/links.csv",
            405,
            "这里不能这样访问",
            "This is not how it works here",
        ),
    ] {
        for (language, sentence) in [("zh-CN", zh), ("en", en)] {
            let page = open(method, path, language);
            assert_eq!(page.status, status, "{path}");
            assert!(page.text().contains(sentence), "{path}: {}", page.text());
            assert_eq!(
                page.header("content-type"),
                Some("text/html; charset=utf-8")
            );
            assert_eq!(page.header("allow").is_some(), status == 405);
        }
    }
    open("GET", "/api/v1/nowhere", "en").problem(404, "not-found");
}

fn programs_get_a_problem(api: &Api) {
    api.stranger("GET", "/nowhere")
        .send()
        .problem(404, "not-found");
    api.stranger("PUT", "/")
        .send()
        .problem(405, "method-not-allowed");
}
