//! Visitors and edits beside a test, and a judge of what the visitors saw.
//!
//! One thread edits and creates links, one thread for each edge follows them: some again and
//! again, others for the first time. The judge holds every answer against the writes.

mod judge;
mod work;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use suo_testkit::wait_until;

pub use self::judge::Figures;
use self::{judge::Read, work::Shared};
use crate::{
    api::Visits,
    metrics::metric,
    production::{Admin, Edge},
    seen::seen_within,
};

/// Links made at the start.
const LINKS: usize = 60;

/// So many of them are followed again and again.
const HOT: usize = 20;

/// Silence is noticed after 1.25 s, and each link is confirmed once a second then; the rest is
/// for a machine that is busy with other tests.
pub const WHILE_DEAF: Duration = Duration::from_millis(2300 + 1700);

/// On a machine so busy that now and then nobody answered an edge in time, and it said so.
const WHILE_NOBODY_ANSWERS: Duration = Duration::from_secs(20);

/// A notice takes milliseconds on a quiet machine.
pub const WHILE_HEARING: Duration = Duration::from_secs(1);

/// How long a test waits before it gives up: the machine may be busy with many others.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until an edge hears of changes, or does not.
pub fn hears(edge: &Edge, expected: bool) {
    let what = format!("an edge that hears: {expected}");
    wait_until(&what, PATIENCE, || match edge.metric("suo_edge_deaf") {
        deaf if (deaf == 0.0) == expected => Ok(()),
        deaf => Err(format!("suo_edge_deaf {deaf}")),
    });
}

/// Waits until a code leads to this target at an edge.
pub fn shows(edge: &Edge, (code, target): &(String, String)) {
    seen_within(&edge.visits, code, target, PATIENCE);
}

/// Edits and visits that go on until [`Traffic::finish`].
pub struct Traffic {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<Vec<Read>>>,
    visited: Vec<Visited>,
}

struct Visited {
    visits: Visits,
    operations: SocketAddr,
}

impl Traffic {
    /// Makes links, and begins to edit them by this admin and to follow them at these edges.
    #[must_use]
    pub fn start(admin: &Admin, edges: &[&Edge]) -> Self {
        let shared = Arc::new(Shared {
            api: admin.api.clone(),
            links: Mutex::default(),
            codes: AtomicUsize::new(0),
            writes_end: AtomicBool::new(false),
            visits_end: AtomicBool::new(false),
            over: Mutex::default(),
        });
        (0..LINKS).for_each(|_| shared.create());
        shared.are_known(edges);
        let mut traffic = Self {
            writer: None,
            readers: Vec::new(),
            visited: Vec::new(),
            shared: Arc::clone(&shared),
        };
        edges.iter().for_each(|edge| traffic.visit(edge));
        traffic.writer = Some(thread::spawn(move || shared.write_on()));
        traffic
    }

    /// Visits another edge, too.
    pub fn visit(&mut self, edge: &Edge) {
        let (shared, visits) = (Arc::clone(&self.shared), edge.visits.clone());
        self.visited.push(Visited {
            visits: visits.clone(),
            operations: edge.operations,
        });
        let reader = thread::spawn(move || shared.visit_on(&visits));
        self.readers.push(reader);
    }

    /// Waits until so many more writes are acknowledged.
    pub fn wait_for_writes(&self, count: usize) {
        let goal = self.shared.acknowledged() + count;
        wait_until("writes go on", PATIENCE, || {
            match self.shared.acknowledged() {
                enough if enough >= goal => Ok(()),
                found => Err(format!("{found} of {goal}")),
            }
        });
    }

    /// Ends the writes; visits go on, and so do those that a test calls for.
    pub fn write_no_more(&mut self) {
        self.shared.writes_end.store(true, SeqCst);
        if let Some(writer) = self.writer.take() {
            writer.join().expect("the writer went on to the end");
        }
    }

    /// Edits one of the links that are followed again and again; returns its code and target.
    #[must_use]
    pub fn edit(&self, number: usize) -> (String, String) {
        self.shared.edit(number % HOT);
        let link = &self.shared.links()[number % HOT];
        (link.code.clone(), link.target(link.writes.len() - 1))
    }

    /// Creates one more link; returns its code and target. No edge has been asked for it before.
    #[must_use]
    pub fn create(&self) -> (String, String) {
        self.shared.create();
        let links = self.shared.links();
        let link = links.last().expect("it was made just now");
        (link.code.clone(), link.target(0))
    }

    /// From now on everything is as it should be: what comes back later counts as slow.
    pub fn fault_is_over(&self) {
        *lock(&self.shared.over) = Some(Instant::now());
    }

    /// Ends the writes, waits until every edge shows what was written last for every link, and
    /// judges what visitors saw.
    ///
    /// # Panics
    /// If an edge does not come right, or an answer cannot be explained by the writes and this
    /// staleness; more of it is allowed to edges that said that nobody answered them.
    #[expect(
        clippy::print_stderr,
        reason = "the figures go into docs/reliability.md"
    )]
    pub fn finish(mut self, allowed: Duration) -> Figures {
        self.write_no_more();
        let links = self.shared.links().clone();
        let mut allowed = allowed;
        for edge in &self.visited {
            for link in &links {
                let target = link.target(link.writes.len() - 1);
                seen_within(&edge.visits, &link.code, &target, PATIENCE);
            }
            if metric(edge.operations, "suo_edge_stale_answers_total") > 0.0 {
                allowed = WHILE_NOBODY_ANSWERS;
            }
        }
        self.shared.visits_end.store(true, SeqCst);
        let reads = self.readers.into_iter();
        let reads: Vec<Vec<Read>> = reads
            .map(|reader| reader.join().expect("the visitors went on to the end"))
            .collect();
        let over = *lock(&self.shared.over);
        let figures = judge::judge(&links, &reads.concat(), over, allowed);
        let name = thread::current().name().map(String::from);
        eprintln!("{}: {figures}", name.unwrap_or_default());
        figures
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
