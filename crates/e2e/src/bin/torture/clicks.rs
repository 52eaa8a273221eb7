//! `torture clicks`: whether every click is counted once.

use std::{error::Error, time::Duration};

use e2e::torture::{
    Pace,
    clicks::{Plan, run},
};
use suo_testkit::Profile;

use crate::{flag, some_seed};

pub(crate) const FLAGS: [&str; 5] = ["--seed", "--redirects", "--rounds", "--rest-ms", "--only"];

/// Runs it; whether everything was as promised.
pub(crate) fn clicks(flags: &[String], tell: fn(&str)) -> Result<bool, Box<dyn Error>> {
    let only: String = flag(flags, "--only", String::new())?;
    let words = only.split(',').filter(|word| !word.is_empty());
    let redirects = flag(flags, "--redirects", 200_000)?;
    let plan = Plan {
        seed: flag(flags, "--seed", some_seed())?,
        redirects,
        in_quiet: redirects / 20,
        rounds: flag(flags, "--rounds", 5)?,
        only: words.map(str::to_owned).collect(),
        visitors: 4,
        rest: Duration::from_millis(flag(flags, "--rest-ms", 5)?),
        links: 50,
        pace: Pace {
            calm: Duration::from_millis(100)..Duration::from_secs(2),
            lasts: Duration::from_millis(50)..Duration::from_secs(3),
            between_writes: Duration::ZERO,
            batch: 0,
        },
        profile: Profile::Durable,
    };
    tell(&format!("seed {}", plan.seed));
    let report = run(&plan, tell);
    tell(&report.to_string());
    Ok(report.violations().is_empty() && report.late().is_empty())
}
