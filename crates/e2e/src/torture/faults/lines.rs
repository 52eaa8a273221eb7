//! Lines to Redis, and from edges to admins.

use std::time::Duration;

use super::server::OUTAGE;
use crate::torture::{
    trial::Trial,
    windows::{Announced, Edges, Effects},
};

/// In each direction: an answer takes 200 ms.
const SLOW: Duration = Duration::from_millis(100);

const VERY_SLOW: Duration = Duration::from_secs(2);

pub(super) fn edge_cut(trial: &mut Trial<'_>) {
    let edge = trial.some_edge();
    trial.broken(deaf(edge), |trial| {
        trial.stage.lines.of_edges[edge].cut();
        trial.go_on();
        trial.stage.lines.of_edges[edge].restore();
    });
}

pub(super) fn edge_held(trial: &mut Trial<'_>) {
    let edge = trial.some_edge();
    trial.broken(deaf(edge), |trial| {
        trial.stage.lines.of_edges[edge].hold();
        trial.go_on();
        trial.stage.lines.of_edges[edge].release();
    });
}

pub(super) fn edge_delayed(trial: &mut Trial<'_>) {
    let edge = trial.some_edge();
    trial.broken(deaf(edge), |trial| {
        trial.stage.lines.of_edges[edge].delay(VERY_SLOW);
        trial.go_on();
        trial.stage.lines.of_edges[edge].delay(Duration::ZERO);
        // What is on its way arrives as late as it was sent to.
        trial.wait(VERY_SLOW);
    });
}

pub(super) fn edge_isolated(trial: &mut Trial<'_>) {
    let edge = trial.some_edge();
    let effects = Effects {
        deaf: Edges::only(edge),
        unasked: Edges::only(edge),
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        let lines = &trial.stage.lines;
        let all = || lines.to_admins[edge].iter().chain([&lines.of_edges[edge]]);
        all().for_each(|line| line.cut());
        trial.go_on();
        all().for_each(|line| line.restore());
    });
}

pub(super) fn edge_unasked(trial: &mut Trial<'_>) {
    let edge = trial.some_edge();
    let effects = Effects {
        unasked: Edges::only(edge),
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        let lines = &trial.stage.lines.to_admins[edge];
        lines.iter().for_each(|line| line.hold());
        trial.go_on();
        lines.iter().for_each(|line| line.release());
    });
}

/// The other admin announces what both write.
pub(super) fn admin_cut(trial: &mut Trial<'_>) {
    let admin = trial.some_admin();
    trial.broken(Effects::default(), |trial| {
        trial.stage.lines.of_admins[admin].cut();
        trial.go_on();
        trial.stage.lines.of_admins[admin].restore();
    });
}

/// Its relay may hold the lock until it gives up.
pub(super) fn admin_held(trial: &mut Trial<'_>) {
    let admin = trial.some_admin();
    let effects = Effects {
        announced: Announced::Late,
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        trial.stage.lines.of_admins[admin].hold();
        trial.go_on();
        trial.stage.lines.of_admins[admin].release();
    });
}

pub(super) fn all_cut(trial: &mut Trial<'_>) {
    trial.broken(OUTAGE, |trial| {
        trial.stage.lines.to_redis().for_each(|line| line.cut());
        trial.go_on();
        trial.stage.lines.to_redis().for_each(|line| line.restore());
    });
}

pub(super) fn all_held(trial: &mut Trial<'_>) {
    trial.broken(OUTAGE, |trial| {
        trial.stage.lines.to_redis().for_each(|line| line.hold());
        trial.go_on();
        trial.stage.lines.to_redis().for_each(|line| line.release());
    });
}

pub(super) fn slow(trial: &mut Trial<'_>) {
    trial.broken(OUTAGE, |trial| {
        trial
            .stage
            .lines
            .to_redis()
            .for_each(|line| line.delay(SLOW));
        trial.go_on();
        trial
            .stage
            .lines
            .to_redis()
            .for_each(|line| line.delay(Duration::ZERO));
        trial.wait(SLOW);
    });
}

fn deaf(edge: usize) -> Effects {
    Effects {
        deaf: Edges::only(edge),
        ..Effects::default()
    }
}
