//! Visitors of all classes who go on and on, and who know what they were given.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
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

/// Visitors of some edges.
pub struct Visitors {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<(Seen, u64)>>,
}

impl Visitors {
    /// One visitor at a time for each edge, following these codes in turn.
    #[must_use]
    pub fn of(edges: &[&Edge], codes: &[String]) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let start = |edge: &&Edge| {
            let (visits, codes) = (edge.visits.clone(), codes.to_vec());
            let is_over = Arc::clone(&is_over);
            thread::spawn(move || visit(&visits, &codes, &is_over))
        };
        Self {
            threads: edges.iter().map(start).collect(),
            is_over,
        }
    }

    /// Sends them away: what they were given, and how many requests got no whole answer.
    #[must_use]
    pub fn finish(self) -> (Seen, u64) {
        self.is_over.store(true, SeqCst);
        let (mut seen, mut unanswered) = (Seen::new(), 0);
        for thread in self.threads {
            let (of_one, cut) = thread.join().expect("visitors do not panic");
            unanswered += cut;
            for (what, count) in of_one {
                *seen.entry(what).or_default() += count;
            }
        }
        (seen, unanswered)
    }
}

fn visit(visits: &Visits, codes: &[String], is_over: &AtomicBool) -> (Seen, u64) {
    let (mut seen, mut unanswered) = (Seen::new(), 0);
    let mut line = None;
    let of_each_class = CLASSES
        .iter()
        .flat_map(|class| codes.iter().map(move |code| (code, class)));
    let turns = of_each_class.collect::<Vec<_>>();
    for (code, (class, headers)) in turns.into_iter().cycle() {
        if is_over.load(SeqCst) {
            break;
        }
        let Some(connection) = line.take().or_else(|| KeepAlive::open(visits.address).ok()) else {
            // The edge is away; so is the visitor, for a moment.
            thread::park_timeout(AWAY);
            continue;
        };
        let mut connection = connection;
        let headers = [&[("host", &*visits.domain)], *headers].concat();
        match connection.request("GET", &format!("/{code}"), &headers, &[]) {
            Ok(answer) => {
                line = Some(connection);
                let is_followed = answer.status == 302;
                let is_card = *class == "preview" && answer.status == 200;
                if is_followed || is_card {
                    *seen.entry((code.clone(), class)).or_default() += 1;
                }
            }
            Err(_) => unanswered += 1,
        }
    }
    (seen, unanswered)
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

/// Waits until exactly what visitors were given is counted.
pub fn all_are_counted(api: &Api, links: &[Value], seen: &Seen) {
    wait_until("all clicks are counted", COUNTED, || {
        match counted(api, links) {
            counted if counted == *seen => Ok(()),
            counted => Err(format!("{counted:?} of {seen:?}")),
        }
    });
}
