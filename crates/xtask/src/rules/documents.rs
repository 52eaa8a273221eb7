//! Documents that agree with the code and with each other.

use std::collections::BTreeSet;

use crate::rules::tree::{Finding, Tree};

/// The two commands a newcomer needs; `.ci` and the README's promise rest on them.
const COMMANDS: [&str; 2] = ["cargo run --release", "cargo xtask test"];

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

/// Where every setting is declared.
const SETTINGS: &str = "crates/link/src/settings.rs";

/// Where every setting is explained.
const EXPLAINED: [&str; 2] = ["docs/operations.md", "deploy/suo.env"];

/// Places that exist on one machine only, spelled so that this file does not name them.
const MACHINES: [&str; 2] = [concat!("/wo", "rk/"), concat!("../sha", "red")];

/// Both READMEs show both commands.
pub(crate) fn readmes_show_the_commands(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for readme in READMES {
        let Some(text) = tree.text(readme) else {
            findings.push(Finding::about(readme, "is missing"));
            continue;
        };
        let absent = COMMANDS.iter().filter(|command| !text.contains(*command));
        findings.extend(absent.map(|command| Finding::about(readme, format!("lacks `{command}`"))));
    }
    findings
}

/// Every setting is explained to operators.
pub(crate) fn settings_are_explained(tree: &Tree) -> Vec<Finding> {
    let Some(declared) = tree.text(SETTINGS).map(settings) else {
        return vec![Finding::about(SETTINGS, "is missing")];
    };
    let mut findings = Vec::new();
    for document in EXPLAINED {
        let Some(explained) = tree.text(document).map(settings) else {
            findings.push(Finding::about(document, "is missing"));
            continue;
        };
        let absent = declared.difference(&explained);
        findings.extend(absent.map(|name| Finding::about(document, format!("lacks {name}"))));
    }
    findings
}

/// Every relative link of a Markdown file leads to a file or folder.
pub(crate) fn links_lead_somewhere(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (index, line) in prose(text) {
            let dead = links(line).filter(|link| !leads(tree, path, link));
            findings
                .extend(dead.map(|link| Finding::at(path, index, format!("no such file: {link}"))));
        }
    }
    findings
}

/// No text names a path that only exists on one machine.
pub(crate) fn no_path_of_one_machine(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md").chain(tree.ending(".rs")) {
        for (index, line) in text.lines().enumerate() {
            let named = MACHINES.iter().filter(|place| line.contains(*place));
            findings.extend(named.map(|place| Finding::at(path, index, format!("names {place}"))));
        }
    }
    findings
}

/// All names `SUO_…` in a text, the tests of a source file left out.
fn settings(text: &str) -> BTreeSet<&str> {
    let text = text.split("#[cfg(test)]").next().unwrap_or(text);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = words.filter(|word| word.starts_with("SUO_") && !word.ends_with('_'));
    named.collect()
}

/// Lines outside of code blocks, with their index.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// Targets of `[…](target)` outside of `code`, without title and fragment.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let prose = line.split('`').step_by(2);
    prose.flat_map(|part| {
        let targets = part.split("](").skip(1);
        targets.filter_map(|rest| rest.split([')', '#', ' ']).next())
    })
}

fn leads(tree: &Tree, from: &str, link: &str) -> bool {
    let elsewhere = link.contains("://") || link.starts_with("mailto:");
    // Nothing before the `#`: a place in the same file.
    link.is_empty() || elsewhere || resolved(from, link).is_some_and(|path| tree.has(&path))
}

/// The path a link means, from the top folder; none if it leaves it.
fn resolved(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: fn(&Tree) -> Vec<Finding>, tree: &Tree) -> Vec<String> {
        rule(tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_readme_without_a_command_is_found() {
        let both = "`cargo run --release` and `cargo xtask test`";
        let tree = Tree::from([("README.md", both), ("README.zh-CN.md", "cargo xtask test")]);
        let found = found(readmes_show_the_commands, &tree);
        assert_eq!(found, ["README.zh-CN.md: lacks `cargo run --release`"]);
    }

    #[test]
    fn a_missing_readme_is_found() {
        let found = found(readmes_show_the_commands, &Tree::default());
        assert_eq!(
            found,
            ["README.md: is missing", "README.zh-CN.md: is missing"]
        );
    }

    #[test]
    fn a_setting_that_is_not_explained_is_found() {
        let tree = Tree::from([
            (
                SETTINGS,
                "const PREFIX: &str = \"SUO_\"; SUO_LOG SUO_CACHE_MB",
            ),
            ("docs/operations.md", "| `SUO_LOG` | `SUO_CACHE_MB` |"),
            ("deploy/suo.env", "SUO_LOG_FILE=1\nSUO_CACHE_MB=256"),
        ]);
        assert_eq!(
            found(settings_are_explained, &tree),
            ["deploy/suo.env: lacks SUO_LOG"]
        );
    }

    #[test]
    fn dead_links_are_found_and_code_is_no_link() {
        let text = "[a](api.md#top) [b](../README.md) [c](#x) [d](https://e.org) [e](adr/)\n\
                    `[f](nowhere.md)` [g](gone.md \"title\")\n```\n[h](nowhere.md)\n```\n[i](../../x)";
        let tree = Tree::from([
            ("docs/guide.md", text),
            ("docs/api.md", ""),
            ("docs/adr/0001.md", ""),
            ("README.md", ""),
        ]);
        let expected = [
            "docs/guide.md:2: no such file: gone.md",
            "docs/guide.md:6: no such file: ../../x",
        ];
        assert_eq!(found(links_lead_somewhere, &tree), expected);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        let line = format!("see {}notes", MACHINES[0]);
        let tree = Tree::from([("docs/a.md", line.as_str()), ("src/b.rs", "at work/")]);
        assert_eq!(found(no_path_of_one_machine, &tree).len(), 1);
    }
}
