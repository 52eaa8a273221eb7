//! Micro-benchmarks of what every request or every change passes through.
#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot run must say so"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use suo_bench::{DOMAIN, LINKS, Popularity, code, link, links, record};
use suo_link::{
    code::CodeKey,
    link::ForwardQuery,
    policy::{SplitKey, decide},
    rev::{Generation, Position},
    time::Timestamp,
    visitor::Visitor,
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
    let plain = link(1);
    let mut forwarding = link(1);
    forwarding.forward_query = ForwardQuery::Override;
    let visitor = Visitor {
        query: Some("utm_source=wechat&id=2"),
        ..Visitor::default()
    };
    let key = SplitKey::new([1; 16]);
    let now = Timestamp(1_800_000_000_000);
    criterion.bench_function("policy/decide", |bencher| {
        bencher.iter(|| decide(black_box(&plain), black_box(&visitor), black_box(now), &key));
    });
    criterion.bench_function("policy/decide with the visitor's query", |bencher| {
        bencher.iter(|| {
            decide(
                black_box(&forwarding),
                black_box(&visitor),
                black_box(now),
                &key,
            )
        });
    });
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
