//! Edits and visits that go on while something fails, and a judge of what the visitors saw.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use suo_testkit::wait_until;

use crate::{
    api::{Api, Visits, link_path, text},
    production::{Admin, Edge, SEEN},
    seen::seen_by,
};

/// Between two edits of a writer, and between two visits of a reader.
const PAUSE: Duration = Duration::from_millis(2);

/// Links that edits and visits go to.
const LINKS: usize = 10;

/// Writers; each link has one, so that its edits have an order.
const WRITERS: usize = 2;

/// Edits and visits under way.
pub struct Traffic {
    links: Arc<Vec<Watched>>,
    /// While it is set nobody edits.
    at_rest: Arc<AtomicBool>,
    /// Dropped, it ends the threads.
    going: Vec<mpsc::Sender<()>>,
    writers: Vec<JoinHandle<Edits>>,
    readers: Vec<JoinHandle<u32>>,
}

/// What became of the edits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edits {
    /// Acknowledged.
    pub made: u32,
    /// 503, or no answer: they may or may not have happened.
    pub unsure: u32,
}

/// What was observed.
#[derive(Debug)]
pub struct Observed {
    /// What became of the edits.
    pub edits: Edits,
    /// Visits, all of which were answered rightly.
    pub visits: u32,
    /// How long it took until every edge answered like the database for every link.
    pub settled: Duration,
}

struct Watched {
    code: String,
    path: String,
    edits: Mutex<Vec<Edit>>,
}

/// The edit number n leads to `https://example.com/<code>/<n>`.
struct Edit {
    begun: Instant,
    acknowledged: Option<Instant>,
}

impl Traffic {
    /// Makes links, edits them through `admins` in turn, and follows them at `edges`. A visit may
    /// see what was acknowledged `staleness` ago or later, never anything older, a 404 or a doubt.
    #[must_use]
    pub fn start(admins: &[&Admin], edges: &[&Edge], staleness: Duration) -> Self {
        let apis: Vec<Api> = admins.iter().map(|admin| admin.api.clone()).collect();
        let links: Arc<Vec<_>> = Arc::new((0..LINKS).map(|n| Watched::make(&apis[0], n)).collect());
        let mut traffic = Self {
            links,
            at_rest: Arc::default(),
            going: Vec::new(),
            writers: Vec::new(),
            readers: Vec::new(),
        };
        for number in 0..WRITERS {
            let (apis, links, until) = (apis.clone(), traffic.links.clone(), traffic.until());
            let at_rest = traffic.at_rest.clone();
            let write = move || write(number, &apis, &links, &at_rest, &until);
            traffic.writers.push(thread::spawn(write));
        }
        for edge in edges {
            let (visits, links, until) =
                (edge.visits.clone(), traffic.links.clone(), traffic.until());
            let read = move || read(&visits, &links, staleness, &until);
            traffic.readers.push(thread::spawn(read));
        }
        traffic
    }

    /// How many edits were acknowledged until now.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        let of = |link: &Watched| {
            let edits = link.edits();
            edits
                .iter()
                .filter(|edit| edit.acknowledged.is_some())
                .count()
        };
        self.links.iter().map(of).sum()
    }

    /// Waits until so many more edits are acknowledged.
    #[track_caller]
    pub fn flow(&self, more: usize) {
        let wanted = self.acknowledged() + more;
        wait_until("edits are made", Duration::from_secs(60), || {
            let made = self.acknowledged();
            (made >= wanted).then_some(()).ok_or(made)
        });
    }

    /// Ends it, and waits until every edge answers like the database for every link.
    ///
    /// # Panics
    /// If a visitor saw something wrong, or an acknowledged edit is not in the database.
    #[track_caller]
    pub fn finish(mut self, admin: &Admin, edges: &[&Edge]) -> Observed {
        self.going.clear();
        let edits = self.writers.drain(..).map(|writer| writer.join());
        let edits = edits.fold(Edits::default(), |sum, edits| {
            let edits = edits.expect("a writer");
            Edits {
                made: sum.made + edits.made,
                unsure: sum.unsure + edits.unsure,
            }
        });
        let begun = Instant::now();
        let targets: Vec<_> = self
            .links
            .iter()
            .map(|link| link.target(&admin.api))
            .collect();
        for (link, target) in self.links.iter().zip(targets) {
            link.check(&target, begun, Duration::ZERO);
            edges
                .iter()
                .for_each(|edge| seen_by(edge, &link.code, &target));
        }
        let settled = begun.elapsed();
        let visits = self.readers.drain(..).map(|reader| reader.join());
        let visits = visits.map(|visits| visits.expect("visitors see nothing wrong"));
        Observed {
            edits,
            visits: visits.sum(),
            settled,
        }
    }

    /// Edits rest, or go on; visits always go on. A relay that has nothing to do leaves its turn
    /// to another one.
    pub fn rest(&self, at_rest: bool) {
        self.at_rest.store(at_rest, SeqCst);
    }

    fn until(&mut self) -> mpsc::Receiver<()> {
        let (going, until) = mpsc::channel();
        self.going.push(going);
        until
    }
}

/// Makes a link, however often an admin on a busy machine says 503.
#[track_caller]
pub fn create_surely(api: &Api, code: &str, target: &str) -> Value {
    let link = json!({ "target": target, "code": code });
    wait_until("the link is made", SEEN * 6, || {
        let answer = api.try_once(code, "POST", "/links", &link);
        let answer = answer.map_err(|error| error.to_string())?;
        match answer.status {
            201 => Ok(answer.json()),
            _ => Err(answer.json().to_string()),
        }
    })
}

impl Watched {
    fn make(api: &Api, number: usize) -> Self {
        let code = format!("traffic{number}");
        let target = target(&code, 0);
        let begun = Instant::now();
        let link = create_surely(api, &code, &target);
        let edit = Edit {
            begun,
            acknowledged: Some(Instant::now()),
        };
        Self {
            path: link_path(&link),
            code,
            edits: Mutex::new(vec![edit]),
        }
    }

    /// Whether it was acknowledged.
    fn edit(&self, api: &Api) -> bool {
        let number = {
            let mut edits = self.edits();
            edits.push(Edit {
                begun: Instant::now(),
                acknowledged: None,
            });
            edits.len() - 1
        };
        let body = json!({ "target": target(&self.code, number) });
        let Ok(answer) = api.try_call("PATCH", &self.path, &body) else {
            return false;
        };
        assert!([200, 503].contains(&answer.status), "{}", answer.json());
        let is_made = answer.status == 200;
        self.edits()[number].acknowledged = is_made.then(Instant::now);
        is_made
    }

    /// Where the database says that it leads.
    fn target(&self, api: &Api) -> String {
        let answer = wait_until("the admin answers", SEEN, || {
            let answer = api.try_call("GET", &self.path, &Value::Null);
            answer
                .map_err(|error| error.to_string())
                .and_then(|answer| match answer.status {
                    200 => Ok(answer.json()),
                    other => Err(other.to_string()),
                })
        });
        text(&answer, "target").to_owned()
    }

    /// Whether a visit that began at `begun` and has just ended may have been led there.
    fn check(&self, found: &str, begun: Instant, staleness: Duration) {
        let edits = self.edits();
        let number = (0..edits.len()).rfind(|number| found == target(&self.code, *number));
        let number = number.unwrap_or_else(|| panic!("/{} led to {found}", self.code));
        let is_old = |edit: &Edit| {
            let settled = edit.acknowledged.map(|time| time + staleness);
            settled.is_some_and(|time| time < begun)
        };
        let least = edits.iter().rposition(is_old).unwrap_or(0);
        assert!(
            number >= least,
            "/{} led to edit {number} {:?} after edit {least} was acknowledged; it was sent {:?} ago",
            self.code,
            edits[least].acknowledged.map(|time| begun - time),
            edits[number].begun.elapsed(),
        );
    }

    fn edits(&self) -> MutexGuard<'_, Vec<Edit>> {
        self.edits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn target(code: &str, number: usize) -> String {
    format!("https://example.com/{code}/{number}")
}

fn write(
    number: usize,
    apis: &[Api],
    links: &[Watched],
    at_rest: &AtomicBool,
    until: &mpsc::Receiver<()>,
) -> Edits {
    let own = links.iter().skip(number).step_by(WRITERS).cycle();
    let mut edits = Edits::default();
    for (link, api) in own.zip(apis.iter().cycle()) {
        while at_rest.load(SeqCst) && !is_over(until) {}
        if is_over(until) {
            break;
        }
        if link.edit(api) {
            edits.made += 1;
        } else {
            edits.unsure += 1;
        }
    }
    edits
}

fn read(
    visits: &Visits,
    links: &[Watched],
    staleness: Duration,
    until: &mpsc::Receiver<()>,
) -> u32 {
    let mut count = 0;
    for link in links.iter().cycle() {
        if is_over(until) {
            break;
        }
        let begun = Instant::now();
        link.check(&visits.follow(&link.code), begun, staleness);
        count += 1;
    }
    count
}

fn is_over(until: &mpsc::Receiver<()>) -> bool {
    until.recv_timeout(PAUSE) == Err(mpsc::RecvTimeoutError::Disconnected)
}
