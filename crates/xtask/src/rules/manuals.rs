//! Manuals that name only what exists.

use std::collections::BTreeSet;

use crate::rules::tree::{Finding, Tree};

/// Where every metric is declared.
const METRICS: [&str; 2] = [
    "crates/edge/src/metrics/table.rs",
    "crates/admin/src/api/metrics.rs",
];

/// How the names of all metrics begin.
const METRIC_PREFIXES: [&str; 2] = ["suo_edge_", "suo_admin_"];

/// Faults, what was observed, and the tests that show it: a table whose last column names tests.
const RELIABILITY: &str = "docs/reliability.md";

/// Every metric that a manual names exists.
pub(crate) fn metrics_exist(tree: &Tree) -> Vec<Finding> {
    let declared: BTreeSet<&str> = METRICS
        .iter()
        .filter_map(|path| tree.text(path))
        .flat_map(metrics)
        .collect();
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (index, line) in text.lines().enumerate() {
            let unknown = metrics(line).filter(|name| !declared.contains(name));
            findings
                .extend(unknown.map(|name| Finding::at(path, index, format!("no metric {name}"))));
        }
    }
    findings
}

/// Every fault in the table names a test, and every test that it names exists.
pub(crate) fn faults_name_their_tests(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(RELIABILITY) else {
        return vec![Finding::about(RELIABILITY, "is missing")];
    };
    let tests: BTreeSet<&str> = tree
        .ending(".rs")
        .flat_map(|(_, text)| text.lines())
        .filter_map(function)
        .collect();
    let mut findings = Vec::new();
    for (index, row) in rows(text) {
        let cell = row.trim_end().trim_end_matches('|').rsplit('|').next();
        let named: Vec<&str> = cell.into_iter().flat_map(code).collect();
        if named.is_empty() {
            findings.push(Finding::at(RELIABILITY, index, "names no test"));
        }
        let unknown = named.into_iter().filter(|name| !tests.contains(name));
        findings
            .extend(unknown.map(|name| Finding::at(RELIABILITY, index, format!("no test {name}"))));
    }
    findings
}

/// The names of metrics in a text.
fn metrics(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| {
        let is_of = |prefix: &&str| word.len() > prefix.len() && word.starts_with(*prefix);
        METRIC_PREFIXES.iter().any(is_of)
    })
}

/// The name of the function that a line of code begins.
fn function(line: &str) -> Option<&str> {
    let (_, rest) = line.trim_start().split_once("fn ")?;
    rest.split(['(', '<']).next()
}

/// The rows of tables, without their heads.
fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    let mut in_body = false;
    lines.filter(move |(_, line)| {
        if !line.starts_with('|') {
            in_body = false;
        }
        let is_row = in_body;
        in_body |= line.starts_with("|--") || line.starts_with("| --");
        is_row
    })
}

/// What stands in `code`.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: fn(&Tree) -> Vec<Finding>, tree: &Tree) -> Vec<String> {
        rule(tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_metric_that_does_not_exist_is_found() {
        let tree = Tree::from([
            (METRICS[0], "name: \"suo_edge_deaf\""),
            (METRICS[1], "\"suo_admin_generation\""),
            ("docs/a.md", "`suo_edge_deaf`\n`suo_admin_generation > 1`"),
            ("docs/b.md", "`suo_edge_deaff == 1`"),
        ]);
        assert_eq!(
            found(metrics_exist, &tree),
            ["docs/b.md:1: no metric suo_edge_deaff"]
        );
    }

    #[test]
    fn a_fault_without_an_existing_test_is_found() {
        let table = "text\n\n| fault | test |\n|---|---|\n| a | `holds`, `bends` |\n| b | none |\n";
        let tree = Tree::from([
            (RELIABILITY, table),
            ("crates/a/tests/it.rs", "async fn holds() {\n}"),
        ]);
        let expected = [
            "docs/reliability.md:5: no test bends",
            "docs/reliability.md:6: names no test",
        ];
        assert_eq!(found(faults_name_their_tests, &tree), expected);
    }
}
