//! Sinks that have no room: they are neither asked all the time nor given anything, and get it once they have.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use suo_link::wire::clicks::{JournalId, Row, SegmentName};
use suo_testkit::wait_until;

use super::files::{Shelf, config};
use crate::clicks::{ClickSink, Clicks, Remaining, Unavailable, sink_state::FULL};

const SOON: Duration = Duration::from_secs(30);

/// A shelf that has as much room as is said.
#[derive(Clone, Default)]
struct Bounded {
    room: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
    shelf: Shelf,
}

impl ClickSink for Bounded {
    fn room(&mut self) -> Result<usize, Unavailable> {
        self.asked.fetch_add(1, SeqCst);
        Ok(self.room.load(SeqCst))
    }

    fn ship(&mut self, name: SegmentName, segment: &[u8]) -> Result<(), Unavailable> {
        let room = self.room.fetch_sub(1, SeqCst);
        assert!(room > 0, "there was no room for {name}");
        self.shelf.ship(name, segment)
    }

    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable> {
        self.shelf.applied(journals)
    }

    fn forget(&mut self, _: &[JournalId]) {}
}

fn started(sink: &Bounded, visits: u64) -> (Clicks, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let clicks = Clicks::start(&config(folder.path()), sink.clone()).unwrap();
    let mut recorder = clicks.recorder().unwrap();
    for visitor in 1..=visits {
        recorder
            .writer
            .append(Row([1, 0, 0, 0, 0, visitor, 0]), b"");
    }
    (clicks, folder)
}

fn counted(sink: &Bounded) -> usize {
    let segments = sink.shelf.0.lock().unwrap();
    segments.iter().map(|segment| segment.clicks.len()).sum()
}

#[test]
fn a_sink_without_room_is_asked_again_after_a_rest_and_gets_all_once_it_has_some() {
    let sink = Bounded::default();
    let begin = Instant::now();
    let (clicks, _folder) = started(&sink, 10);
    const TIMES: u32 = 5;
    wait_until("it is asked", SOON, || match sink.asked.load(SeqCst) {
        asked if asked >= TIMES as usize => Ok(()),
        asked => Err(asked),
    });
    let rested = begin.elapsed();
    assert!(rested >= FULL * (TIMES - 1), "{TIMES} times in {rested:?}");
    sink.room.store(100, SeqCst);
    wait_until("all is there", SOON, || match counted(&sink) {
        10 => Ok(()),
        counted => Err(counted),
    });
    assert_eq!(clicks.finish(Duration::ZERO).clicks, 10, "none is applied");
}

#[test]
fn a_sink_with_little_room_gets_no_more_than_it_takes_at_once_and_all_in_the_end() {
    let sink = Bounded {
        shelf: Shelf(Arc::default(), true),
        ..Bounded::default()
    };
    // Full segments, so that there are several.
    let (clicks, _folder) = started(&sink, 14_000);
    for total in 1..=3 {
        sink.room.store(1, SeqCst);
        wait_until("one more is there", SOON, || {
            match sink.shelf.0.lock().unwrap().len() {
                there if there == total => Ok(()),
                there => Err(there),
            }
        });
        assert_eq!(sink.room.load(SeqCst), 0);
    }
    sink.room.store(100, SeqCst);
    assert_eq!(clicks.finish(SOON), Remaining::default());
    assert_eq!(counted(&sink), 14_000);
}
