use std::process::Command;

use e2e::{
    api::{link_path, text},
    quick_start::Place,
};
use serde_json::{Value, json};

#[test]
fn the_printed_curl_lines_make_a_link_and_follow_it() {
    let mut place = Place::new();
    let suo = place.start();
    suo.program
        .wait_for_line(|line| line.trim().starts_with("curl -si"));
    let lines: Vec<String> = suo
        .program
        .stdout()
        .into_iter()
        .filter(|line| line.trim().starts_with("curl "))
        .collect();
    assert_eq!(lines.len(), 2, "{:#?}", suo.program.lines());
    let answers: Vec<String> = lines.iter().map(|line| shell(line)).collect();
    assert!(answers[0].contains("short_url"), "{answers:#?}");
    assert!(
        answers[1].to_lowercase().contains("location: https://"),
        "{answers:#?}"
    );
}

#[test]
fn links_are_followed_edited_deleted_and_found_after_an_end_and_a_crash() {
    let mut place = Place::new();
    let suo = place.start();
    let kept = suo
        .api
        .create(&json!({ "target": "https://example.com/kept?a=%20b|c" }));
    let gone = suo
        .api
        .create(&json!({ "target": "https://example.com/gone" }));
    let named = suo
        .api
        .create(&json!({ "target": "https://example.com/1", "code": "Named" }));
    assert_eq!(
        suo.visits.follow(text(&kept, "code")),
        "https://example.com/kept?a=%20b|c"
    );
    suo.api.retarget(&named, "https://example.com/2");
    assert_eq!(suo.visits.follow("nAMED"), "https://example.com/2");
    suo.api.delete(&gone);
    assert_eq!(suo.visits.follow(text(&gone, "code")), "404");
    suo.interrupt();

    let suo = place.start();
    assert_eq!(
        suo.visits.follow(text(&kept, "code")),
        "https://example.com/kept?a=%20b|c"
    );
    assert_eq!(suo.visits.follow(text(&gone, "code")), "404");
    let last = suo
        .api
        .create(&json!({ "target": "https://example.com/last" }));
    suo.program.kill();

    let suo = place.start();
    assert_eq!(
        suo.visits.follow(text(&last, "code")),
        "https://example.com/last"
    );
    assert_eq!(suo.visits.follow("named"), "https://example.com/2");
    let found = suo.api.call("GET", &link_path(&last), &Value::Null);
    assert_eq!(
        (found.status, text(&found.json(), "target")),
        (200, "https://example.com/last")
    );
}

#[test]
fn a_code_that_was_missing_answers_as_soon_as_it_is_made() {
    let mut place = Place::new();
    let suo = place.start();
    for round in 0..20 {
        let code = format!("later{round}");
        assert_eq!(suo.visits.follow(&code), "404");
        let target = format!("https://example.com/{round}");
        let link = suo.api.create(&json!({ "target": target, "code": code }));
        assert_eq!(suo.visits.follow(&code), target);
        suo.api.delete(&link);
        assert_eq!(suo.visits.follow(&code), "404");
    }
}

/// What a shell prints for a line that somebody pastes.
fn shell(line: &str) -> String {
    let output = Command::new("sh")
        .arg("-c")
        .arg(line.trim())
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
