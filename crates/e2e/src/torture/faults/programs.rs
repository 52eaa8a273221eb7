//! Admins, edges and Postgres.

use suo_testkit::Signal;

use crate::torture::{
    stage,
    trial::Trial,
    windows::{Announced, Edges, Effects},
};

/// No edge can ask an admin for certain, and what was acknowledged may wait for another one.
const NO_AUTHORITY: Effects = Effects {
    deaf: Edges::NONE,
    unasked: Edges::ALL,
    away: Edges::NONE,
    announced: Announced::Late,
};

/// What was committed in the last moment cannot be announced: it is not known any more.
const NO_DATABASE: Effects = Effects {
    announced: Announced::Later,
    ..NO_AUTHORITY
};

pub(super) fn admin_killed(trial: &mut Trial<'_>) {
    let number = trial.some_admin();
    let effects = Effects {
        unasked: Edges::ALL,
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        let mut admin = trial.stage.admin(number);
        stage::count_admin(&admin, &trial.board.tally);
        admin.program.kill();
        trial.go_on();
        admin.start_again();
    });
}

/// It may hold the relay's lock, which nobody else gets for a while, and believes when it goes on
/// that it still does.
pub(super) fn admin_stopped(trial: &mut Trial<'_>) {
    let number = trial.some_admin();
    trial.broken(NO_DATABASE, |trial| {
        let admin = trial.stage.admin(number);
        admin.program.signal(Signal::STOP);
        trial.go_on();
        admin.program.signal(Signal::CONT);
    });
}

pub(super) fn edge_killed(trial: &mut Trial<'_>) {
    let number = trial.some_edge();
    let effects = Effects {
        away: Edges::only(number),
        ..Effects::default()
    };
    trial.broken(effects, |trial| {
        let mut edge = trial.stage.edge(number);
        stage::count_edge(&edge, &trial.board.tally);
        edge.program.kill();
        trial.go_on();
        edge.start_again();
        edge.wait();
    });
}

pub(super) fn postgres_crashed(trial: &mut Trial<'_>) {
    trial.broken(NO_DATABASE, |trial| {
        trial.stage.postgres.crash();
        trial.go_on();
        trial.stage.postgres.restart();
    });
}

pub(super) fn postgres_killed(trial: &mut Trial<'_>) {
    trial.broken(NO_DATABASE, |trial| {
        trial.stage.postgres.kill();
        trial.go_on();
        trial.stage.postgres.restart();
    });
}

pub(super) fn postgres_held(trial: &mut Trial<'_>) {
    trial.broken(NO_DATABASE, |trial| {
        let lines = &trial.stage.lines.to_postgres;
        lines.iter().for_each(|line| line.hold());
        trial.go_on();
        lines.iter().for_each(|line| line.release());
    });
}

pub(super) fn postgres_cut(trial: &mut Trial<'_>) {
    trial.broken(NO_DATABASE, |trial| {
        let lines = &trial.stage.lines.to_postgres;
        lines.iter().for_each(|line| line.cut());
        trial.go_on();
        lines.iter().for_each(|line| line.restore());
    });
}
