//! The sum over all test binaries.

use std::fmt;

/// Tests passed and failed; displayed as the closing line of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Total {
    /// Adds what a line like `test result: ok. 3 passed; 1 failed; 0 ignored; …` says.
    pub(crate) fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let counts = result.split_once(". ").map_or("", |(_, counts)| counts);
        for count in counts.split("; ") {
            match count.split_once(' ') {
                Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Total;

    const OK: &str = "test result: ok. 33 passed; 0 failed; 1 ignored; 0 measured; \
                      2 filtered out; finished in 3.39s";
    const BAD: &str = "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; \
                       0 filtered out; finished in 0.00s";

    #[test]
    fn results_add_up_and_other_lines_do_not_count() {
        let mut total = Total::default();
        for line in [
            "running 33 tests",
            OK,
            "",
            BAD,
            "test a ... ok",
            "5 passed; 1 failed",
        ] {
            total.add(line);
        }
        assert_eq!(total.to_string(), "37 passed, 2 failed");
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(Total::default().to_string(), "0 passed, 0 failed");
    }
}
