//! Redis without enough memory.

use std::time::Duration;

use suo_testkit::{Redis, wait_until};

use super::server::LOSS;
use crate::torture::{
    trial::Trial,
    windows::{Announced, Edges, Effects},
};

/// How long an admin may take to look at Redis on a busy machine.
const NOTICED: Duration = Duration::from_secs(60);

/// Redis takes no writes: edges that are told of one nevertheless find it behind themselves.
pub(super) fn full(trial: &mut Trial<'_>) {
    let effects = Effects {
        deaf: Edges::ALL,
        announced: Announced::Late,
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        let redis = trial.stage.redis();
        limit(redis, used(redis));
        trial.go_on();
        limit(redis, 0);
    });
}

/// Redis throws keys away, as it must never be told to.
pub(super) fn evicting(trial: &mut Trial<'_>) {
    trial.broken(LOSS, |trial| {
        let redis = trial.stage.redis();
        let used = used(redis);
        redis.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-random"]);
        // Within the second until somebody looks, an evicted link can be 404: not promised.
        wait_until("nothing counts as whole", NOTICED, || {
            match redis.command(&["EXISTS", "suo:{00}:m", "suo:{7f}:m", "suo:{ff}:m"]) {
                none if none == "0" => Ok(()),
                some => Err(some),
            }
        });
        limit(redis, used - used / 20);
        redis.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
        limit(redis, 0);
    });
}

fn limit(redis: &Redis, bytes: u64) {
    redis.command(&["CONFIG", "SET", "maxmemory", &bytes.to_string()]);
}

fn used(redis: &Redis) -> u64 {
    let memory = redis.command(&["INFO", "memory"]);
    let used = memory
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    used.and_then(|text| text.trim().parse().ok())
        .unwrap_or(1 << 20)
}
