//! Many people at once who follow one link until it is used up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{api::Visits, keep_alive::KeepAlive};

/// What makes a visitor a person.
pub const PERSON: (&str, &str) = (
    "user-agent",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
);

/// How long they go on.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a person stays away who was told to come again, or who has found nobody.
const AWAY: Duration = Duration::from_millis(30);

/// People who follow a link on several edges in turn.
pub struct Crowd {
    followed: Arc<AtomicU64>,
    threads: Vec<JoinHandle<Seen>>,
}

/// What they were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Redirects that arrived.
    pub followed: u64,
    /// Answers that told to come again: 503.
    pub again: u64,
    /// Requests that got no whole answer.
    pub cut: u64,
}

impl Crowd {
    /// So many people, each over connections of their own.
    #[must_use]
    pub fn of(people: usize, edges: &[&Visits], code: &str) -> Self {
        let followed = Arc::new(AtomicU64::new(0));
        let start = |person: usize| {
            let edges: Vec<Visits> = edges.iter().map(|edge| (*edge).clone()).collect();
            let (path, followed) = (format!("/{code}"), Arc::clone(&followed));
            thread::spawn(move || chase(&edges, person, &path, &followed))
        };
        Self {
            threads: (0..people).map(start).collect(),
            followed,
        }
    }

    /// How many redirects have arrived so far.
    #[must_use]
    pub fn followed(&self) -> u64 {
        self.followed.load(SeqCst)
    }

    /// Waits until each of them has been told that the link is used up.
    #[must_use]
    pub fn finish(self) -> Seen {
        let mut all = Seen::default();
        for thread in self.threads {
            let seen = thread.join().expect("visitors find the link used up");
            all.followed += seen.followed;
            all.again += seen.again;
            all.cut += seen.cut;
        }
        all
    }
}

fn chase(edges: &[Visits], person: usize, path: &str, followed: &AtomicU64) -> Seen {
    let begun = Instant::now();
    let mut seen = Seen::default();
    let mut lines: Vec<Option<KeepAlive>> = edges.iter().map(|_| None).collect();
    for place in (0..edges.len()).cycle().skip(person) {
        assert!(begun.elapsed() < PATIENCE, "not used up: {seen:?}");
        let edge = &edges[place];
        let line = lines[place].take();
        let Some(mut line) = line.or_else(|| KeepAlive::open(edge.address).ok()) else {
            thread::park_timeout(AWAY);
            continue;
        };
        let headers = [("host", &*edge.domain), PERSON];
        let Ok(answer) = line.request("GET", path, &headers, &[]) else {
            seen.cut += 1;
            continue;
        };
        lines[place] = Some(line);
        match answer.status {
            302 => {
                seen.followed += 1;
                followed.fetch_add(1, SeqCst);
            }
            503 => {
                assert_eq!(answer.header("retry-after"), Some("1"));
                seen.again += 1;
                thread::park_timeout(AWAY);
            }
            410 => break,
            other => panic!("{other}"),
        }
    }
    seen
}
