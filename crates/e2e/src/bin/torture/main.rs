//! Breaks a production of private servers and real programs on purpose for some minutes, and
//! judges every read: `cargo xtask torture --minutes 30 --seed 7`.
//!
//! `cargo xtask torture clicks --seed 7`: whether every click is counted once meanwhile.
//!
//! Prints the seed first, a line of progress every 30 seconds, and a summary; ends with exit code
//! 1 and explains the reads if some could not be explained by the writes.
#![expect(clippy::print_stdout, reason = "it reports to whoever called it")]

mod clicks;

use std::{
    env,
    error::Error,
    fs,
    io::{Write, stdout},
    process::ExitCode,
    str::FromStr,
    time::{Duration, SystemTime},
};

use e2e::torture::{Pace, Plan, run};
use suo_testkit::Profile;

const USAGE: &str = "\
torture [--minutes N] [--seed N] [--bound-ms N] [--links N] [--only WORDS,WORDS,…]
torture clicks [--seed N] [--redirects N] [--rounds N] [--rest-ms N] [--only WORDS,WORDS,…]
--only: faults whose names hold one of these
SUO_TEST_BIN_DIR names the folder with suo-admin and suo-edge (an absolute path)";

const FLAGS: [&str; 5] = ["--minutes", "--seed", "--bound-ms", "--links", "--only"];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    env::var_os("SUO_TEST_BIN_DIR").ok_or(USAGE)?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some((_, flags)) = arguments
        .split_first()
        .filter(|(word, _)| *word == "clicks")
    {
        check(flags, &clicks::FLAGS)?;
        let is_right = clicks::clicks(flags, tell)?;
        return Ok(ExitCode::from(u8::from(!is_right)));
    }
    let plan = plan(&arguments)?;
    println!("seed {}", plan.seed);
    let report = run(&plan, tell);
    if let Some(said) = &report.said {
        let file = env::temp_dir().join(format!("suo-torture-{}.log", plan.seed));
        fs::write(&file, said)?;
        println!("what the programs said: {}", file.display());
    }
    println!("{report}");
    Ok(match report.violations() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn plan(flags: &[String]) -> Result<Plan, Box<dyn Error>> {
    check(flags, &FLAGS)?;
    let minutes: f64 = flag(flags, "--minutes", 30.0)?;
    let only: String = flag(flags, "--only", String::new())?;
    let words = only.split(',').filter(|word| !word.is_empty());
    Ok(Plan {
        seed: flag(flags, "--seed", some_seed())?,
        time: Duration::from_secs_f64(minutes * 60.0),
        rounds: None,
        only: words.map(str::to_owned).collect(),
        bound: Duration::from_millis(flag(flags, "--bound-ms", 1000)?),
        is_busy: false,
        links: flag(flags, "--links", 300)?,
        pace: Pace {
            calm: Duration::from_millis(500)..Duration::from_secs(3),
            lasts: Duration::from_millis(200)..Duration::from_secs(6),
            between_writes: Duration::from_millis(20),
            batch: 10_000,
        },
        profile: Profile::Durable,
    })
}

fn tell(line: &str) {
    println!("{line}");
    // Whoever reads it from a pipe wants it now.
    let _ = stdout().flush();
}

fn check(flags: &[String], known: &[&str]) -> Result<(), Box<dyn Error>> {
    let is_known = |pair: &[String]| known.contains(&pair[0].as_str()) && pair.len() == 2;
    if flags.chunks(2).all(is_known) {
        Ok(())
    } else {
        Err(USAGE.into())
    }
}

fn flag<T: FromStr>(flags: &[String], name: &str, default: T) -> Result<T, Box<dyn Error>> {
    match flags.chunks(2).find(|pair| pair[0] == name) {
        Some(pair) => Ok(pair[1].parse().map_err(|_| USAGE)?),
        None => Ok(default),
    }
}

fn some_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |now| u64::from(now.subsec_nanos()))
}
