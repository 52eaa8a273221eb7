//! What counting one answer costs: the worker's part alone, and with the shipper's part
//! amortised over the clicks of a segment.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run must say so, and this one tells sizes as well"
)]

use std::{
    borrow::Cow,
    hint::black_box,
    net::{IpAddr, Ipv4Addr},
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use suo_bench::Taken;
use suo_edge::clicks::{Clicks, Config};
use suo_link::{
    id::{DomainId, LinkId},
    platform::{App, Device, Os},
    time::Timestamp,
    visitor::{Country, VisitorKey},
    wire::clicks::{
        Class, Click, Dropped, JournalId, LanguageCode, NO_REFERRER, Outcome, Row, Segment,
        SegmentName, Via,
        segment::{self, MAX_CLICKS},
    },
};

criterion_group!(benches, worker, shipper, admin);
criterion_main!(benches);

fn click(number: u64) -> Click {
    Click {
        link: LinkId(number * 7919 % 1000),
        domain: DomainId(1),
        at: Timestamp(1_800_000_000_000 + number as i64 / 64),
        outcome: Outcome::Redirect,
        class: Class::Human,
        via: Via::Click,
        entry: number as u32 * 7919 % 1000,
        app: App::ALL[number as usize % 9],
        os: Os::ALL[number as usize % 5],
        device: Device::Mobile,
        referrer: NO_REFERRER,
        country: Country::parse("CN"),
        language: LanguageCode::parse("zh"),
        variant: None,
        lease: 0,
        visitor: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
    }
}

/// Clicks between two turns of the shipper: a chunk holds more.
const BURST: u64 = 10_000;
const TURN: Duration = Duration::from_millis(5);

/// Record and visitor hash together: what a visitor waits for.
fn worker(criterion: &mut Criterion) {
    let folder = std::env::temp_dir().join(format!("suo-bench-clicks-{}", std::process::id()));
    let config = Config {
        folder: folder.clone(),
        megabytes: 512,
        workers: NonZeroUsize::MIN,
    };
    let clicks = Clicks::start(&config, Taken::default()).expect("a shipper");
    let mut recorder = clicks.recorder().expect("a worker's end");
    let address = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
    let mut number = 0;
    let mut group = criterion.benchmark_group("clicks");
    group
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    for (name, host) in [
        ("record and hash", ""),
        ("record and hash, with a referrer", "www.example.com"),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|count| {
                let mut time = Duration::ZERO;
                let mut left = count;
                while left > 0 {
                    let burst = left.min(BURST);
                    let begun = Instant::now();
                    for _ in 0..burst {
                        number += 1;
                        let visitor = recorder
                            .key(black_box(FIXED.at))
                            .hash(black_box(address), black_box(number));
                        let at = Timestamp(number as i64);
                        let click = Click {
                            visitor,
                            at,
                            ..FIXED
                        };
                        recorder.record(black_box(&click), black_box(host.as_bytes()));
                    }
                    time += begun.elapsed();
                    left -= burst;
                    // No visitors come as fast as this loop; the shipper gets its turn.
                    std::thread::sleep(TURN);
                }
                time
            });
        });
    }
    let counts = clicks.counts();
    let dropped = counts.dropped_full.value() + counts.dropped_unwritable.value();
    println!("dropped {dropped} of {number}");
    drop(recorder);
    let _ = clicks.finish(Duration::from_secs(5));
    let _ = std::fs::remove_dir_all(folder);
    let key = VisitorKey::new([1; 16]);
    group.bench_function("the hash alone", |bencher| {
        bencher.iter(|| key.hash(black_box(address), black_box(7)));
    });
}

const FIXED: Click = Click {
    link: LinkId(42),
    domain: DomainId(1),
    at: Timestamp(0),
    outcome: Outcome::Redirect,
    class: Class::Human,
    via: Via::Click,
    entry: 77,
    app: App::Wechat,
    os: Os::Ios,
    device: Device::Mobile,
    referrer: NO_REFERRER,
    country: None,
    language: None,
    variant: None,
    lease: 0,
    visitor: 0,
};

fn shipper(criterion: &mut Criterion) {
    let rows: Vec<Row> = (0..MAX_CLICKS as u64)
        .map(|number| click(number).row())
        .collect();
    let hosts: Vec<Cow<'_, str>> = vec!["www.example.com".into()];
    let name = SegmentName {
        journal: JournalId([1; 16]),
        number: 1,
    };
    let mut group = criterion.benchmark_group("clicks");
    group.throughput(Throughput::Elements(MAX_CLICKS as u64));
    group.bench_function("encode a full segment", |bencher| {
        bencher.iter(|| segment::encode(name, 0, Dropped::default(), &hosts, black_box(&rows)));
    });
    let bytes = segment::encode(name, 0, Dropped::default(), &hosts, &rows);
    println!("{} bytes a click", bytes.len() as f64 / MAX_CLICKS as f64);
}

fn admin(criterion: &mut Criterion) {
    let rows: Vec<Row> = (0..MAX_CLICKS as u64)
        .map(|number| click(number).row())
        .collect();
    let name = SegmentName {
        journal: JournalId([1; 16]),
        number: 1,
    };
    let bytes = segment::encode(name, 0, Dropped::default(), &[], &rows);
    let mut group = criterion.benchmark_group("clicks");
    group.throughput(Throughput::Elements(MAX_CLICKS as u64));
    group.bench_function("decode a full segment", |bencher| {
        bencher.iter(|| Segment::decode(black_box(&bytes)));
    });
}
