//! Who may know whom. Crates outside the workspace are the business of `deny.toml`.

use crate::rules::tree::{Finding, Tree};

/// Crates of the workspace, by name.
const OURS: [&str; 3] = ["suo-link", "suo-edge", "suo-admin"];

/// Dependencies that do I/O or bring a runtime.
const IMPURE: [&str; 12] = [
    "tokio",
    "mio",
    "async-std",
    "smol",
    "futures",
    "hyper",
    "actix",
    "redis",
    "diesel",
    "socket2",
    "rustix",
    "reqwest",
];

/// What reads a clock, the environment, files or the network in the standard library.
const IMPURE_CODE: [&str; 9] = [
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "std::thread",
    "std::env",
    "SystemTime::now",
    "Instant::now",
    "async fn",
];

/// The two programs never see each other; what both need is in suo-link.
pub(crate) fn edge_and_admin_never_meet(tree: &Tree) -> Vec<Finding> {
    let edge = strangers(tree, "crates/edge/Cargo.toml", &["suo-admin"]);
    let admin = strangers(tree, "crates/admin/Cargo.toml", &["suo-edge"]);
    [edge, admin].concat()
}

/// suo-link does no I/O: time is an argument, and nothing waits.
pub(crate) fn link_is_pure(tree: &Tree) -> Vec<Finding> {
    let mut findings = strangers(tree, "crates/link/Cargo.toml", &IMPURE);
    for (path, text) in tree.ending(".rs") {
        if path.starts_with("crates/link/src/") {
            findings.extend(impure_lines(path, text));
        }
    }
    findings
}

/// The kit and these tasks depend on none of our crates.
pub(crate) fn kit_and_tasks_stand_alone(tree: &Tree) -> Vec<Finding> {
    let kit = strangers(tree, "crates/testkit/Cargo.toml", &OURS);
    let tasks = strangers(tree, "crates/xtask/Cargo.toml", &OURS);
    [kit, tasks].concat()
}

/// Dependencies in a manifest that begin with one of `names`.
fn strangers(tree: &Tree, manifest: &str, names: &[&str]) -> Vec<Finding> {
    let Some(text) = tree.text(manifest) else {
        return vec![Finding::about(manifest, "is missing")];
    };
    let mut findings = Vec::new();
    let mut in_dependencies = false;
    for (index, line) in text.lines().map(str::trim).enumerate() {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies]");
        }
        let unwanted = names.iter().find(|name| line.starts_with(*name));
        if let Some(name) = unwanted.filter(|_| in_dependencies) {
            findings.push(Finding::at(
                manifest,
                index,
                format!("must not depend on {name}"),
            ));
        }
    }
    findings
}

fn impure_lines<'a>(path: &'a str, text: &'a str) -> impl Iterator<Item = Finding> + 'a {
    let code = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]");
    let code = code
        .enumerate()
        .filter(|(_, line)| !line.trim().starts_with("//"));
    code.filter_map(move |(index, line)| {
        let found = IMPURE_CODE.iter().find(|impure| line.contains(*impure))?;
        Some(Finding::at(
            path,
            index,
            format!("suo-link is pure, this is not: {found}"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::{edge_and_admin_never_meet, link_is_pure};
    use crate::rules::tree::Tree;

    const LINK: &str = "crates/link/Cargo.toml";

    #[test]
    fn a_forbidden_dependency_is_found_in_every_table() {
        let edge = "[package]\nname = \"suo-edge\"\n[dev-dependencies]\nsuo-admin.workspace = true";
        let admin = "[package]\nname = \"suo-admin\"\n[dependencies]\nsuo-link = {}";
        let tree = Tree::from([
            ("crates/edge/Cargo.toml", edge),
            ("crates/admin/Cargo.toml", admin),
        ]);
        let found = edge_and_admin_never_meet(&tree);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0]
                .to_string()
                .starts_with("crates/edge/Cargo.toml:4: ")
        );
    }

    #[test]
    fn a_missing_manifest_is_found() {
        assert_eq!(edge_and_admin_never_meet(&Tree::default()).len(), 2);
    }

    #[test]
    fn purity_is_of_dependencies_and_of_code_outside_tests() {
        let code =
            "// std::fs is not used\nfn now() { SystemTime::now() }\n#[cfg(test)]\nuse std::fs;";
        let tree = Tree::from([
            (LINK, "[dependencies]\nurl = \"2\"\ntokio = \"1\""),
            ("crates/link/src/code.rs", code),
        ]);
        let found: Vec<String> = link_is_pure(&tree)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("crates/link/Cargo.toml:3: "),
            "{found:?}"
        );
        assert!(
            found[1].starts_with("crates/link/src/code.rs:2: "),
            "{found:?}"
        );
    }
}
