//! The Redis server and its content.

use std::time::Duration;

use suo_testkit::wait_until;

use crate::torture::{
    trial::Trial,
    windows::{Announced, Edges, Effects},
};

/// How long a replica may take to copy everything.
const COPIED: Duration = Duration::from_secs(30);

/// Redis has lost something, and says so.
pub(super) const LOSS: Effects = Effects {
    deaf: Edges::ALL,
    unasked: Edges::NONE,
    away: Edges::NONE,
    announced: Announced::InTime,
};

/// Nobody reaches Redis, no admin either.
pub(super) const OUTAGE: Effects = Effects {
    announced: Announced::Later,
    ..LOSS
};

pub(super) fn restarted_empty(trial: &mut Trial<'_>) {
    trial.broken(OUTAGE, |trial| {
        trial.stage.redis().kill();
        trial.go_on();
        trial.stage.redis().restart_empty();
    });
}

pub(super) fn restored(trial: &mut Trial<'_>) {
    trial.stage.redis().command(&["SAVE"]);
    // What is written now is lost.
    trial.go_on();
    trial.broken(OUTAGE, |trial| {
        trial.stage.redis().kill();
        trial.stage.redis().restart();
    });
}

pub(super) fn failed_over(trial: &mut Trial<'_>) {
    let stage = trial.stage;
    let port = stage.lines.of_replica.address().port().to_string();
    stage
        .redis()
        .command(&["CONFIG", "SET", "repl-diskless-sync-delay", "0"]);
    stage.standby().command(&["REPLICAOF", "127.0.0.1", &port]);
    wait_until("the replica has copied everything", COPIED, || {
        let info = stage.standby().command(&["INFO", "replication"]);
        info.contains("master_link_status:up")
            .then_some(())
            .ok_or(info)
    });
    stage.lines.of_replica.cut();
    // What is written now is lost.
    trial.go_on();
    trial.broken(OUTAGE, |trial| {
        stage.redis().kill();
        stage.standby().command(&["REPLICAOF", "NO", "ONE"]);
        let pause = trial
            .prng
            .within(&(Duration::ZERO..Duration::from_millis(500)));
        trial.wait(pause);
        stage.fail_over();
    });
    stage.standby().restart_empty();
    stage.lines.of_replica.restore();
}

pub(super) fn flushed(trial: &mut Trial<'_>) {
    trial.broken(LOSS, |trial| {
        trial.stage.redis().command(&["FLUSHALL"]);
    });
}

pub(super) fn bucket_lost(trial: &mut Trial<'_>) {
    lose(trial, |_, keys| keys);
}

pub(super) fn records_lost(trial: &mut Trial<'_>) {
    lose(trial, |trial, mut keys| {
        keys.retain(|key| key.ends_with(":m") || trial.prng.percent(50));
        keys
    });
}

pub(super) fn scripts_flushed(trial: &mut Trial<'_>) {
    trial.broken(Effects::default(), |trial| {
        trial.stage.redis().command(&["SCRIPT", "FLUSH"]);
    });
}

pub(super) fn subscribers_killed(trial: &mut Trial<'_>) {
    trial.broken(LOSS, |trial| {
        trial
            .stage
            .redis()
            .command(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    });
}

pub(super) fn trimmed(trial: &mut Trial<'_>) {
    let edge = trial.some_edge();
    let effects = Effects {
        deaf: Edges::only(edge),
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        let line = &trial.stage.lines.of_edges[edge];
        line.cut();
        trial.go_on();
        trial
            .stage
            .redis()
            .command(&["XTRIM", "suo:changes", "MAXLEN", "1"]);
        line.restore();
    });
}

/// The last thing that one edge hears of for a moment is not what was published last.
pub(super) fn swallowed(trial: &mut Trial<'_>) {
    let edge = trial.some_edge();
    let effects = Effects {
        deaf: Edges::only(edge),
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        let swallowed = trial.stage.lines.of_edges[edge].swallow_notice();
        let board = trial.board;
        while !swallowed.is_touched() && !board.stop.within(Duration::from_millis(5)) {}
    });
}

/// Deletes keys of a bucket that has some, all in one command.
fn lose(trial: &mut Trial<'_>, choose: impl FnOnce(&mut Trial<'_>, Vec<String>) -> Vec<String>) {
    let redis = trial.stage.redis();
    let bucket = redis.command(&["RANDOMKEY"]);
    let tag = bucket
        .split('}')
        .next()
        .and_then(|part| part.split('{').nth(1));
    let keys = redis.command(&["KEYS", &format!("suo:{{{}}}:*", tag.unwrap_or("00"))]);
    let keys = choose(trial, keys.lines().map(str::to_owned).collect());
    let words: Vec<&str> = ["DEL"]
        .into_iter()
        .chain(keys.iter().map(String::as_str))
        .collect();
    if words.len() > 1 {
        trial.broken(LOSS, |_| _ = redis.command(&words));
    }
}
