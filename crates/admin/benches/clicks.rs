//! What counting costs an admin: CPU time of this process a click, a Postgres of its own left aside.
//!
//! `cargo bench --profile dist -p suo-admin --bench clicks [-- LINKS,LINKS… CLICKS]`: so many links that
//! clicks fall on evenly, and so many clicks of one hour in full segments, counted as the intake
//! counts a backlog.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a benchmark reports to whoever called it, and must say if it cannot run"
)]

use std::{borrow::Cow, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use suo_admin::{
    clicks::{
        Rules, Shipment, count,
        tally::{Facts, Tally},
    },
    settings::TimeZone,
    store::{Creation, IfExists, LinkFields, NewLink, Store, pg::PgStore},
};
use suo_link::{
    code::Code,
    domain::ShortUrl,
    id::{DomainId, LinkId},
    platform::{App, Device, Os},
    time::Timestamp,
    visitor::Country,
    wire::clicks::{
        Class, Click, Dropped, JournalId, LanguageCode, Outcome, Row, Segment, SegmentName, Via,
        segment::{self, MAX_CLICKS},
    },
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const DOMAIN: DomainId = DomainId(1);

/// Transactions as the intake makes them of a backlog of few links, and of many.
const BATCH_BYTES: [usize; 2] = [2 * 1024 * 1024, 128 * 1024];

/// Links that are made at once.
const MADE: usize = 10_000;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let links = words.first().map_or("1000,200000", String::as_str);
    let clicks = words
        .get(1)
        .map_or(1_000_000, |word| word.parse().expect("a number"));
    println!(
        "{:>8} {:>10} {:>9} {:>10} {:>10} {:>10} {:>12}",
        "links", "clicks", "batch", "decode", "tally", "all", "rows a click"
    );
    for links in links.split(',') {
        for batch in BATCH_BYTES {
            measure(links.parse().expect("a number"), clicks, batch);
        }
    }
}

fn measure(links: usize, clicks: usize, batch_bytes: usize) {
    let database = suo_testkit::TestDatabase::new();
    let store = PgStore::open(&database.url()).expect("a database");
    store.migrate().expect("a schema");
    let url = ShortUrl::parse("https://s.example.com").expect("a URL");
    store.ensure_default_domain(&url, NOW).expect("a domain");
    let made = make(&store, links);
    let shipments = shipments(&made, clicks);
    let clicks = shipments.len() * MAX_CLICKS;
    let rules = Rules::of(TimeZone::UTC);

    let begun = cpu();
    let segments: Vec<Segment> = shipments
        .iter()
        .map(|shipment| Segment::decode(&shipment.segment).expect("a segment"))
        .collect();
    let decoded = cpu();
    let mut rows = 0;
    let mut left = &segments[..];
    for batch in batches(&shipments, batch_bytes) {
        let (these, others) = left.split_at(batch.len());
        rows += Tally::of(these, &rules.hours)
            .rows(&Facts::default(), 1)
            .len();
        left = others;
    }
    let tallied = cpu();
    for batch in batches(&shipments, batch_bytes) {
        count(&store, &rules, NOW, batch).expect("clicks are counted");
    }
    let counted = cpu();
    let each = |time: Duration| format!("{:.2} µs", time.as_secs_f64() * 1e6 / clicks as f64);
    println!(
        "{links:>8} {clicks:>10} {:>6} KB {:>10} {:>10} {:>10} {:>12.2}",
        batch_bytes / 1024,
        each(decoded.abs_diff(begun)),
        each(tallied.abs_diff(decoded)),
        each(counted.abs_diff(tallied)),
        rows as f64 / clicks as f64
    );
}

/// Segments as the intake puts them into one transaction.
fn batches(shipments: &[Shipment], batch_bytes: usize) -> impl Iterator<Item = &[Shipment]> {
    let bytes = shipments.first().map_or(1, |first| first.segment.len());
    shipments.chunks((batch_bytes / bytes).max(1))
}

fn make(store: &PgStore, links: usize) -> Vec<LinkId> {
    let new = |number| NewLink {
        domain: DOMAIN,
        code: Some(Code::parse(&format!("b{number}")).expect("a code")),
        fields: LinkFields::plain(
            format!("https://www.example.com/{number}"),
            "www.example.com".to_owned(),
        ),
        if_exists: IfExists::Create,
    };
    let mut made = Vec::with_capacity(links);
    for begin in (0..links).step_by(MADE) {
        let batch: Vec<NewLink> = (begin..links.min(begin + MADE)).map(new).collect();
        for creation in store.create_links(&batch, NOW, None).expect("links") {
            let Creation::Created(link) = creation else {
                panic!("{creation:?}");
            };
            made.push(link.id);
        }
    }
    made
}

/// Full segments of visitors as they come: nine apps, five systems, a referrer for every third.
fn shipments(links: &[LinkId], clicks: usize) -> Vec<Shipment> {
    let hosts: Vec<Cow<'_, str>> = vec!["www.example.com".into(), "m.example.com".into()];
    let mut seed = 7u64;
    let mut next = || {
        // An LCG's high bits (Knuth) are even enough here.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    let mut click = |at: i64| {
        let link = next() % links.len();
        Click {
            link: links[link],
            domain: DOMAIN,
            at: Timestamp(NOW.0 + at % 3_600_000),
            outcome: Outcome::Redirect,
            class: Class::Human,
            via: Via::Click,
            entry: Click::entry_of(&format!("b{link}")),
            app: App::ALL[next() % 9],
            os: Os::ALL[next() % 5],
            device: Device::Mobile,
            referrer: [1, 2, 0, 0, 0, 0][next() % 6],
            country: Country::parse("CN"),
            language: LanguageCode::parse("zh"),
            variant: None,
            lease: 0,
            visitor: next() as u64,
        }
    };
    let segment = |number: usize| {
        let name = SegmentName {
            journal: JournalId([1; 16]),
            number: number as u64 + 1,
        };
        let rows: Vec<Row> = (0..MAX_CLICKS)
            .map(|at| click((number * 300 + at / 14) as i64).row())
            .collect();
        Shipment {
            name,
            segment: segment::encode(name, 0, Dropped::default(), &hosts, &rows),
        }
    };
    (0..clicks.div_ceil(MAX_CLICKS)).map(segment).collect()
}

/// User and system time of this process.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
