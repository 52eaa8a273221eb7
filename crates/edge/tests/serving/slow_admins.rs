//! Links with a limit while admins take longer than a visitor waits.

use std::{
    collections::HashMap,
    convert::Infallible,
    num::NonZeroU64,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use suo_edge::origin::{
    Origin,
    admin::Admins,
    production::Production,
    redis::{Address, Redis},
};
use suo_link::{
    id::LinkId,
    link::Link,
    wire::{
        leases::{Ask, LeaseId, Reply, Request as Said, Standing},
        names::Names,
    },
};
use suo_testkit::{free_port, wait_until};
use tokio::{net::TcpListener, runtime::Runtime, sync::watch};

use super::{
    client::Line,
    stage::{HOST, Setting, Stage, link},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A block is used so long, from before it was asked for. Attempts of a machine that is too slow for
/// that prove nothing.
const IN_TIME: Duration = Duration::from_millis(1900);

const PERSON: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The link with one click, and one of which others hold everything.
const ONE: LinkId = LinkId(1);

/// What the database knows: the link [`ONE`] and its block.
#[derive(Default)]
struct Truth {
    turn: u64,
    used: u64,
    next: LeaseId,
    block: Option<LeaseId>,
    /// Requests that asked for it.
    asked: usize,
}

impl Truth {
    /// `None` if something later was heard.
    fn hear(&mut self, said: &Said) -> Option<Reply> {
        if said.turn <= self.turn {
            return None;
        }
        self.turn = said.turn;
        let used: HashMap<_, _> = said.closed.iter().map(|it| (it.lease, it.used)).collect();
        if let Some(lease) = self.block.filter(|lease| !said.held.contains(lease)) {
            self.used += used.get(&lease).copied().unwrap_or(0);
            self.block = None;
        }
        self.asked += usize::from(said.asks.iter().any(|ask| ask.link == ONE));
        let standings = said.asks.iter().map(|ask| self.standing(*ask)).collect();
        Some(Reply { standings })
    }

    fn standing(&mut self, ask: Ask) -> Standing {
        match (ask.link, self.used, self.block) {
            (ONE, 1, _) => Standing::UsedUp,
            (ONE, _, None) if ask.wanted == 0 => Standing::Open,
            (ONE, _, None) => {
                self.next += 1;
                self.block = Some(self.next);
                Standing::Granted {
                    lease: self.next,
                    units: 1,
                }
            }
            _ => Standing::Elsewhere,
        }
    }
}

/// Admins with one database, who answer when they are let.
struct SlowAdmins {
    truth: Arc<Mutex<Truth>>,
    runtime: Runtime,
    bases: Vec<String>,
    lets: Vec<watch::Sender<bool>>,
}

impl SlowAdmins {
    fn new(count: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let truth = Arc::<Mutex<Truth>>::default();
        let (mut bases, mut lets) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
            bases.push(format!("http://{}", listener.local_addr().unwrap()));
            let (may, is_let) = watch::channel(false);
            lets.push(may);
            runtime.spawn(serve(listener, Arc::clone(&truth), is_let));
        }
        Self {
            truth,
            runtime,
            bases,
            lets,
        }
    }

    /// An edge that asks them.
    fn stage(&self) -> Stage {
        let handle = self.runtime.handle();
        let nowhere = format!("redis://127.0.0.1:{}", free_port());
        let address = Address::parse(&nowhere).unwrap();
        let redis = Redis::new(&address, Names::new("suo"), handle);
        let admins = Admins::new(&self.bases, "token", handle).unwrap();
        let limited = |id| Link {
            id,
            max_clicks: NonZeroU64::new(1),
            ..link("https://t.example/")
        };
        Stage::set(Setting {
            links: vec![("one", limited(ONE)), ("held", limited(LinkId(2)))],
            lessor: Some(Arc::new(Production::new(redis, Some(admins))) as Arc<dyn Origin>),
            ..Setting::default()
        })
    }

    fn asked(&self) -> usize {
        self.truth.lock().unwrap().asked
    }
}

async fn serve(listener: TcpListener, truth: Arc<Mutex<Truth>>, is_let: watch::Receiver<bool>) {
    loop {
        let (line, _) = listener.accept().await.unwrap();
        let (truth, is_let) = (Arc::clone(&truth), is_let.clone());
        let answer = service_fn(move |request| answer(request, Arc::clone(&truth), is_let.clone()));
        let serving = http1::Builder::new().serve_connection(TokioIo::new(line), answer);
        // The edge may hang up.
        tokio::spawn(async { _ = serving.await });
    }
}

/// It is decided at once; the answer is slow.
async fn answer(
    request: Request<Incoming>,
    truth: Arc<Mutex<Truth>>,
    mut is_let: watch::Receiver<bool>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let reply = truth.lock().unwrap().hear(&Said::decode(&body).unwrap());
    let _ = is_let.wait_for(|is_let| *is_let).await;
    let mut response = Response::new(Full::default());
    match reply {
        Some(reply) => *response.body_mut() = reply.encode().into(),
        None => *response.status_mut() = hyper::StatusCode::CONFLICT,
    }
    Ok(response)
}

type Seen = (u16, Option<String>);

fn visit(stage: &Stage, path: &str) -> Seen {
    let mut line = Line::open(stage.address());
    line.send(format!(
        "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: {PERSON}\r\n\r\n"
    ));
    let response = line.response();
    let retry = response.header("retry-after").map(str::to_owned);
    (response.status, retry)
}

fn come_again() -> Seen {
    (503, Some("1".to_owned()))
}

/// Nobody is let for the first visitor, who waits in vain; then one admin is let, before or after
/// somebody else has waited in vain for another link, which takes half a second.
fn late_by(admins: &SlowAdmins, is_later: bool) -> (Stage, [Seen; 3]) {
    let last = admins.lets.last().unwrap();
    let stage = admins.stage();
    let first = visit(&stage, "/one");
    if !is_later {
        last.send_replace(true);
    }
    let other = visit(&stage, "/held");
    last.send_replace(true);
    let second = visit(&stage, "/one");
    (stage, [first, other, second])
}

#[test]
fn a_block_that_comes_too_late_for_one_visitor_is_there_for_the_next() {
    for (count, is_later) in [(1, false), (1, true), (2, true)] {
        wait_until("an attempt in time", PATIENCE, || {
            let admins = SlowAdmins::new(count);
            let begun = Instant::now();
            let (stage, seen) = late_by(&admins, is_later);
            let (asked, time) = (admins.asked(), begun.elapsed());
            if time > IN_TIME {
                return Err(format!("it took {time:?}: {seen:?}"));
            }
            assert_eq!(seen, [come_again(), come_again(), (302, None)]);
            assert_eq!(asked, count, "each admin was asked once");
            wait_until("it is used up", PATIENCE, || {
                match visit(&stage, "/one").0 {
                    410 => Ok(()),
                    other => Err(other),
                }
            });
            assert_eq!(admins.truth.lock().unwrap().used, 1);
            Ok(())
        });
    }
}
