//! Files, and the shipper's thread.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use suo_link::wire::clicks::{JournalId, Segment, SegmentName};

use crate::clicks::{ClickSink, Clicks, Config, Remaining, Unavailable, room::Room};

/// Takes segments and applies them, if it is told to.
#[derive(Clone, Default)]
pub(super) struct Shelf(pub(super) Arc<Mutex<Vec<Segment>>>, pub(super) bool);

impl ClickSink for Shelf {
    fn room(&mut self) -> Result<usize, Unavailable> {
        Ok(100)
    }

    fn ship(&mut self, _: SegmentName, segment: &[u8]) -> Result<(), Unavailable> {
        let segment = Segment::decode(segment).unwrap();
        self.0.lock().unwrap().push(segment);
        Ok(())
    }

    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable> {
        let segments = self.0.lock().unwrap();
        let last = |journal: &JournalId| {
            let of = segments
                .iter()
                .filter(|segment| segment.name.journal == *journal);
            of.map(|segment| segment.name.number).max().unwrap_or(0)
        };
        Ok(journals
            .iter()
            .map(|journal| if self.1 { last(journal) } else { 0 })
            .collect())
    }

    fn forget(&mut self, _: &[JournalId]) {}
}

pub(super) fn config(folder: &std::path::Path) -> Config {
    Config {
        folder: folder.join("clicks"),
        megabytes: 4,
        workers: NonZeroUsize::MIN,
    }
}

fn append(clicks: &Clicks, count: u64) {
    let mut recorder = clicks.recorder().unwrap();
    for visitor in 0..count {
        let row = suo_link::wire::clicks::Row([1, 0, 0, 0, 0, visitor, 0]);
        recorder.writer.append(row, b"");
    }
}

#[test]
fn what_remains_is_shipped_at_the_next_start_and_then_the_disk_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::default();
    let clicks = Clicks::start(&config(folder.path()), shelf.clone()).unwrap();
    append(&clicks, 20_000);
    let remaining = clicks.finish(Duration::from_millis(50));
    assert_eq!(remaining.clicks, 20_000);
    assert!(remaining.to_string().starts_with("20000 clicks remain"));

    let shelf = Shelf(Arc::default(), true);
    let clicks = Clicks::start(&config(folder.path()), shelf.clone()).unwrap();
    append(&clicks, 5);
    let remaining = clicks.finish(Duration::from_secs(60));
    assert_eq!(remaining, Remaining::default());
    let segments = shelf.0.lock().unwrap();
    let counted: usize = segments.iter().map(|segment| segment.clicks.len()).sum();
    assert_eq!(counted, 20_005);
    let left = std::fs::read_dir(folder.path().join("clicks")).unwrap();
    assert_eq!(left.count(), 0, "files are left");
}

/// Takes nothing, and never says so, until the sender is dropped.
struct Hanging(mpsc::Receiver<()>);

impl ClickSink for Hanging {
    fn room(&mut self) -> Result<usize, Unavailable> {
        let _ = self.0.recv();
        Err(Unavailable("it hung".to_owned()))
    }

    fn ship(&mut self, _: SegmentName, _: &[u8]) -> Result<(), Unavailable> {
        Ok(())
    }

    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable> {
        Ok(vec![0; journals.len()])
    }

    fn forget(&mut self, _: &[JournalId]) {}
}

#[test]
fn a_sink_that_hangs_keeps_up_neither_workers_nor_the_closing_of_segments() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        megabytes: 16,
        ..config(folder.path())
    };
    let (hold, held) = mpsc::channel();
    let clicks = Clicks::start(&config, Hanging(held)).unwrap();
    let mut recorder = clicks.recorder().unwrap();
    for total in (5_000..=100_000).step_by(5_000) {
        for visitor in 0..5_000 {
            let row = suo_link::wire::clicks::Row([1, 0, 0, 0, 0, visitor, 0]);
            recorder.writer.append(row, b"");
        }
        let closed = || match clicks.counts().clicks_waiting.value() {
            waiting if waiting == total => Ok(()),
            waiting => Err(waiting),
        };
        suo_testkit::wait_until("all is closed", Duration::from_secs(30), closed);
    }
    drop((recorder, hold));
    assert_eq!(clicks.finish(Duration::ZERO).clicks, 100_000);
}

#[test]
fn a_folder_that_cannot_be_used_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("clicks"), "a file in its place").unwrap();
    let clicks = Clicks::start(&config(folder.path()), Shelf::default()).unwrap();
    append(&clicks, 10);
    assert_eq!(clicks.finish(Duration::ZERO), Remaining::default());
}

#[test]
fn files_that_were_cut_off_while_they_were_made_are_deleted_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let cases = [
        ("3.journal", vec![], false),
        ("4.journal", vec![0; 5], false),
        ("5.journal", vec![0; 100_000], false),
        ("6.journal", [vec![0; 4096], vec![1]].concat(), true),
        ("7.journal", vec![0; 2 << 20], true),
        ("8.other", vec![], true),
    ];
    for (name, bytes, _) in &cases {
        std::fs::write(file(name), bytes).unwrap();
    }
    let (_, found) = Room::open(folder.path(), 9).unwrap();
    assert!(found.is_empty());
    for (name, _, stays) in cases {
        assert_eq!(file(name).exists(), stays, "{name}");
    }
}

#[test]
fn the_journal_takes_no_more_room_than_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let clicks = Clicks::start(&config(folder.path()), Shelf::default()).unwrap();
    append(&clicks, 200_000);
    let files = std::fs::read_dir(folder.path().join("clicks")).unwrap();
    let bytes: u64 = files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(bytes <= 4 << 20, "{bytes} bytes");
    let remaining = clicks.finish(Duration::ZERO);
    assert!(remaining.clicks < 60_000, "{remaining}");
}
