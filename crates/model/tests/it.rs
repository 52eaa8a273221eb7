//! The protocol, searched to the end within small bounds; and without each of its rules.
#![expect(clippy::expect_used, reason = "tests fail loudly")]
#![expect(
    clippy::print_stdout,
    reason = "how many states there were is worth reading"
)]

#[path = "it/nothing_is_found_in_the_protocol.rs"]
mod nothing_is_found_in_the_protocol;
#[path = "it/without_a_look_of_the_operators_rebuild.rs"]
mod without_a_look_of_the_operators_rebuild;
#[path = "it/without_a_rule_of_admins.rs"]
mod without_a_rule_of_admins;
#[path = "it/without_a_rule_of_edges.rs"]
mod without_a_rule_of_edges;

use stateright::Checker;
use suo_model::{
    mutation::{Mutation, Mutations},
    scenario::Scenario,
    search,
};

fn finds_nothing(scenario: Scenario) {
    let checker = search(scenario, 1);
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

fn is_missed(rules: &[Mutation], scenario: Scenario) {
    let left_out = |mutations: Mutations, rule: &Mutation| mutations.and(*rule);
    let mutations = rules.iter().fold(Mutations::NONE, left_out);
    let found = search(
        Scenario {
            mutations,
            ..scenario
        },
        1,
    );
    let broken: Vec<_> = found.discoveries().into_iter().collect();
    let broken = broken
        .iter()
        .find(|(name, _)| found.model().is_promise(name));
    let (name, path) = broken.expect("without this rule a promise is broken");
    println!(
        "{name}: {} steps, {} states",
        path.clone().into_actions().len(),
        found.unique_state_count()
    );
}
