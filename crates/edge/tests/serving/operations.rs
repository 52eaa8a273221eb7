//! The operations listener.

use std::collections::BTreeSet;

use suo_edge::{Outcome, metrics::METRICS};

use super::{
    client::{get, request},
    stage::{Setting, Stage},
};

#[test]
fn an_edge_is_live_at_once_and_ready_when_it_knows_enough() {
    let stage = Stage::set(Setting {
        is_ready: false,
        ..Setting::default()
    });
    let status = |path| get(stage.ops_address(), "ops", path).status;
    assert_eq!((status("/live"), status("/ready")), (200, 503));
    assert_eq!(stage.metric("suo_edge_ready", ""), 0.0);
    assert_eq!(stage.metric("suo_edge_lag_seconds", ""), f64::INFINITY);
    stage.make_ready();
    assert_eq!((status("/live"), status("/ready")), (200, 200));
    assert_eq!(stage.metric("suo_edge_ready", ""), 1.0);
    assert_eq!(stage.metric("suo_edge_lag_seconds", ""), 0.0);
}

#[test]
fn every_metric_is_in_the_table_and_on_the_page() {
    let stage = Stage::with(vec![]);
    let page = get(stage.ops_address(), "ops", "/metrics");
    let media_type = page.header("content-type").unwrap();
    assert!(media_type.starts_with("application/openmetrics-text"));
    let samples = page.body.lines().filter(|line| !line.starts_with('#'));
    let shown: BTreeSet<&str> = samples
        .map(|line| line.split(['{', ' ']).next().unwrap())
        .collect();
    let table: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(shown, table);
    for metric in METRICS {
        assert!(page.body.contains(metric.help), "{}", metric.name);
    }
    for outcome in Outcome::ALL {
        let sample = format!("outcome=\"{}\"", outcome.as_str());
        assert!(page.body.contains(&sample), "{sample}");
    }
}

#[test]
fn other_paths_and_methods_are_refused() {
    let stage = Stage::with(vec![]);
    let ops = stage.ops_address();
    assert_eq!(get(ops, "ops", "/").status, 404);
    assert_eq!(get(ops, "ops", "/live/").status, 404);
    let post = request(ops, "POST", "ops", "/ready");
    assert_eq!(
        (post.status, post.header("allow")),
        (405, Some("GET, HEAD"))
    );
    assert_eq!(request(ops, "HEAD", "ops", "/live").status, 200);
}
