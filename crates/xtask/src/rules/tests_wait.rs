//! Tests wait for conditions, never for time.

use crate::rules::tree::{Finding, Tree};

/// The one place where pausing is the job: between two looks at a condition.
const ALLOWED: &str = "crates/testkit/src/wait.rs";

const ADVICE: &str = "a test sleeps: wait for a condition with suo_testkit::wait_until";

/// No `sleep` in test code, under any path to it.
pub(crate) fn for_conditions_not_for_time(tree: &Tree) -> Vec<Finding> {
    let files = tree.ending(".rs").filter(|(path, _)| *path != ALLOWED);
    files
        .flat_map(|(path, text)| {
            let lines = text.lines().enumerate().skip(first_test_line(path, text));
            let sleeping = lines.filter(|(_, line)| sleeps(line));
            sleeping.map(|(index, _)| Finding::at(path, index, ADVICE))
        })
        .collect()
}

/// All of a test crate or test folder; elsewhere from the first `#[cfg(test)]`, since test
/// modules end a file.
fn first_test_line(path: &str, text: &str) -> usize {
    let only_tests = ["crates/testkit/", "crates/e2e/"];
    if path.contains("/tests/") || only_tests.iter().any(|folder| path.starts_with(folder)) {
        return 0;
    }
    let is_mark = |line: &str| line.trim() == "#[cfg(test)]";
    text.lines().position(is_mark).unwrap_or(usize::MAX)
}

/// `sleep` as a word of code: called, imported or passed on.
fn sleeps(line: &str) -> bool {
    let code = line.trim();
    if code.starts_with("//") {
        return false;
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices("sleep").any(|(start, word)| {
        let (before, after) = (&code[..start], &code[start + word.len()..]);
        let whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        whole && (after.starts_with('(') || before.ends_with("::"))
    })
}

#[cfg(test)]
mod tests {
    use super::{ALLOWED, for_conditions_not_for_time, sleeps};
    use crate::rules::tree::Tree;

    /// Spelled so that the rule does not find it in this file.
    const SLEEPING: &str = concat!("thread::sl", "eep(LONG);");

    #[test]
    fn words_of_code_count() {
        let word = concat!("sl", "eep");
        for bad in [
            "thread::@(a)",
            "tokio::time::@(a)",
            "use std::thread::@;",
            "  @(a).await",
        ] {
            assert!(sleeps(&bad.replace('@', word)), "{bad}");
        }
        for good in ["// @(a)", "@_until(due)", "shell(\"@ 1\")", "a@(a)"] {
            assert!(!sleeps(&good.replace('@', word)), "{good}");
        }
    }

    #[test]
    fn only_tests_are_looked_at() {
        let module = format!("{SLEEPING}\n#[cfg(test)]\nmod tests {{\n{SLEEPING}\n}}");
        let tree = Tree::from([
            ("crates/edge/src/relay.rs", module.as_str()),
            ("crates/edge/src/pause.rs", SLEEPING),
            ("crates/edge/tests/all/main.rs", SLEEPING),
            (ALLOWED, SLEEPING),
        ]);
        let found = for_conditions_not_for_time(&tree);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("crates/edge/src/relay.rs:4: "),
            "{found:?}"
        );
        assert!(
            found[1].starts_with("crates/edge/tests/all/main.rs:1: "),
            "{found:?}"
        );
    }
}
