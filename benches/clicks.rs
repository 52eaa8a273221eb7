//! What counting one answer costs: the worker's part alone, and with everything that follows in this
//! process: closing, compressing, the carrier's thread.
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
    path::PathBuf,
    time::{Duration, Instant},
};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use rustix::time::{ClockId, clock_gettime};
use suo_bench::Taken;
use suo_edge::clicks::{Clicks, Config, Recorder};
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

criterion_group!(benches, worker, everything, shipper, admin);
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

/// A journal whose segments are taken at once.
fn counting() -> (Clicks, PathBuf) {
    let folder = std::env::temp_dir().join(format!("suo-bench-clicks-{}", std::process::id()));
    let config = Config {
        folder: folder.clone(),
        megabytes: 512,
        workers: NonZeroUsize::MIN,
    };
    let clicks = Clicks::start(&config, Taken::default()).expect("a shipper");
    (clicks, folder)
}

/// Record and visitor hash together: what a visitor waits for.
fn worker(criterion: &mut Criterion) {
    let (clicks, folder) = counting();
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

/// How many answers a second are recorded, and in how long.
const RATES: [(u64, Duration); 3] = [
    (20_000, Duration::from_secs(3)),
    (100_000, Duration::from_secs(1)),
    (500_000, Duration::from_secs(1)),
];

/// Answers come in such steps.
const STEP: Duration = Duration::from_millis(20);

/// The worker's part and all threads behind it, in CPU time: on the clock they run beside each other.
/// What the bench itself needs to keep the rate is left out, and so is a sink that talks to Redis.
fn everything(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("clicks");
    group
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(1))
        .measurement_time(Duration::from_secs(1))
        .sample_size(10);
    for (rate, time) in RATES {
        let (clicks, folder) = counting();
        let mut recorder = clicks.recorder().expect("a worker's end");
        let mut parts = Vec::new();
        let name = format!("record, hash and all that follows, {rate} a second");
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|count| {
                let part = at_rate(&clicks, &mut recorder, rate, time);
                parts.push(part);
                Duration::from_secs_f64((part.0 + part.1) * count as f64)
            });
        });
        let nanoseconds = |part: fn(&(f64, f64)) -> f64| {
            let mut all: Vec<f64> = parts.iter().map(part).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).map_or(0.0, |middle| middle * 1e9)
        };
        let (worker, others) = (nanoseconds(|part| part.0), nanoseconds(|part| part.1));
        let dropped = clicks.counts().dropped_full.value();
        if !parts.is_empty() {
            println!(
                "{rate} a second: {worker:.0} ns in the worker, {others:.0} ns behind it; {dropped} dropped"
            );
        }
        drop(recorder);
        let _ = clicks.finish(Duration::from_secs(5));
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// Seconds of CPU for each answer: in the worker, and in all other threads.
fn at_rate(clicks: &Clicks, recorder: &mut Recorder, rate: u64, time: Duration) -> (f64, f64) {
    let samples: Vec<Click> = (0..4096).map(click).collect();
    let hosts = [
        "",
        "",
        "www.example.com",
        "news.example",
        "",
        "m.example.org",
        "",
        "t.example",
    ];
    let steps = time.as_millis() / STEP.as_millis();
    let each = rate * STEP.as_millis() as u64 / 1000;
    let (process, thread) = (cpu(ClockId::ProcessCPUTime), cpu(ClockId::ThreadCPUTime));
    let (mut worker, mut number, begun) = (0.0, 0_u64, Instant::now());
    for step in 1..=steps as u32 {
        let before = cpu(ClockId::ThreadCPUTime);
        for _ in 0..each {
            number += 1;
            let sample = &samples[number as usize % samples.len()];
            let address = Ipv4Addr::from_bits(number as u32 * 7919 % 50_000);
            let agent = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let key = recorder.key(black_box(sample.at));
            let visitor = key.hash(black_box(address.into()), black_box(agent));
            let click = Click { visitor, ..*sample };
            recorder.record(
                black_box(&click),
                hosts[number as usize % hosts.len()].as_bytes(),
            );
        }
        worker += cpu(ClockId::ThreadCPUTime) - before;
        std::thread::sleep((STEP * step).saturating_sub(begun.elapsed()));
    }
    // Older than that nothing stays open.
    std::thread::sleep(Duration::from_millis(200));
    while clicks.counts().clicks_waiting.value() > 0 {
        std::thread::sleep(STEP);
    }
    let others = cpu(ClockId::ProcessCPUTime) - process - (cpu(ClockId::ThreadCPUTime) - thread);
    (worker / number as f64, others / number as f64)
}

fn cpu(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

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
