//! How long it takes to read the codes of a picture, and how many are read.
//!
//! The pictures are those of the reader's tests, or all of a folder that `SUO_BENCH_PICTURES` names; what
//! they hold is told by its `manifest.jsonl`, if there is one: `{"file": "a.png", "payloads": ["…"]}`.
//! First a table is written: of each kind how many were read, and in what time; then criterion
//! measures a few pictures, the looks of the reader one by one, and rqrr on the same shades.
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a benchmark that cannot run must say so"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the pictures are small"
)]

#[path = "../crates/qr/tests/it/damage.rs"]
mod damage;
#[path = "../crates/qr/tests/it/shots.rs"]
mod shots;

use std::{collections::HashMap, env, fs, hint::black_box, path::Path, time::Duration};

use criterion::{
    BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use rustix::time::{ClockId, clock_gettime};
use suo_qr::read::{Pixels, looks, texts};

use self::shots::{Case, KINDS};

criterion_group!(benches, table, whole, single, alone);
criterion_main!(benches);

/// Pictures of each kind in the table.
const EACH: usize = 20;

/// What is measured one by one: a name, a kind, how hard of ten.
const MEASURED: [(&str, &str, usize); 6] = [
    ("clean", "clean", 0),
    ("poster", "poster", 9),
    ("light on dark", "light on dark", 9),
    ("bent", "bent", 9),
    ("on paper", "on paper", 9),
    ("blurred", "blurred", 8),
];

fn case(kind: &str, at: usize) -> Case {
    let kind = KINDS.iter().position(|(name, _)| *name == kind);
    shots::case(kind.expect("a kind of the table"), at, 10)
}

fn open(file: &[u8]) -> Pixels {
    Pixels::open(file).expect("a picture that was just made")
}

/// Processor time of this thread.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// What rqrr alone reads.
fn by_rqrr(width: usize, height: usize, shades: &[u8]) -> Vec<String> {
    let shade = |x: usize, y: usize| shades[y * width + x];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    let grids = image.detect_grids().into_iter();
    grids
        .filter_map(|grid| Some(grid.decode().ok()?.1))
        .collect()
}

fn shades(file: &[u8]) -> (usize, usize, Vec<u8>) {
    let image = image::load_from_memory(file).expect("a picture that was just made");
    let grey = image.into_luma8();
    (
        grey.width() as usize,
        grey.height() as usize,
        grey.into_raw(),
    )
}

/// How many pictures were read, and how long each took.
#[derive(Default)]
struct Row {
    read: usize,
    wrong: usize,
    times: Vec<Duration>,
}

impl Row {
    /// Of a picture with these codes, or with any if they are not known.
    fn add(&mut self, texts: Option<&[String]>, read: impl FnOnce() -> Vec<String>) {
        let begun = now();
        let found = read();
        self.times.push(now() - begun);
        let is_read = texts.map_or(!found.is_empty(), |texts| {
            found.len() == texts.len() && texts.iter().all(|text| found.contains(text))
        });
        self.read += usize::from(is_read);
        let is_wrong = |found: &String| texts.is_some_and(|texts| !texts.contains(found));
        self.wrong += found.iter().filter(|found| is_wrong(found)).count();
    }

    fn show(&mut self, name: &str) {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        self.times.sort();
        let Some(last) = self.times.last() else {
            return;
        };
        let mean = self.times.iter().sum::<Duration>() / self.times.len() as u32;
        eprintln!(
            "{name:26} {:4} of {:4} read, {} wrong; median {:7.2} ms, mean {:7.2}, longest {:7.1}",
            self.read,
            self.times.len(),
            self.wrong,
            milliseconds(self.times[self.times.len() / 2]),
            milliseconds(mean),
            milliseconds(*last),
        );
    }
}

fn table(_: &mut Criterion) {
    // Criterion's own arguments: not when only listed, tested, or filtered.
    if env::args().skip(1).any(|argument| argument != "--bench") {
        return;
    }
    if let Ok(folder) = env::var("SUO_BENCH_PICTURES") {
        return folder_table(Path::new(&folder));
    }
    let (mut all, mut rqrr) = (Row::default(), Row::default());
    let mut each = |name: &str, cases: Vec<Case>| {
        let mut row = Row::default();
        for case in cases {
            let pixels = open(&case.file);
            row.add(Some(&case.texts), || texts(&pixels));
            let (width, height, shades) = shades(&case.file);
            rqrr.add(Some(&case.texts), || by_rqrr(width, height, &shades));
        }
        all.read += row.read;
        all.wrong += row.wrong;
        all.times.extend(&row.times);
        row.show(name);
    };
    for (kind, (name, _)) in KINDS.iter().enumerate() {
        each(
            name,
            (0..EACH).map(|at| shots::case(kind, at, EACH)).collect(),
        );
    }
    each("several", (0..EACH).map(shots::several).collect());
    each("no code", (0..EACH).map(shots::none).collect());
    all.show("all");
    rqrr.show("all, by rqrr alone");
}

fn folder_table(folder: &Path) {
    let (mut all, mut rqrr) = (Row::default(), Row::default());
    let known = known(folder);
    for entry in fs::read_dir(folder).expect("SUO_BENCH_PICTURES is a folder") {
        let path = entry.expect("a file").path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        let texts_of = name.and_then(|name| known.get(&*name));
        let texts_of = texts_of.map(Vec::as_slice);
        let file = fs::read(&path).unwrap_or_default();
        if let Ok(pixels) = Pixels::open(&file) {
            all.add(texts_of, || texts(&pixels));
            let (width, height, shades) = shades(&file);
            rqrr.add(texts_of, || by_rqrr(width, height, &shades));
        }
    }
    all.show("all");
    rqrr.show("all, by rqrr alone");
}

/// What each file of a folder holds, as far as its manifest tells, each text once.
fn known(folder: &Path) -> HashMap<String, Vec<String>> {
    let manifest = fs::read_to_string(folder.join("manifest.jsonl")).unwrap_or_default();
    let line = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        let texts = line["payloads"].as_array()?.iter();
        let mut texts: Vec<String> = texts
            .filter_map(|it| Some(it.as_str()?.to_owned()))
            .collect();
        texts.sort();
        texts.dedup();
        Some((line["file"].as_str()?.to_owned(), texts))
    };
    manifest.lines().filter_map(line).collect()
}

/// Short: what is measured takes the same time again and again.
fn be_short(group: &mut BenchmarkGroup<'_, WallTime>) {
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
}

/// All that is done until a picture is read or given up.
fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pictures");
    be_short(&mut group);
    for (name, kind, at) in MEASURED {
        let pixels = open(&case(kind, at).file);
        group.bench_function(name, |bencher| bencher.iter(|| texts(black_box(&pixels))));
    }
    let pixels = open(&shots::none(1).file);
    group.bench_function("no code", |bencher| {
        bencher.iter(|| texts(black_box(&pixels)))
    });
    group.finish();
}

/// Each look, on a picture of which none is spared: it has marks, and the code is not readable.
fn single(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("looks");
    be_short(&mut group);
    let pixels = open(&case("blurred", 9).file);
    for look in looks() {
        let name = look.to_string();
        group.bench_function(&name, |bencher| {
            bencher.iter(|| look.texts(black_box(&pixels)))
        });
    }
    group.finish();
}

fn alone(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rqrr alone");
    be_short(&mut group);
    for (name, kind, at) in MEASURED {
        let (width, height, shades) = shades(&case(kind, at).file);
        group.bench_function(name, |bencher| {
            bencher.iter(|| by_rqrr(width, height, black_box(&shades)));
        });
    }
    group.finish();
}
