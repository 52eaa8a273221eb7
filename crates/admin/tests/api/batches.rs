//! `POST /links/batch`: each link by itself, results in order.

use serde_json::{Value, json};

use super::{http::findings, on_both, place::Api};

on_both!(
    each_link_succeeds_or_fails_by_itself_and_in_order,
    ten_thousand_links_are_the_most,
    what_is_no_batch_is_refused,
    an_empty_batch_has_no_results,
    two_batches_that_want_the_same_codes_share_them,
    the_same_target_is_made_once,
);

fn batch(api: &Api, links: &Value) -> Vec<Value> {
    let reply = api.post("/links/batch", &json!({ "links": links })).ok(200);
    let results = reply["results"].as_array().unwrap().clone();
    for (index, result) in results.iter().enumerate() {
        assert_eq!(result["index"], index);
    }
    results
}

fn statuses(results: &[Value]) -> Vec<u64> {
    results
        .iter()
        .map(|result| result["status"].as_u64().unwrap())
        .collect()
}

fn each_link_succeeds_or_fails_by_itself_and_in_order(api: &Api) {
    api.create(&json!({"target": "a.example", "code": "taken"}));
    let results = batch(
        api,
        &json!([
            {"target": "https://a.example/0", "code": "zero", "title": "nought"},
            {"target": "https://a.example/1", "code": "taken"},
            {"target": "https://аррӏе.com/"},
            {"target": "http://127.0.0.1/", "code": "a b", "max_clicks": -1},
            "a.example",
            {"target": "https://a.example/5", "code": "ZERO"},
            {"target": "https://a.example/6", "code": "six"},
        ]),
    );
    assert_eq!(statuses(&results), [201, 409, 201, 422, 422, 409, 201]);
    assert_eq!(results[0]["link"]["title"], "nought");
    assert_eq!(results[0]["link"], {
        let mut read = api
            .get(&format!(
                "/links/{}",
                results[0]["link"]["id"].as_str().unwrap()
            ))
            .ok(200);
        read["warnings"] = json!([]);
        read
    });
    assert_eq!(
        findings(&results[2]["link"]["warnings"]),
        ["/links/2/target homograph"]
    );
    assert_eq!(results[6]["link"]["code"], "six");
    for (index, name) in [
        (1, "code-taken"),
        (3, "invalid-fields"),
        (4, "invalid-fields"),
    ] {
        assert_eq!(
            results[index]["error"]["type"],
            format!("urn:suo:problem:{name}")
        );
        assert_eq!(results[index]["error"]["status"], results[index]["status"]);
        assert!(results[index].get("link").is_none());
    }
    assert!(results[0].get("error").is_none());
    assert_eq!(
        findings(&results[1]["error"]["errors"]),
        ["/links/1/code code_taken"]
    );
    assert_eq!(
        findings(&results[4]["error"]["errors"]),
        ["/links/4 wrong_type"]
    );
    let mut refused = findings(&results[3]["error"]["errors"]);
    refused.sort();
    let expected = [
        "/links/3/code invalid_code",
        "/links/3/max_clicks wrong_type",
        "/links/3/target private_target",
    ];
    assert_eq!(refused, expected);
}

fn ten_thousand_links_are_the_most(api: &Api) {
    let links = |count| Value::from(vec![json!({"target": "https://a.example/x"}); count]);
    let answer = api.post("/links/batch", &json!({"links": links(10_001)}));
    assert_eq!(answer.refused(), ["/links too_many"]);
    assert_eq!(api.get("/links").ok(200)["data"], json!([]));
    let results = batch(api, &links(10_000));
    assert!(statuses(&results).iter().all(|status| *status == 201));
    let mut codes: Vec<_> = results
        .iter()
        .map(|result| result["link"]["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 10_000);
}

fn what_is_no_batch_is_refused(api: &Api) {
    for (body, refused) in [
        (json!({}), "/links required"),
        (json!({"links": null}), "/links wrong_type"),
        (json!({"links": {}}), "/links wrong_type"),
        (
            json!({"links": [], "atomic": true}),
            "/atomic unknown_field",
        ),
        (json!([{"target": "a.example"}]), " wrong_type"),
    ] {
        assert_eq!(
            api.post("/links/batch", &body).refused(),
            [refused],
            "{body}"
        );
    }
}

fn an_empty_batch_has_no_results(api: &Api) {
    assert_eq!(batch(api, &json!([])), [] as [Value; 0]);
    let refused = batch(api, &json!([{"target": 1}]));
    assert_eq!(statuses(&refused), [422]);
}

fn two_batches_that_want_the_same_codes_share_them(api: &Api) {
    let link = |number: usize| json!({"target": "a.example", "code": format!("c{number}")});
    let up = Value::from((0..200).map(link).collect::<Vec<_>>());
    let down = Value::from((0..200).rev().map(link).collect::<Vec<_>>());
    let answers = api.at_once(4, |number| {
        let links = if number % 2 == 0 { &up } else { &down };
        api.post("/links/batch", &json!({ "links": links }))
    });
    let results = answers
        .iter()
        .flat_map(|answer| answer.ok(200)["results"].as_array().unwrap().clone());
    let statuses = statuses(&results.collect::<Vec<_>>());
    let created = statuses.iter().filter(|status| **status == 201);
    assert_eq!(created.count(), 200);
    assert!(statuses.iter().all(|status| [201, 409].contains(status)));
}

fn the_same_target_is_made_once(api: &Api) {
    let wish = json!({"target": "https://a.example/x", "if_exists": "return"});
    let results = batch(
        api,
        &json!([wish, wish, {"target": "https://a.example/y", "if_exists": "return"}]),
    );
    assert_eq!(statuses(&results), [201, 200, 201]);
    assert_eq!(results[0]["link"], results[1]["link"]);
}
