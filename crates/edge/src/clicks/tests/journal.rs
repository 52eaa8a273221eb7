//! The journal on plain memory, which outlives a journal as a file outlives a process.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Instant,
};

use suo_link::wire::clicks::{
    Dropped, JournalId, NO_REFERRER, OTHER_REFERRER, Row, Segment, segment::MAX_CLICKS,
};

use crate::clicks::{
    chunk::{self, Chunk},
    journal::Journal,
    writer::{Handover, Writer},
};

const ID: JournalId = JournalId([9; 16]);

/// Cells of a chunk: two clicks with the longest hosts fit, and some.
pub(super) const CELLS: usize = 20;

/// Words that a test keeps when everything else is gone.
#[derive(Clone, Debug)]
pub(super) struct Plain(pub(super) Arc<[AtomicU64]>);

impl Deref for Plain {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        &self.0
    }
}

/// What an earlier use has left is no zeros.
fn memory(cells: usize) -> Plain {
    Plain(
        (0..chunk::words(cells))
            .map(|n| AtomicU64::new(n as u64))
            .collect(),
    )
}

/// A worker, its journal, and all the memory that it ever got.
pub(super) struct Scene {
    pub(super) writer: Option<Writer<Plain>>,
    pub(super) journal: Journal<Plain>,
    pub(super) files: Vec<Plain>,
    cells: usize,
    written: u64,
}

impl Scene {
    pub(super) fn new(cells: usize) -> Self {
        let handover = Arc::new(Handover::new(thread::current()));
        Self {
            writer: Some(Writer::new(Arc::clone(&handover))),
            journal: Journal::new(ID, handover),
            files: Vec::new(),
            cells,
            written: 0,
        }
    }

    pub(super) fn provide(&mut self) {
        if self.journal.wants_chunk() {
            let memory = memory(self.cells);
            self.files.push(memory.clone());
            self.journal.add_chunk(memory);
        }
    }

    /// Answers a visitor from this host; visitors are numbered.
    fn visit(&mut self, host: &str) {
        self.written += 1;
        let writer = self.writer.as_mut().unwrap();
        writer.append(row(self.written), host.as_bytes());
    }

    pub(super) fn visits(&mut self, count: usize) {
        for _ in 0..count {
            self.provide();
            self.visit("");
        }
    }

    /// What a new process finds after this one was killed.
    pub(super) fn kill(self) -> Journal<Plain> {
        // That the worker leaves its chunk is written nowhere.
        recovered(&self.files)
    }
}

fn row(visitor: u64) -> Row {
    Row([7, 0, 0, 0xffff << 48, 0, visitor, 1 << 32])
}

pub(super) fn recovered(files: &[Plain]) -> Journal<Plain> {
    let chunks = files
        .iter()
        .rev()
        .filter_map(|file| Chunk::reopen(file.clone()).ok());
    Journal::left(ID, chunks.collect())
}

/// All segments that wait, as they are shipped.
pub(super) fn ship(journal: &mut Journal<Plain>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    loop {
        let due = journal.due(Instant::now(), usize::MAX);
        if due.is_empty() {
            return segments;
        }
        for (name, bytes) in due {
            let segment = Segment::decode(&bytes).unwrap();
            assert_eq!(segment.name, name);
            journal.sent(name.number, Instant::now());
            segments.push(segment);
        }
        if journal.waiting().0 > 64 {
            journal.applied(segments.last().unwrap().name.number);
        }
    }
}

pub(super) fn visitors(segments: &[Segment]) -> Vec<u64> {
    let clicks = segments.iter().flat_map(|segment| &segment.clicks);
    clicks.map(|click| click.visitor).collect()
}

pub(super) fn numbers(segments: &[Segment]) -> Vec<u64> {
    segments.iter().map(|segment| segment.name.number).collect()
}

pub(super) fn all(count: u64) -> Vec<u64> {
    (1..=count).collect()
}

#[test]
fn clicks_come_out_as_they_went_in() {
    let mut scene = Scene::new(CELLS);
    scene.provide();
    let long = "l".repeat(96);
    let too_long = "l".repeat(97);
    let hosts = [
        "",
        "a.example",
        "A.example",
        &long,
        &too_long,
        "x y\u{e9}",
        "a.example",
    ];
    hosts.iter().for_each(|host| scene.visit(host));
    scene.journal.close(Instant::now(), true);
    let segments = ship(&mut scene.journal);
    let [segment] = &segments[..] else {
        panic!("{} segments", segments.len());
    };
    assert_eq!(visitors(&segments), all(7));
    let referrers: Vec<u16> = segment.clicks.iter().map(|click| click.referrer).collect();
    assert_eq!(
        referrers,
        [NO_REFERRER, 1, 1, 2, OTHER_REFERRER, OTHER_REFERRER, 1]
    );
    assert_eq!(*segment.hosts, ["a.example".into(), long.into_boxed_str()]);
}

#[test]
fn a_segment_is_closed_when_it_is_old_and_holds_the_hosts_that_it_names() {
    let mut scene = Scene::new(CELLS);
    scene.provide();
    let start = Instant::now();
    scene.visit("a.example");
    scene.journal.close(start, false);
    assert_eq!(scene.journal.waiting(), (0, 0), "it is young");
    let later = start + std::time::Duration::from_millis(100);
    scene.journal.close(later, false);
    assert_eq!(scene.journal.waiting(), (1, 1));
    scene.visit("b.example");
    scene.journal.close(later, false);
    scene
        .journal
        .close(later + std::time::Duration::from_millis(100), false);
    let segments = ship(&mut scene.journal);
    assert_eq!(numbers(&segments), [1, 2]);
    assert_eq!(*segments[1].hosts, [Box::from("b.example")]);
    assert_eq!(segments[1].clicks[0].referrer, 1);
}

#[test]
fn a_killed_worker_loses_nothing_that_it_had_written() {
    for count in (0..40).step_by(if cfg!(miri) { 19 } else { 1 }) {
        let mut scene = Scene::new(CELLS);
        scene.visits(count);
        let mut left = scene.kill();
        let segments = ship(&mut left);
        assert_eq!(visitors(&segments), all(count as u64), "{count} clicks");
        assert_eq!(numbers(&segments), all(segments.len() as u64));
    }
}

#[test]
fn what_was_half_written_is_no_click() {
    let mut scene = Scene::new(CELLS);
    scene.visits(3);
    let file = scene.files[0].clone();
    // The fourth cell, without its check.
    let cell = chunk::words(CELLS) - (CELLS - 3) * 8;
    row(4)
        .0
        .iter()
        .zip(&file[cell..])
        .for_each(|(word, place)| place.store(*word, Relaxed));
    assert_eq!(visitors(&ship(&mut scene.kill())), all(3));
}

#[test]
fn segments_keep_their_names_over_crashes_at_any_moment() {
    let cases = [(7, 5), (33, 9), (1, 0), (1, 5), (20, 3)];
    for (closed, open) in cases.into_iter().take(if cfg!(miri) { 2 } else { 5 }) {
        let mut scene = Scene::new(CELLS);
        scene.visits(closed);
        scene.journal.close(Instant::now(), true);
        let before = ship(&mut scene.journal);
        scene.visits(open);
        let files = scene.files.clone();
        let after = ship(&mut scene.kill());
        assert_eq!(visitors(&after), all((closed + open) as u64));
        assert_eq!(
            after[..before.len()],
            before,
            "closed once, never cut again"
        );
        let again = ship(&mut recovered(&files));
        assert_eq!(again, after, "nor by the next crash");
    }
}

#[test]
fn memory_that_is_not_needed_comes_back_and_numbering_goes_on() {
    let mut scene = Scene::new(CELLS);
    let mut known = Vec::new();
    const ROUNDS: u64 = if cfg!(miri) { 8 } else { 30 };
    for round in 0..ROUNDS {
        scene.visits(7);
        scene.journal.close(Instant::now(), true);
        let segments = ship(&mut scene.journal);
        known.extend(
            segments
                .iter()
                .flat_map(|segment| visitors(std::slice::from_ref(segment))),
        );
        if round % 3 == 0 {
            scene.journal.applied(segments.last().unwrap().name.number);
            for memory in scene.journal.release() {
                scene.files.retain(|file| !Arc::ptr_eq(&file.0, &memory.0));
            }
        }
    }
    assert_eq!(known, all(ROUNDS * 7));
    assert!(
        scene.files.len() < 8,
        "{} chunks are kept",
        scene.files.len()
    );
    let next = scene.journal.due(Instant::now(), 0).len() as u64;
    assert_eq!(next, 0);
    scene.visits(1);
    let last = numbers(&ship(&mut scene.kill())).pop().unwrap();
    assert!(last > ROUNDS, "numbered {last}");
}

#[test]
fn a_journal_that_is_over_gives_everything_back() {
    let mut scene = Scene::new(CELLS);
    scene.visits(25);
    drop(scene.writer.take());
    scene.journal.end();
    scene.journal.close(Instant::now(), true);
    let segments = ship(&mut scene.journal);
    assert_eq!(visitors(&segments), all(25));
    assert!(scene.journal.release().is_empty(), "nothing is applied yet");
    scene.journal.applied(segments.last().unwrap().name.number);
    assert_eq!(scene.journal.release().len(), scene.files.len());
    assert!(scene.journal.is_over());
}

#[test]
fn what_finds_no_room_is_dropped_and_counted() {
    let mut scene = Scene::new(CELLS);
    scene.visit("");
    scene.journal.refuse_chunk(true);
    scene.visit("");
    scene.provide();
    scene.journal.refuse_chunk(false);
    (0..CELLS + 10).for_each(|_| scene.visit(""));
    let dropped = scene.journal.dropped();
    assert_eq!((dropped.full > 10, dropped.unwritable), (true, 1));
    let count = scene.written - dropped.full - dropped.unwritable;
    // A spare that nobody has begun comes last, and says nothing of it.
    scene.provide();
    assert_eq!(scene.files.len(), 2);
    let mut left = scene.kill();
    assert_eq!(left.dropped(), dropped, "the next process knows it, too");
    let segments = ship(&mut left);
    assert_eq!(visitors(&segments).len() as u64, count);
    assert_eq!(segments.last().unwrap().dropped, dropped);
    assert_ne!(dropped, Dropped::default());
}

#[test]
fn a_chunk_in_used_memory_holds_nothing_of_its_former_life() {
    let mut scene = Scene::new(CELLS);
    scene.visits(12);
    scene.journal.close(Instant::now(), true);
    let used = scene.files[0].clone();
    let second = Chunk::begin(used.clone(), ID, 1);
    assert!(second.sealed().is_empty());
    let found = Chunk::reopen(used.clone()).unwrap();
    assert_eq!((found.progress(), found.place()), ((0, true), 1));
    chunk::forget(&used);
    assert!(Chunk::reopen(used).is_err());
}

#[test]
fn a_segment_that_is_not_confirmed_is_shipped_again() {
    let mut scene = Scene::new(CELLS);
    scene.visits(1);
    scene.journal.close(Instant::now(), true);
    let sent = Instant::now();
    scene.journal.sent(1, sent);
    let after = |seconds| sent + std::time::Duration::from_secs(seconds);
    assert!(scene.journal.due(after(4), 9).is_empty());
    assert_eq!(scene.journal.due(after(5), 9).len(), 1);
    scene.journal.applied(1);
    assert!(scene.journal.due(after(9), 9).is_empty());
}

#[test]
fn a_worker_and_the_shipper_do_not_disturb_each_other() {
    const VISITS: usize = if cfg!(miri) { 150 } else { 20_000 };
    let mut scene = Scene::new(if cfg!(miri) { CELLS } else { 500 });
    scene.provide();
    let mut writer = scene.writer.take().unwrap();
    let worker = thread::spawn(move || {
        for visitor in 1..=VISITS as u64 {
            let host = ["", "a.example", "b.example"][visitor as usize % 3];
            writer.append(row(visitor), host.as_bytes());
            if visitor % 8 == 0 {
                thread::yield_now();
            }
        }
    });
    let mut seen = Vec::new();
    loop {
        let is_over = worker.is_finished();
        scene.provide();
        scene.journal.close(Instant::now(), is_over);
        let segments = ship(&mut scene.journal);
        seen.extend(visitors(&segments));
        if let Some(last) = segments.last() {
            scene.journal.applied(last.name.number);
        }
        scene.journal.release();
        if is_over {
            break;
        }
    }
    worker.join().unwrap();
    scene.journal.close(Instant::now(), true);
    seen.extend(visitors(&ship(&mut scene.journal)));
    let dropped = scene.journal.dropped().full as usize;
    assert_eq!(seen.len() + dropped, VISITS);
    assert!(seen.is_sorted(), "and none came twice");
}

#[test]
fn more_clicks_than_fit_make_more_segments() {
    const CLICKS: usize = if cfg!(miri) { 10 } else { MAX_CLICKS + 10 };
    let mut scene = Scene::new(CLICKS + 20);
    scene.visits(CLICKS);
    scene.journal.close(Instant::now(), false);
    let (closed, clicks) = scene.journal.waiting();
    let expected = if cfg!(miri) {
        (0, 0)
    } else {
        (1, MAX_CLICKS as u64)
    };
    assert_eq!((closed, clicks), expected);
}
