//! Visitors of all classes who go on and on, and who know what they were given.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;
use suo_testkit::wait_until;

use crate::{
    api::{Api, Visits, link_path, text},
    keep_alive::KeepAlive,
    production::Edge,
};

/// The classes, and what makes a visitor one of each.
pub const CLASSES: [(&str, &[(&str, &str)]); 4] = [
    ("human", &[("user-agent", PHONE)]),
    (
        "preview",
        &[("user-agent", "TelegramBot (like TwitterBot)")],
    ),
    ("crawler", &[("user-agent", "curl/8.5.0")]),
    (
        "prefetch",
        &[("user-agent", PHONE), ("sec-purpose", "prefetch")],
    ),
];

const PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

/// How long a busy machine may take to count what was answered.
const COUNTED: Duration = Duration::from_secs(60);

/// How long a visitor stays away who has found nobody.
const AWAY: Duration = Duration::from_millis(20);

/// Followed links by code and class.
pub type Seen = BTreeMap<(String, &'static str), u64>;

/// What visitors were given, and requests that got no whole answer: these may be counted or not.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Followed links.
    pub seen: Seen,
    /// Requests without an answer.
    pub unanswered: Seen,
}

/// Visitors of some edges.
pub struct Visitors {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<Given>>,
}

#[derive(Default)]
struct Shared {
    is_over: AtomicBool,
    followed: AtomicU64,
}

impl Visitors {
    /// One visitor at a time for each edge, following these codes in turn.
    #[must_use]
    pub fn of(edges: &[&Edge], codes: &[String]) -> Self {
        let visits: Vec<Visits> = edges.iter().map(|edge| edge.visits.clone()).collect();
        Self::at(&visits, codes, 1, Duration::ZERO)
    }

    /// So many visitors at a time for each edge, who rest so long between two visits.
    #[must_use]
    pub fn at(edges: &[Visits], codes: &[String], at_once: usize, rest: Duration) -> Self {
        let shared = Arc::<Shared>::default();
        let each = edges
            .iter()
            .flat_map(|edge| (0..at_once).map(move |_| edge));
        let threads = each.map(|visits| {
            let (visits, codes) = (visits.clone(), codes.to_vec());
            let shared = Arc::clone(&shared);
            thread::spawn(move || visit(&visits, &codes, &shared, rest))
        });
        Self {
            threads: threads.collect(),
            shared,
        }
    }

    /// How many links they have followed so far.
    #[must_use]
    pub fn followed(&self) -> u64 {
        self.shared.followed.load(SeqCst)
    }

    /// Sends them away: what they were given, and how many requests got no whole answer.
    #[must_use]
    pub fn finish(self) -> (Seen, u64) {
        let given = self.finish_with_all();
        let unanswered = given.unanswered.values().sum();
        (given.seen, unanswered)
    }

    /// Sends them away.
    #[must_use]
    pub fn finish_with_all(self) -> Given {
        self.shared.is_over.store(true, SeqCst);
        let mut all = Given::default();
        for thread in self.threads {
            let of_one = thread.join().expect("visitors do not panic");
            add(&mut all.seen, of_one.seen);
            add(&mut all.unanswered, of_one.unanswered);
        }
        all
    }
}

/// Adds counts to counts.
pub fn add(all: &mut Seen, more: Seen) {
    for (what, count) in more {
        *all.entry(what).or_default() += count;
    }
}

fn visit(visits: &Visits, codes: &[String], shared: &Shared, rest: Duration) -> Given {
    let mut given = Given::default();
    let mut line = None;
    let of_each_class = CLASSES
        .iter()
        .flat_map(|class| codes.iter().map(move |code| (code, class)));
    let turns = of_each_class.collect::<Vec<_>>();
    for (code, (class, headers)) in turns.into_iter().cycle() {
        if shared.is_over.load(SeqCst) {
            break;
        }
        if !rest.is_zero() {
            thread::park_timeout(rest);
        }
        let Some(connection) = line.take().or_else(|| KeepAlive::open(visits.address).ok()) else {
            // The edge is away; so is the visitor, for a moment.
            thread::park_timeout(AWAY);
            continue;
        };
        let mut connection = connection;
        let headers = [&[("host", &*visits.domain)], *headers].concat();
        let answer = connection.request("GET", &format!("/{code}"), &headers, &[]);
        let counts = match answer {
            Ok(answer) => {
                line = Some(connection);
                let is_card = *class == "preview" && answer.status == 200;
                if answer.status != 302 && !is_card {
                    continue;
                }
                shared.followed.fetch_add(1, SeqCst);
                &mut given.seen
            }
            Err(_) => &mut given.unanswered,
        };
        *counts.entry((code.clone(), class)).or_default() += 1;
    }
    given
}

/// What the API says of these links.
#[must_use]
pub fn counted(api: &Api, links: &[Value]) -> Seen {
    let mut counted = Seen::new();
    for link in links {
        let now = api.served("GET", &link_path(link), &Value::Null).json();
        for (class, _) in CLASSES {
            let clicks = now["clicks"][class].as_u64().expect("a number");
            if clicks > 0 {
                counted.insert((text(link, "code").to_owned(), class), clicks);
            }
        }
    }
    counted
}

/// What the API says of all links of an instance, of which there are few, in one call.
#[must_use]
pub fn all_counted(api: &Api) -> Seen {
    let page = api.served("GET", "/links?limit=100", &Value::Null).json();
    assert!(page["next_cursor"].is_null(), "few links: {page}");
    let mut counted = Seen::new();
    for link in page["data"].as_array().into_iter().flatten() {
        for (class, _) in CLASSES {
            let clicks = link["clicks"][class].as_u64().expect("a number");
            if clicks > 0 {
                counted.insert((text(link, "code").to_owned(), class), clicks);
            }
        }
    }
    counted
}

/// Waits until exactly what visitors were given is counted.
pub fn all_are_counted(api: &Api, links: &[Value], seen: &Seen) {
    wait_until("all clicks are counted", COUNTED, || {
        match counted(api, links) {
            counted if counted == *seen => Ok(()),
            counted => Err(format!("{counted:?} of {seen:?}")),
        }
    });
}
