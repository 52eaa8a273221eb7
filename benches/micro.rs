//! Micro-benchmarks of what every request or every change passes through.
#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot run must say so"
)]

use std::{hint::black_box, net::Ipv4Addr};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use suo_bench::{DOMAIN, LINKS, Popularity, code, link, links, record};
use suo_link::{
    code::CodeKey,
    link::{ForwardQuery, Link},
    platform::{App, Os, classify},
    policy::{
        Allow, AppSet, Condition, MAX_RULES, OsSet, Policy, Rule, SplitKey, Weighted, decide,
    },
    rev::{Generation, Position},
    time::Timestamp,
    visitor::{Country, LanguageRange, Visitor, language},
    wire::{
        changes::{Change, Changes, MAX_CHANGES, Notice},
        names::LinkKey,
        record::Record,
    },
};

criterion_group!(benches, wire, policy, lookup);
criterion_main!(benches);

fn key(number: u64) -> LinkKey {
    LinkKey {
        domain: DOMAIN,
        code: CodeKey::from_segment(&code(number), false).expect("a code"),
    }
}

fn wire(criterion: &mut Criterion) {
    let record = record(1);
    criterion.bench_function("wire/decode a record", |bencher| {
        bencher.iter(|| Record::decode(black_box(&record)));
    });
    let changes = (0..MAX_CHANGES as u64).map(|number| Change::Edited {
        key: key(number),
        record: suo_bench::record(number),
    });
    let notice = Notice {
        position: Position {
            generation: Generation(1),
            seq: 1,
        },
        changes: Changes(changes.collect()),
    };
    let bytes = notice.encode();
    let mut group = criterion.benchmark_group("wire");
    group.throughput(Throughput::Elements(MAX_CHANGES as u64));
    group.bench_function("decode a notice of 500", |bencher| {
        bencher.iter(|| Notice::decode(black_box(&bytes)));
    });
}

fn policy(criterion: &mut Criterion) {
    let key = SplitKey::new([1; 16]);
    let now = Timestamp(1_800_000_000_000);
    let plain = link(1);
    let mut forwarding = link(1);
    forwarding.forward_query = ForwardQuery::Override;
    let mut visitor = visitor();
    let mut measure = |name: &str, link: &Link, visitor: &Visitor<'_>| {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| decide(black_box(link), black_box(visitor), black_box(now), &key));
        });
    };
    measure("policy/plain", &plain, &visitor);
    measure("policy/with the visitor's query", &forwarding, &visitor);
    let first = ruled(1);
    let last = ruled(MAX_RULES);
    measure(
        "policy/the first rule of 32, of two targets",
        &first,
        &visitor,
    );
    measure(
        "policy/the last rule of 32, of two targets",
        &last,
        &visitor,
    );
    visitor.platform.app = App::Wechat;
    measure("policy/guided, 32 rules", &last, &visitor);
    visitor.platform.app = App::Weibo;
    measure("policy/denied, 32 rules", &last, &visitor);
}

/// A visitor of whom everything is known.
fn visitor() -> Visitor<'static> {
    Visitor {
        platform: classify(b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"),
        language: language::preferred(b"zh-CN,zh;q=0.9,en;q=0.8"),
        country: Country::parse("CN"),
        address: Some(Ipv4Addr::new(198, 51, 100, 7).into()),
        query: Some("utm_source=wechat&id=2"),
        unlocked: false,
        used_up: false,
    }
}

/// A link with as many rules as there may be; the one of this number, from 1, matches first.
fn ruled(number: usize) -> Link {
    let rule = |place| {
        let code = if place + 1 < number { "SG" } else { "CN" };
        let url = |n| format!("https://www.example.com/campaign/landing?variant={n}");
        let targets = (0..2).map(|n| Weighted {
            url: url(n).into(),
            weight: 1,
        });
        Rule {
            when: Condition {
                os: OsSet::EMPTY.with(Os::Ios),
                language: LanguageRange::parse("zh").into_iter().collect(),
                country: Country::parse(code).into_iter().collect(),
                ..Condition::default()
            },
            targets: targets.collect(),
        }
    };
    let apps = AppSet::BROWSER.with(App::Wechat);
    let policy = Policy {
        guide_apps: AppSet::EMPTY.with(App::Wechat),
        allow: Allow {
            apps,
            os: OsSet::EMPTY,
        },
        rules: (0..MAX_RULES).map(rule).collect(),
        ..Policy::default()
    };
    Link {
        policy: Some(Box::new(policy)),
        ..link(1)
    }
}

fn lookup(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let handle = runtime.handle().clone();
    let (links, _) = runtime.block_on(links(handle)).expect("links");
    runtime.block_on(async {
        for number in 0..LINKS {
            links.find(key(number)).await;
        }
    });
    let mut popularity = Popularity::new(1);
    let draws: Vec<String> = (0..1 << 16).map(|_| code(popularity.draw())).collect();
    let mut next = draws.iter().cycle();
    criterion.bench_function("lookup/200 000 keys, skewed", |bencher| {
        bencher.iter(|| links.cached(DOMAIN, next.next().expect("a cycle")));
    });
}
