//! Tables of agents, each with what it is and who has seen it. Lines are tested one by one, and
//! all that are wrong are shown at once.

use std::collections::BTreeMap;

use suo_link::platform::{App, Platform, classify};

const APPS: &str = include_str!("../agents/apps.tsv");
const BOTS: &str = include_str!("../agents/bots.tsv");
const TRAPS: &str = include_str!("../agents/traps.tsv");

/// A line of a table.
struct Known {
    platform: Platform,
    source: &'static str,
    agent: &'static str,
}

fn table(text: &'static str) -> Vec<Known> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(known).collect()
}

fn known(line: &'static str) -> Known {
    let [app, os, device, bot_kind, source, agent] =
        line.split('\t').collect::<Vec<_>>().try_into().unwrap();
    Known {
        platform: Platform {
            app: app.parse().unwrap(),
            os: os.parse().unwrap(),
            device: device.parse().unwrap(),
            bot_kind: (bot_kind != "-").then(|| bot_kind.parse().unwrap()),
        },
        source,
        agent,
    }
}

fn assert_known(text: &'static str) {
    let mut wrong = Vec::new();
    for Known {
        platform, agent, ..
    } in table(text)
    {
        let answer = classify(agent.as_bytes());
        if answer != platform {
            wrong.push(format!("{agent}\n  is {platform:?}\n not {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn agents_of_every_app() {
    assert_known(APPS);
}

#[test]
fn bots_of_every_kind() {
    assert_known(BOTS);
}

#[test]
fn agents_that_look_like_something_else() {
    assert_known(TRAPS);
}

#[test]
fn every_app_is_in_the_table_three_times() {
    let mut counts = BTreeMap::new();
    for known in table(APPS) {
        assert!(!known.source.is_empty(), "{}", known.agent);
        *counts.entry(known.platform.app).or_insert(0) += 1;
    }
    for app in App::ALL.iter().filter(|app| **app != App::None) {
        assert!(counts.get(app) >= Some(&3), "{app}");
    }
}
