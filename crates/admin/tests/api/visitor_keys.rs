//! `/internal/v1/visitor-keys`: what edges tell visitors apart with.

use suo_link::wire::visitor_keys::{DayKey, decode};

use super::{
    on_both,
    place::{Api, TOKEN},
};

on_both!(
    every_edge_gets_the_same_key_for_a_day_of_the_zone,
    tomorrows_key_is_handed_out_in_the_last_hour,
    nobody_else_gets_them,
);

const HOUR: i64 = 3_600_000;

fn keys(api: &Api) -> Vec<DayKey> {
    let call = api.stranger("POST", "/internal/v1/visitor-keys");
    let answer = call.bearer(TOKEN).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    decode(&answer.body).unwrap()
}

/// The clock shows midnight of Shanghai.
fn every_edge_gets_the_same_key_for_a_day_of_the_zone(api: &Api) {
    let first = keys(api);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].ends.0 - first[0].begins.0, 24 * HOUR);
    api.later(22 * HOUR);
    assert_eq!(keys(api), first);
    api.later(2 * HOUR);
    let next = keys(api);
    assert_eq!(next[0].begins, first[0].ends);
    assert_ne!(next[0].key, first[0].key);
}

fn tomorrows_key_is_handed_out_in_the_last_hour(api: &Api) {
    api.later(23 * HOUR);
    let ahead = keys(api);
    assert_eq!(ahead.len(), 2);
    api.later(HOUR);
    assert_eq!(keys(api), ahead[1..]);
}

fn nobody_else_gets_them(api: &Api) {
    let path = "/internal/v1/visitor-keys";
    assert_eq!(api.stranger("POST", path).send().status, 401);
    assert_eq!(api.stranger("POST", path).bearer("no").send().status, 401);
    let call = api.stranger("GET", path).bearer(TOKEN).send();
    assert_eq!(call.status, 405);
}
