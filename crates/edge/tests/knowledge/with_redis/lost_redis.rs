//! Redis comes back empty.

use suo_link::wire::names::Names;
use suo_testkit::Redis;

use super::{
    admins::{Admin, admins},
    stage::{Stage, started},
};

const A: &str = "https://a.example/";
const OLD: &str = "https://old.example/";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_admin_the_old_links_are_served_and_nothing_is_absent() {
    let redis = Redis::start();
    let names = Names::new("suo");
    let mut relay = started(&redis.url(), &names);
    relay.create("a", A);
    let edge = Stage::new(&redis.url(), &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    redis.restart_empty();
    edge.until_deaf().await;
    edge.serves_old("a", A).await;
    assert_eq!(edge.get("other").await, "in doubt");
    assert!(edge.links.is_ready());

    // The relay fills it again, and goes on where it was.
    let mut rebuilt = super::relay::Relay::new(&redis.url(), names);
    rebuilt.at = relay.at;
    rebuilt.name_domain("s.example.com");
    rebuilt.edit("a", A);
    rebuilt.seal();
    edge.until_heard(&rebuilt).await;
    assert_eq!(edge.get("a").await, A);
    edge.becomes("other", "absent").await;
    assert_eq!(edge.counters.gaps_unfilled.total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_answers_for_what_redis_has_lost() {
    let redis = Redis::start();
    let names = Names::new("suo");
    started(&redis.url(), &names).create("a", OLD);
    let admin = Admin::start().await;
    let edge = Stage::with_admins(&redis.url(), &names, Some(admins(&admin)));
    let edge = edge.ready().await;
    redis.restart_empty();
    edge.until_deaf().await;
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.get("b").await, "https://b.example/");
}
