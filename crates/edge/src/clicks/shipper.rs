//! The thread that closes, ships and forgets segments.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use suo_link::wire::clicks::JournalId;

use super::{
    Counts, Remaining,
    carrier::{Carrier, Job},
    chunk::Chunk,
    complaint::Complaint,
    end::End,
    journal::Journal,
    memory::Mapped,
    room::{Make, Room},
    sink_state::SinkState,
};

/// How often is looked whether something is to be closed or shipped.
const LOOK: Duration = Duration::from_millis(50);

/// The same while the process waits to end.
const LAST_LOOKS: Duration = Duration::from_millis(10);

/// How often is asked what is applied.
const ASK: Duration = Duration::from_millis(200);

/// How long an end waits for the sink's last answer.
pub(super) const LAST_CALL: Duration = Duration::from_secs(2);

/// How long a folder where no file could be made is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Segments of one journal in one round.
const ROUND: usize = 16;

/// Where the journal's files are.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    /// The most files.
    pub(super) limit: usize,
    /// How they are made.
    pub(super) make: Make,
}

/// What carries segments from the workers' chunks to the sink.
pub(super) struct Shipper {
    place: Place,
    room: Option<Room>,
    journals: Vec<Journal<Mapped>>,
    carrier: Carrier,
    /// Journals that are over, to be told.
    over: Vec<JournalId>,
    counts: Arc<Counts>,
    end: Arc<End>,
    shipping: Complaint,
    providing: Complaint,
    sink: SinkState,
    no_room_until: Option<Instant>,
    asked: Option<Instant>,
}

impl Shipper {
    /// Takes over what earlier processes have left, and gives each of `journals` a first chunk.
    pub(super) fn new(
        place: Place,
        journals: Vec<Journal<Mapped>>,
        carrier: Carrier,
        counts: Arc<Counts>,
        end: Arc<End>,
    ) -> Self {
        let mut shipper = Self {
            place,
            room: None,
            journals,
            carrier,
            over: Vec::new(),
            counts,
            end,
            shipping: Complaint::new(
                "clicks wait on this edge's disk until they can be shipped",
                "clicks are shipped again",
            ),
            providing: Complaint::new(
                "there is no room for more clicks: what is dropped from here on is counted",
                "there is room for clicks again",
            ),
            sink: SinkState::default(),
            no_room_until: None,
            asked: None,
        };
        shipper.provide(Instant::now());
        shipper
    }

    /// Works until it is asked to end, and then until all is applied or the time is over.
    pub(super) fn run(mut self) -> Remaining {
        loop {
            self.round(false);
            if self.end.is_asked() {
                break;
            }
            thread::park_timeout(LOOK);
        }
        self.journals.iter_mut().for_each(Journal::end);
        self.sink.is_asked_again();
        loop {
            self.round(true);
            let remaining = self.remaining();
            if remaining.segments == 0 || self.end.is_now() {
                return self.leave(remaining);
            }
            thread::park_timeout(LAST_LOOKS);
        }
    }

    fn leave(mut self, remaining: Remaining) -> Remaining {
        if !self.carrier.is_busy() && !self.over.is_empty() {
            let forget = std::mem::take(&mut self.over);
            self.carrier.give(Job {
                forget,
                ..Job::default()
            });
        }
        self.carrier.finish(LAST_CALL);
        if let Some(room) = &mut self.room {
            room.clear();
        }
        remaining
    }

    fn round(&mut self, is_last: bool) {
        let now = Instant::now();
        self.provide(now);
        for journal in &mut self.journals {
            journal.close(now, is_last);
            journal.finish();
        }
        self.hear(now);
        self.give_work(now, is_last);
        self.release();
        let remaining = self.remaining();
        self.counts.segments_waiting.set(remaining.segments as u64);
        self.counts.clicks_waiting.set(remaining.clicks);
        let alive = self.journals.iter().filter(|journal| journal.is_alive());
        let (mut full, mut unwritable) = (0, 0);
        for dropped in alive.map(Journal::dropped) {
            full += dropped.full;
            unwritable += dropped.unwritable;
        }
        if !is_last {
            self.counts.dropped_full.set(full);
            self.counts.dropped_unwritable.set(unwritable);
        }
    }

    /// Gives each worker a chunk ahead of its need, and says so if that does not go on.
    fn provide(&mut self, now: Instant) {
        if let Some(outcome) = self.give_chunks(now) {
            self.providing.report(outcome);
        }
    }

    /// What became of it, if there was something to be done: an error if any worker got none.
    pub(super) fn give_chunks(&mut self, now: Instant) -> Option<Result<(), String>> {
        let wants: Vec<usize> = (0..self.journals.len())
            .filter(|place| self.journals[*place].wants_chunk())
            .collect();
        if wants.is_empty() || self.no_room_until.is_some_and(|until| now < until) {
            return None;
        }
        self.no_room_until = None;
        let mut all = Ok(());
        for place in wants {
            let taken = self.open().and_then(|()| match &mut self.room {
                Some(room) => room.take(&self.place.make),
                None => Ok(None),
            });
            let journal = &mut self.journals[place];
            let outcome = match taken {
                Ok(Some(memory)) => {
                    journal.add_chunk(memory);
                    Ok(())
                }
                Ok(None) => {
                    journal.refuse_chunk(false);
                    Err("as much is waiting as may (SUO_JOURNAL_MB)".to_owned())
                }
                Err(error) => {
                    journal.refuse_chunk(true);
                    self.no_room_until = Some(now + PAUSE);
                    Err(error.to_string())
                }
            };
            all = all.and(outcome);
        }
        Some(all)
    }

    /// Opens the folder, if that has not succeeded yet, and takes over what is in it.
    fn open(&mut self) -> io::Result<()> {
        if self.room.is_some() {
            return Ok(());
        }
        let (mut room, found) = Room::open(&self.place.folder, self.place.limit)?;
        self.journals.extend(recover(found, &mut room));
        let waiting = self.remaining().clicks;
        if waiting > 0 {
            tracing::info!(
                clicks = waiting,
                "clicks that an earlier run has left are shipped"
            );
        }
        self.room = Some(room);
        Ok(())
    }

    /// Takes note of what the carrier has done.
    fn hear(&mut self, now: Instant) {
        let Some(report) = self.carrier.report() else {
            return;
        };
        for journal in &mut self.journals {
            let id = journal.id();
            for name in report.sent.iter().filter(|name| name.journal == id) {
                journal.sent(name.number, now);
                self.counts.shipped.add_one();
            }
            for (_, number) in report.applied.iter().filter(|(other, _)| *other == id) {
                journal.applied(*number);
            }
        }
        let outcome = self.sink.hear(report.room, report.outcome, now);
        self.shipping.report(outcome);
    }

    /// Gives the carrier what is due, if it has nothing to do.
    fn give_work(&mut self, now: Instant, is_last: bool) {
        if self.carrier.is_busy() || self.sink.is_resting(now) {
            return;
        }
        let mut job = Job::default();
        if !self.sink.is_full(now) {
            self.load(&mut job, now);
        }
        let every = if is_last { LAST_LOOKS } else { ASK };
        let is_due = |asked: Instant| now.duration_since(asked) >= every;
        if self.asked.is_none_or(is_due) {
            let waiting = self
                .journals
                .iter()
                .filter(|journal| journal.waiting().0 > 0);
            job.ask = waiting.map(Journal::id).collect();
            self.asked = Some(now);
        }
        job.forget = std::mem::take(&mut self.over);
        if !job.is_empty() {
            self.carrier.give(job);
        }
    }

    /// Adds what is due, but not more than the sink takes: encoding it would be in vain. A sink that has said
    /// nothing yet is asked first.
    fn load(&mut self, job: &mut Job, now: Instant) {
        if self.sink.takes == 0 {
            job.looks_for_room = self.journals.iter().any(|journal| journal.is_due(now));
            return;
        }
        for journal in &mut self.journals {
            let room = self.sink.takes - job.segments.len();
            job.segments.extend(journal.due(now, ROUND.min(room)));
        }
    }

    fn release(&mut self) {
        for journal in &mut self.journals {
            for memory in journal.release() {
                if let Some(room) = &mut self.room {
                    room.give_back(memory);
                }
            }
        }
        for journal in &self.journals {
            if journal.is_over() {
                self.over.push(journal.id());
            }
        }
        self.journals.retain(|journal| !journal.is_over());
    }

    fn remaining(&self) -> Remaining {
        let mut remaining = Remaining::default();
        for (segments, clicks) in self.journals.iter().map(Journal::waiting) {
            remaining.segments += segments;
            remaining.clicks += clicks;
        }
        remaining
    }
}

/// The journals among what earlier processes have left; what is no chunk goes back.
fn recover(found: Vec<Mapped>, room: &mut Room) -> Vec<Journal<Mapped>> {
    let mut chunks: BTreeMap<JournalId, Vec<Chunk<Mapped>>> = BTreeMap::new();
    for memory in found {
        match Chunk::reopen(memory) {
            Ok(chunk) => chunks.entry(chunk.journal()).or_default().push(chunk),
            Err(memory) => room.give_back(memory),
        }
    }
    let journals = chunks
        .into_iter()
        .map(|(id, chunks)| Journal::left(id, chunks));
    journals.collect()
}
