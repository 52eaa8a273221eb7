//! House rules that neither the compiler nor clippy knows, as quick looks at the text.

mod directions;
mod documents;
mod manuals;
mod tests_wait;
mod tree;

use crate::Outcome;
use crate::rules::tree::{Finding, Tree};
use crate::shell::root;

/// Every rule: what it found wrong.
const RULES: [fn(&Tree) -> Vec<Finding>; 10] = [
    tests_wait::for_conditions_not_for_time,
    directions::edge_and_admin_never_meet,
    directions::link_is_pure,
    documents::readmes_show_the_commands,
    documents::settings_are_explained,
    documents::links_lead_somewhere,
    documents::no_path_of_one_machine,
    manuals::metrics_exist,
    manuals::faults_name_their_tests,
    directions::kit_and_tasks_stand_alone,
];

/// Fails with the number of findings after printing each as `file:line: what`.
pub(crate) fn check() -> Outcome {
    let tree = Tree::read(&root()?)?;
    let findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => Err(format!("{count} against the house rules")),
    }
}
