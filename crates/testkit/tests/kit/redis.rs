//! Redis servers lose or keep what the test says.

use suo_testkit::{Redis, redis_prefix, shared_redis};

#[test]
fn prefixes_keep_tests_apart_on_the_shared_server() {
    let (one, two) = (redis_prefix(), redis_prefix());
    shared_redis().command(&["SET", &format!("{one}:key"), "value"]);
    let other = shared_redis().command(&["EXISTS", &format!("{two}:key")]);
    assert_eq!(other, "0");
}

#[test]
fn a_restart_keeps_the_data_and_the_port() {
    let redis = Redis::start();
    let before = redis.address();
    redis.command(&["SET", "key", "value"]);
    redis.restart();
    assert_eq!(redis.command(&["GET", "key"]), "value");
    assert_eq!(redis.address(), before);
}

#[test]
fn a_kill_falls_back_to_the_last_stop() {
    let redis = Redis::start();
    redis.command(&["SET", "key", "old"]);
    redis.restart();
    redis.command(&["SET", "key", "new"]);
    redis.kill();
    redis.restart();
    assert_eq!(redis.command(&["GET", "key"]), "old");
}

#[test]
fn an_empty_restart_forgets_everything() {
    let redis = Redis::start();
    redis.command(&["SET", "key", "value"]);
    redis.restart();
    redis.restart_empty();
    assert_eq!(redis.command(&["DBSIZE"]), "0");
}

#[test]
fn password_and_tls_are_in_the_url_and_asked_for() {
    let redis = Redis::start_tls(&["--requirepass", "secret"]);
    let address = redis.address();
    assert_eq!(redis.url(), format!("rediss://:secret@{address}"));
    assert_eq!(redis.command(&["PING"]), "PONG");
}

#[test]
fn nothing_is_evicted() {
    let policy = shared_redis().command(&["CONFIG", "GET", "maxmemory-policy"]);
    assert!(policy.ends_with("noeviction"), "{policy}");
}
