//! The thread that talks to the sink, so that nobody else ever waits for it.

use std::{
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel},
    thread::{self, Thread},
    time::Duration,
};

use suo_link::wire::clicks::{JournalId, SegmentName};

use super::{ClickSink, Unavailable};

/// What is to be done next.
#[derive(Default)]
pub(super) struct Job {
    /// Segments to be shipped, as far as there is room.
    pub(super) segments: Vec<(SegmentName, Vec<u8>)>,
    /// Whether the sink is asked for room although there are no segments here.
    pub(super) looks_for_room: bool,
    /// Journals to be asked about.
    pub(super) ask: Vec<JournalId>,
    /// Journals that are over.
    pub(super) forget: Vec<JournalId>,
}

impl Job {
    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty()
            && !self.looks_for_room
            && self.ask.is_empty()
            && self.forget.is_empty()
    }
}

/// What became of it.
pub(super) struct Report {
    pub(super) sent: Vec<SegmentName>,
    /// How many more segments the sink takes, if it was asked.
    pub(super) room: Option<usize>,
    pub(super) applied: Vec<(JournalId, u64)>,
    /// Why not all of it was done.
    pub(super) outcome: Result<(), Unavailable>,
}

/// The other end of the thread. It has one job at a time.
pub(super) struct Carrier {
    jobs: SyncSender<Job>,
    reports: Receiver<Report>,
    is_busy: bool,
}

impl Carrier {
    /// Starts the thread; it wakes `shipper` when something is done.
    pub(super) fn start(sink: Box<dyn ClickSink>, shipper: Thread) -> io::Result<Self> {
        let (jobs, taken) = sync_channel(1);
        let (report, reports) = sync_channel(1);
        thread::Builder::new()
            .name("suo-edge-carry".to_owned())
            .spawn(move || carry(sink, &taken, &report, &shipper))?;
        Ok(Self {
            jobs,
            reports,
            is_busy: false,
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Gives a job to a thread that has none.
    pub(super) fn give(&mut self, job: Job) {
        // A thread that has panicked takes nothing any more; then everything waits on the disk.
        self.is_busy = self.jobs.try_send(job).is_ok();
    }

    /// What became of the job, if it is done.
    pub(super) fn report(&mut self) -> Option<Report> {
        match self.reports.try_recv() {
            Ok(report) => {
                self.is_busy = false;
                Some(report)
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => None,
        }
    }

    /// Waits for the job under way, so that nothing is cut off in the middle.
    pub(super) fn finish(self, limit: Duration) {
        if self.is_busy {
            match self.reports.recv_timeout(limit) {
                Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }
}

fn carry(
    mut sink: Box<dyn ClickSink>,
    jobs: &Receiver<Job>,
    reports: &SyncSender<Report>,
    shipper: &Thread,
) {
    while let Ok(job) = jobs.recv() {
        if reports.send(work(&mut *sink, job)).is_err() {
            return;
        }
        shipper.unpark();
    }
}

fn work(sink: &mut dyn ClickSink, job: Job) -> Report {
    let mut report = Report {
        sent: Vec::new(),
        room: None,
        applied: Vec::new(),
        outcome: Ok(()),
    };
    let shipped = ship(sink, &job, &mut report);
    report.outcome = shipped.and_then(|()| {
        if !job.ask.is_empty() {
            let applied = sink.applied(&job.ask)?;
            report.applied = job.ask.into_iter().zip(applied).collect();
        }
        Ok(())
    });
    if !job.forget.is_empty() {
        sink.forget(&job.forget);
    }
    report
}

fn ship(sink: &mut dyn ClickSink, job: &Job, report: &mut Report) -> Result<(), Unavailable> {
    if job.segments.is_empty() && !job.looks_for_room {
        return Ok(());
    }
    let mut room = sink.room()?;
    for (name, segment) in job.segments.iter().take(room) {
        sink.ship(*name, segment)?;
        report.sent.push(*name);
        room -= 1;
    }
    report.room = Some(room);
    Ok(())
}
