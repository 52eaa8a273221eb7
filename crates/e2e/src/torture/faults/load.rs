//! Much work beside everything else.

use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value, json};

use crate::torture::{
    board::Code,
    history::{State, Target},
    trial::Trial,
    windows::Effects,
};

/// So many of a batch are read.
const SAMPLES: usize = 50;

/// Links of batches have numbers of their own.
const BATCHES: u32 = 2_000_000;

pub(super) fn project(trial: &mut Trial<'_>) {
    trial.broken(Effects::default(), |trial| {
        trial.stage.instance.run("project");
    });
}

pub(super) fn batch(trial: &mut Trial<'_>) {
    let batch = u32::try_from(trial.prng.below(1 << 20)).unwrap_or(0);
    let target = |number: usize| Target {
        link: BATCHES + batch,
        number: u32::try_from(number).unwrap_or(0),
    };
    let name = |number: usize| format!("b{batch}-{number}");
    let links: Vec<Value> = (0..trial.batch)
        .map(|number| json!({ "target": target(number).url(), "code": name(number) }))
        .collect();
    trial.broken(Effects::default(), |trial| {
        let sent = trial.board.clock.now();
        let codes: Vec<_> = (0..trial.batch)
            .step_by(trial.batch.div_ceil(SAMPLES).max(1))
            .map(|number| {
                let code = Code::new(&name(number));
                let ticket = code.history().begin(State::Leads(target(number)), sent);
                trial.board.add(code.clone());
                (number, code, ticket)
            })
            .collect();
        let api = &trial.stage.apis()[trial.some_admin()];
        let answer = api.try_call("POST", "/links/batch", &json!({ "links": links }));
        let known = trial.board.clock.now();
        let answer = answer.ok().filter(|answer| answer.status == 200);
        let results = answer.map(|answer| answer.json()["results"].take());
        for (number, code, ticket) in codes {
            let is_made = results
                .as_ref()
                .is_some_and(|all| all[number]["status"] == 201);
            if is_made {
                code.history().settle(ticket, known);
                trial.board.tally.acknowledged.fetch_add(1, Relaxed);
            } else {
                code.history().leave_open(ticket);
            }
        }
    });
}
