//! Looking up in a real Redis.

use std::process::Command;

use futures_util::future::join_all;
use suo_edge::origin::redis::{Address, BadAddress};
use suo_link::wire::names::Names;
use suo_testkit::{FaultProxy, Redis};

use super::stage::{Stage, started};

const A: &str = "https://a.example/";

/// Set in the process that trusts the test's CA: where Redis is.
const URL: &str = "TEST_REDIS_URL";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_misses_of_one_key_are_one_mget() {
    let redis = Redis::start();
    let names = Names::new("suo");
    started(&redis.url(), &names).create("a", A);
    let edge = Stage::new(&redis.url(), &names).ready().await;
    redis.command(&["CONFIG", "RESETSTAT"]);
    let targets = join_all((0..1000).map(|_| edge.get("a"))).await;
    assert!(targets.iter().all(|target| target == A));
    let statistics = redis.command(&["INFO", "commandstats"]);
    assert!(statistics.contains("cmdstat_mget:calls=1,"), "{statistics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_lines_are_dropped_and_new_ones_made() {
    let redis = Redis::start();
    let names = Names::new("suo");
    let mut relay = started(&redis.url(), &names);
    let proxy = FaultProxy::start(redis.address());
    let url = redis.url_through(proxy.address());
    let edge = Stage::new(&url, &names).ready().await;
    for n in 0..20 {
        relay.create(&format!("code{n}"), A);
    }
    edge.until_heard(&relay).await;
    let visits = (0..20).map(|n| format!("code{n}"));
    join_all(visits.map(async |code| edge.get(&code).await)).await;
    proxy.cut();
    proxy.restore();
    edge.until_deaf().await;
    edge.until_heard(&relay).await;
    relay.create("new", A);
    edge.until_heard(&relay).await;
    edge.becomes("new", A).await;
}

#[test]
fn password_and_tls() {
    let redis = Redis::start_tls(&["--requirepass", "secret"]);
    // The link follows even a binary that was built anew meanwhile.
    let trusting = || {
        let ca = redis.tls().unwrap().ca();
        let mut command = Command::new("/proc/self/exe");
        command.args(["--ignored", "--exact"]);
        command.env("SSL_CERT_FILE", ca).env_remove("SSL_CERT_DIR");
        command
    };
    for (test, url) in [
        ("follows", redis.url()),
        ("is_refused", redis.url().replace("secret", "guessed")),
    ] {
        let test = format!("knowledge::with_redis::projection::{test}");
        let ran = trusting().arg(test).env(URL, url).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by password_and_tls in a process that trusts the CA"]
async fn follows() {
    let url = std::env::var(URL).unwrap();
    suo_edge::origin::redis::Address::parse(&url).unwrap();
    let names = Names::new("suo");
    let mut relay = started(&url, &names);
    relay.create("a", A);
    let edge = Stage::new(&url, &names).ready().await;
    assert_eq!(edge.get("a").await, A);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by password_and_tls in a process that trusts the CA"]
async fn is_refused() {
    let edge = Stage::new(&std::env::var(URL).unwrap(), &Names::new("suo"));
    assert_eq!(edge.get("a").await, "in doubt");
    let error = edge.links.load_domains().await.unwrap_err();
    assert!(!error.to_string().contains("guessed"), "{error}");
}

#[test]
fn addresses_are_refused_without_being_shown() {
    for (url, expected) in [
        ("http://:secret@127.0.0.1", BadAddress::NotAnUrl),
        ("127.0.0.1:6379", BadAddress::NotAnUrl),
        ("redis://:secret@a:1,", BadAddress::NotAnUrl),
        ("unix:///secret,unix:///b", BadAddress::NotAnUrl),
        (
            "redis://:secret@a:1,rediss://:secret@b:2",
            BadAddress::MixedNodes,
        ),
        (
            "redis://:secret@a:1,redis://me:secret@b:2",
            BadAddress::MixedNodes,
        ),
        (
            "redis://:secret@a:1/2,redis://:secret@b:2/2",
            BadAddress::ClusterDatabase,
        ),
    ] {
        let error = Address::parse(url).unwrap_err();
        assert_eq!(error, expected);
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    for url in [
        "redis://:secret@127.0.0.1",
        "redis://:secret@a:1, redis://:secret@b:2/0",
    ] {
        let address = Address::parse(url).unwrap();
        assert!(!format!("{address:?}").contains("secret"));
    }
}
