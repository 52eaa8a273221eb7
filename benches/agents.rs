//! How long it takes to know an agent, beside other classifiers.
//!
//! `SUO_BENCH_AGENTS` names a file with an agent a line; without it, it is the tables of the tests.
//! `SUO_BENCH_UAP` names the `regexes.yaml` of uap-core as JSON; without it, ua-parser, which is
//! nothing without them, is left out.
#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot run must say so"
)]

use std::{collections::BTreeSet, env, fs, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use suo_link::platform::{Memo, classify};

criterion_group!(benches, all, long);
criterion_main!(benches);

const TABLES: [&str; 3] = [
    include_str!("../crates/link/tests/agents/apps.tsv"),
    include_str!("../crates/link/tests/agents/bots.tsv"),
    include_str!("../crates/link/tests/agents/traps.tsv"),
];

/// Places of the memo: many more than agents, so that hits are measured.
const PLACES: usize = 1 << 16;

/// Every agent once.
fn agents() -> BTreeSet<String> {
    match env::var("SUO_BENCH_AGENTS") {
        Ok(path) => {
            let lines = fs::read_to_string(path).expect("SUO_BENCH_AGENTS is a file of text");
            lines.lines().map(str::to_owned).collect()
        }
        Err(_) => {
            let lines = TABLES.iter().flat_map(|table| table.lines());
            let agents = lines.filter(|line| !line.starts_with('#'));
            let agents = agents.filter_map(|line| line.rsplit('\t').next());
            agents.map(str::to_owned).collect()
        }
    }
}

fn all(criterion: &mut Criterion) {
    let agents: Vec<String> = agents().into_iter().collect();
    measure(criterion, "agents", &agents);
}

/// What WeChat, Alipay and their like send.
fn long(criterion: &mut Criterion) {
    let agents = agents();
    let long = agents.into_iter().filter(|agent| agent.len() >= 300);
    measure(criterion, "agents of 450 bytes", &cut(long));
}

/// Cut to one length, which leaves the tokens of all but a few.
fn cut(agents: impl Iterator<Item = String>) -> Vec<String> {
    let chars = |agent: String| agent.chars().cycle().take(450).collect();
    agents.map(chars).collect()
}

fn measure(criterion: &mut Criterion, name: &str, agents: &[String]) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(agents.len() as u64));
    group.bench_function("classify", |bencher| {
        bencher.iter(|| {
            for agent in agents {
                black_box(classify(black_box(agent.as_bytes())));
            }
        });
    });
    let mut memo = Memo::new(PLACES, [7; 192]);
    group.bench_function("memo", |bencher| {
        bencher.iter(|| {
            for agent in agents {
                black_box(memo.classify(black_box(agent.as_bytes())));
            }
        });
    });
    let woothee = woothee::parser::Parser::new();
    group.bench_function("woothee", |bencher| {
        bencher.iter(|| {
            for agent in agents {
                black_box(woothee.parse(black_box(agent)));
            }
        });
    });
    let isbot = isbot::Bots::default();
    group.bench_function("isbot", |bencher| {
        bencher.iter(|| {
            for agent in agents {
                black_box(isbot.is_bot(black_box(agent)));
            }
        });
    });
    if let Some(uap) = uap() {
        group.bench_function("ua-parser", |bencher| {
            bencher.iter(|| {
                for agent in agents {
                    black_box(uap.extract(black_box(agent)));
                }
            });
        });
    }
    group.finish();
}

/// User agent, system and device by all expressions of uap-core.
fn uap() -> Option<ua_parser::Extractor<'static>> {
    let path = env::var("SUO_BENCH_UAP").ok()?;
    let text = fs::read_to_string(path).expect("SUO_BENCH_UAP is a file of text");
    let regexes: ua_parser::Regexes<'_> =
        serde_json::from_str(text.leak()).expect("uap-core as JSON");
    Some(
        regexes
            .try_into()
            .expect("expressions that can be compiled"),
    )
}
