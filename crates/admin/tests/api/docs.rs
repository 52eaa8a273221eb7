//! `/docs` and `/openapi.json`: complete, and all from here.

use super::{http::Answer, on_both, place::Api};
use suo_admin::routes::TABLE;

on_both!(
    the_document_lists_every_route,
    the_pages_are_html_and_load_from_here_only,
);

fn the_document_lists_every_route(api: &Api) {
    let document = api.stranger("GET", "/api/v1/openapi.json").send().ok(200);
    for (path, methods) in TABLE {
        let route = &document["paths"][&format!("/api/v1{path}")];
        for method in *methods {
            assert!(
                route[method.to_lowercase()]["responses"].is_object(),
                "{method} {path}"
            );
        }
    }
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
}

/// What a browser gets that follows redirects.
fn open(api: &Api, path: &str) -> (String, Answer) {
    let answer = api.stranger("GET", path).send();
    match answer.header("location") {
        Some(location) => (location.to_owned(), api.stranger("GET", location).send()),
        None => (path.to_owned(), answer),
    }
}

fn the_pages_are_html_and_load_from_here_only(api: &Api) {
    for path in ["/docs", "/api/v1/docs"] {
        let (base, page) = open(api, path);
        assert_eq!(page.status, 200);
        assert!(
            page.header("content-type")
                .unwrap()
                .starts_with("text/html")
        );
        let text = page.text();
        assert!(!text.contains("://") && !text.contains("\"//"), "{text}");
        let parts: Vec<_> = references(&text).collect();
        assert!(parts.len() >= 4, "{parts:?}");
        for part in parts {
            let loaded = api.stranger("GET", &format!("{base}{part}")).send();
            assert_eq!(loaded.status, 200, "{base}{part}");
            assert!(!loaded.text().contains("fonts.googleapis"));
        }
        let settings = api
            .stranger("GET", &format!("{base}swagger-initializer.js"))
            .send()
            .text();
        assert!(settings.contains("\"/api/v1/openapi.json\""), "{settings}");
        // Otherwise the page sends the document's address to a service of somebody else.
        assert!(
            settings.contains("\"validatorUrl\": \"none\""),
            "{settings}"
        );
    }
}

/// What the page loads, without its `./`.
fn references(page: &str) -> impl Iterator<Item = &str> {
    let marks = ["src=\"", "href=\""].into_iter();
    let values = marks.flat_map(|mark| page.split(mark).skip(1));
    values.filter_map(|rest| Some(rest.split_once('"')?.0.trim_start_matches("./")))
}
