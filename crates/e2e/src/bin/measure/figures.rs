//! Many durations in one line.

use std::{fmt, time::Duration};

/// Durations in order of length.
pub(crate) struct Figures(Vec<Duration>);

impl Figures {
    pub(crate) fn new(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// The one that `permille` of a thousand do not exceed (nearest rank).
    fn at(&self, permille: usize) -> Duration {
        let rank = (self.0.len() * permille).div_ceil(1000);
        self.0
            .get(rank.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranks = [("median", 500), ("p90", 900), ("p99", 990), ("max", 1000)];
        for (name, permille) in ranks {
            write!(f, "{name} {:.2} ms  ", milliseconds(self.at(permille)))?;
        }
        write!(f, "({} of them)", self.0.len())
    }
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Figures;

    #[test]
    fn ranks_are_nearest() {
        let figures = Figures::new((1..=1000).rev().map(Duration::from_millis).collect());
        let shown =
            "median 500.00 ms  p90 900.00 ms  p99 990.00 ms  max 1000.00 ms  (1000 of them)";
        assert_eq!(figures.to_string(), shown);
    }
}
