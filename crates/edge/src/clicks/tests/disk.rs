//! Disks that are full, and such that take their time. A recorder has no way to wait or to fail; what
//! is asked here is that it goes on, that what it cannot keep is counted, and that it keeps the rest.

use std::{
    io,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use suo_link::wire::clicks::{JournalId, Row};
use suo_testkit::wait_until;

use super::files::{Shelf, config};
use crate::clicks::{
    Carrier, Clicks, Config, Handover, Journal, Make, Mapped, Place, Recorder, Remaining, Shipper,
    Writer,
};

const SOON: Duration = Duration::from_secs(30);

/// A worker that knows how much it has answered.
struct Worker {
    recorder: Recorder,
    answered: u64,
}

impl Worker {
    fn of(clicks: &Clicks) -> Self {
        Self {
            recorder: clicks.recorder().unwrap(),
            answered: 0,
        }
    }

    fn answer(&mut self, count: u64) {
        for _ in 0..count {
            self.answered += 1;
            let row = Row([1, 0, 0, 0, 0, self.answered, 0]);
            self.recorder.writer.append(row, b"");
        }
    }

    fn dropped(&self) -> u64 {
        self.recorder.writer.dropped()
    }

    fn kept(&self) -> u64 {
        self.answered - self.dropped()
    }

    fn until_more_is_kept(&mut self) {
        let before = self.kept();
        wait_until("it is kept", SOON, || {
            self.answer(1);
            (self.kept() > before)
                .then_some(())
                .ok_or("nothing is kept")
        });
    }
}

fn large(folder: &Path) -> Config {
    Config {
        megabytes: 64,
        ..config(folder)
    }
}

fn counted(shelf: &Shelf) -> u64 {
    let segments = shelf.0.lock().unwrap();
    let counted: usize = segments.iter().map(|segment| segment.clicks.len()).sum();
    counted as u64
}

#[test]
fn a_disk_that_runs_full_costs_clicks_that_are_counted_as_dropped_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let is_full = Arc::new(AtomicBool::new(false));
    let full = Arc::clone(&is_full);
    let make = move |path: &Path, words: usize| {
        if full.load(SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Mapped::make(path, words)
    };
    let shelf = Shelf(Arc::default(), true);
    let clicks = Clicks::start_with(&large(folder.path()), shelf.clone(), Box::new(make)).unwrap();
    let mut worker = Worker::of(&clicks);
    worker.until_more_is_kept();
    is_full.store(true, SeqCst);
    let counts = Arc::clone(clicks.counts());
    wait_until("it is said", SOON, || {
        // More than what there is already takes, until that is used again.
        worker.answer(50_000);
        match counts.dropped_unwritable.value() {
            0 => Err("nothing was dropped"),
            _ => Ok(()),
        }
    });
    is_full.store(false, SeqCst);
    worker.until_more_is_kept();
    let (kept, dropped) = (worker.kept(), worker.dropped());
    drop(worker);
    assert_eq!(clicks.finish(SOON), Remaining::default());
    assert_eq!(counted(&shelf), kept);
    let segments = shelf.0.lock().unwrap();
    let last = segments.iter().max_by_key(|segment| segment.name.number);
    let told = last.unwrap().dropped;
    assert_eq!(
        told.full + told.unwritable,
        dropped,
        "the database hears of it"
    );
}

#[test]
fn a_worker_that_gets_room_hides_no_other_one_that_gets_none() {
    let folder = tempfile::tempdir().unwrap();
    let made = Mutex::new(0);
    let make = move |path: &Path, words: usize| {
        let mut made = made.lock().unwrap();
        *made += 1;
        if *made == 3 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Mapped::make(path, words)
    };
    let handovers = [1, 2].map(|_| Arc::new(Handover::new(thread::current())));
    let journal = |(number, handover)| Journal::new(JournalId([number; 16]), Arc::clone(handover));
    let place = Place {
        folder: folder.path().to_owned(),
        limit: 9,
        make: Box::new(make),
    };
    let journals = (1..).zip(&handovers).map(journal).collect();
    let carrier = Carrier::start(Box::new(Shelf::default()), thread::current()).unwrap();
    let mut shipper = Shipper::new(place, journals, carrier, Arc::default(), Arc::default());
    let now = Instant::now();
    assert_eq!(shipper.give_chunks(now), None, "both have one");
    let _writers = handovers.map(|handover| {
        let mut writer = Writer::new(handover);
        writer.append(Row([1, 0, 0, 0, 0, 1, 0]), b"");
        writer
    });
    let outcome = shipper.give_chunks(now).unwrap();
    assert!(outcome.is_err(), "the first one got none, the second did");
    assert_eq!(shipper.give_chunks(now), None, "the disk is left alone");
    let later = now + Duration::from_secs(2);
    assert_eq!(shipper.give_chunks(later), Some(Ok(())));
    assert_eq!(shipper.give_chunks(later), None);
}

/// Makes two files; the third takes until the sender is dropped, after it has said so.
fn hangs_at_the_third() -> (Make, mpsc::Sender<()>, mpsc::Receiver<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let slow = Mutex::new((0, released));
    let make = move |path: &Path, words: usize| {
        let mut slow = slow.lock().unwrap();
        slow.0 += 1;
        if slow.0 > 2 {
            let _ = begun.send(());
            let _ = slow.1.recv();
        }
        Mapped::make(path, words)
    };
    (Box::new(make), release, begins)
}

#[test]
fn a_disk_that_hangs_keeps_up_no_worker_and_loses_nothing_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (make, release, begins) = hangs_at_the_third();
    let shelf = Shelf(Arc::default(), true);
    let clicks = Clicks::start_with(&large(folder.path()), shelf.clone(), make).unwrap();
    let mut worker = Worker::of(&clicks);
    // Two chunks are there; the third hangs, and so does the shipper, which makes it.
    while begins.try_recv().is_err() {
        worker.answer(100);
    }
    worker.answer(100_000);
    assert!(worker.dropped() > 0, "two chunks hold less");
    drop(release);
    worker.until_more_is_kept();
    let kept = worker.kept();
    drop(worker);
    assert_eq!(clicks.finish(SOON), Remaining::default());
    assert_eq!(counted(&shelf), kept);
}

#[test]
fn an_end_does_not_wait_for_a_disk_that_hangs_and_the_next_start_finds_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (make, release, begins) = hangs_at_the_third();
    let config = large(folder.path());
    let clicks = Clicks::start_with(&config, Shelf::default(), make).unwrap();
    let mut worker = Worker::of(&clicks);
    while begins.try_recv().is_err() {
        worker.answer(100);
    }
    worker.answer(1000);
    let kept = worker.kept();
    drop(worker);
    let remaining = clicks.finish(Duration::ZERO);
    assert!(remaining.is_least && remaining.clicks <= kept);
    assert!(remaining.to_string().starts_with("at least "));

    // It hangs until here, as it would until the process is gone.
    let shelf = Shelf(Arc::default(), true);
    let clicks = Clicks::start(&config, shelf.clone()).unwrap();
    assert_eq!(clicks.finish(SOON), Remaining::default());
    assert_eq!(counted(&shelf), kept);
    drop(release);
}
