//! Redis Cluster: each question goes to the node that holds its key.
//!
//! The client of the crate `redis` is not used: while one node is away, it lets the questions to all
//! others wait (docs/adr/0012).

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use futures_util::future::join_all;
use redis::{Cmd, ErrorKind, FromRedisValue, ServerErrorKind, Value, from_redis_value_ref};
use suo_link::wire::slots::{Node, SlotMap};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use super::{
    address::Server,
    pool::{Pool, Unanswered},
};
use crate::{breaker::Breaker, origin::Unavailable, stopwatch::Stopwatch};

/// How long a node may take to say who holds what.
const SLOTS_LIMIT: Duration = Duration::from_millis(300);

/// How often somebody asks who holds what, without any reason to.
const LEARN_EVERY: Duration = Duration::from_secs(1);

/// The pause between two such questions if there is a reason.
const LEARN_PAUSE: Duration = Duration::from_millis(50);

/// The nodes, and who holds what.
pub(super) struct Cluster {
    named: Vec<(Node, Server)>,
    view: RwLock<View>,
    is_outdated: Notify,
    stream_answers: AtomicBool,
    stopwatch: Stopwatch,
}

#[derive(Default)]
struct View {
    slots: SlotMap,
    peers: HashMap<Node, Arc<Peer>>,
}

struct Peer {
    server: Server,
    pool: Pool,
    breaker: Breaker,
}

impl Cluster {
    pub(super) fn new(named: Vec<(Node, Server)>) -> Self {
        Self {
            named,
            view: RwLock::default(),
            is_outdated: Notify::new(),
            stream_answers: AtomicBool::new(false),
            stopwatch: Stopwatch::system(),
        }
    }

    pub(super) fn stream_answers(&self, answers: bool) {
        self.stream_answers.store(answers, SeqCst);
    }

    /// Whether some nodes answer, though others may not.
    pub(super) fn answers_in_part(&self) -> bool {
        let answers = |view: &View| view.peers.values().any(|peer| !peer.breaker.is_open());
        self.stream_answers.load(SeqCst) && self.view(answers)
    }

    /// Keeps up with who holds what, for ever.
    pub(super) async fn follow(self: Arc<Self>) {
        loop {
            if let Err(error) = self.learn().await {
                tracing::debug!(%error, "the nodes of the cluster are not known");
            }
            // Either is a reason to look again.
            let _ = timeout(LEARN_EVERY, self.is_outdated.notified()).await;
            sleep(LEARN_PAUSE).await;
        }
    }

    /// The server that holds a key, as the nodes say now.
    pub(super) async fn find(&self, key: &str) -> Result<Server, Unavailable> {
        self.learn().await?;
        Ok(self.holder(key)?.1.server.clone())
    }

    /// Asks the node that holds `key`.
    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        key: &str,
        command: &Cmd,
    ) -> Result<T, Unavailable> {
        if !self.stream_answers.load(SeqCst) {
            return Err(unavailable("the node with the changes does not answer"));
        }
        let (node, peer) = self.holder(key)?;
        let error = match self.ask_peer(&peer, peer.pool.ask(command)).await {
            Err(Unanswered::Refused(error)) => error,
            answer => return Ok(answer?),
        };
        self.is_outdated.notify_one();
        let redirect = error.redirect_node();
        let Some(to) = redirect.and_then(|(to, _)| Node::parse(to, &node)) else {
            return Err(error.into());
        };
        let peer = self.peer(&to)?;
        let answer = if error.kind() == ErrorKind::Server(ServerErrorKind::Ask) {
            self.ask_peer(&peer, peer.pool.ask_ahead(command)).await
        } else {
            self.ask_peer(&peer, peer.pool.ask(command)).await
        };
        Ok(answer?)
    }

    /// Spares a node that does not answer, but for a probe now and then.
    async fn ask_peer<T>(
        &self,
        peer: &Peer,
        asking: impl Future<Output = Result<T, Unanswered>>,
    ) -> Result<T, Unanswered> {
        let breaker = &peer.breaker;
        if breaker.is_open() && !breaker.probe_is_due(self.stopwatch.millis()) {
            return Err(unavailable("a node has not answered lately").into());
        }
        let mut silence = Silence {
            cluster: self,
            breaker: Some(breaker),
        };
        let answer = asking.await;
        if !matches!(answer, Err(Unanswered::Nobody(_))) {
            silence.breaker = None;
            breaker.answered();
        }
        answer
    }

    /// Asks every node who holds what, and takes what most of them say.
    async fn learn(&self) -> Result<(), Unavailable> {
        let mut known: HashMap<Node, Arc<Peer>> = self.view(|view| view.peers.clone());
        for (node, _) in &self.named {
            if !known.contains_key(node) {
                known.insert(node.clone(), self.peer(node)?);
            }
        }
        let asked = known.iter().map(|(node, peer)| slots(node, peer));
        let maps: Vec<SlotMap> = join_all(asked).await.into_iter().flatten().collect();
        let votes = |map: &&SlotMap| maps.iter().filter(|other| other == map).count();
        let best = maps.iter().max_by_key(|map| (map.covered(), votes(map)));
        let Some(best) = best.filter(|map| map.covered() > 0) else {
            return Err(unavailable("no node of the cluster says who holds what"));
        };
        self.use_slots(best.clone())
    }

    fn use_slots(&self, slots: SlotMap) -> Result<(), Unavailable> {
        let primaries: Vec<Node> = slots.primaries().into_iter().cloned().collect();
        let peers = primaries.into_iter().map(|node| {
            let peer = self.peer(&node)?;
            Ok((node, peer))
        });
        let peers = peers.collect::<Result<_, Unavailable>>()?;
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        *view = View { slots, peers };
        Ok(())
    }

    fn holder(&self, key: &str) -> Result<(Node, Arc<Peer>), Unavailable> {
        let held = self.view(|view| {
            let node = view.slots.holder(key)?;
            Some((node.clone(), Arc::clone(view.peers.get(node)?)))
        });
        held.ok_or_else(|| unavailable("no node of the cluster is known to hold this"))
    }

    /// A node that is known already, or a new one.
    fn peer(&self, node: &Node) -> Result<Arc<Peer>, Unavailable> {
        if let Some(peer) = self.view(|view| view.peers.get(node).cloned()) {
            return Ok(peer);
        }
        let named = self.named.first();
        let (_, named) = named.ok_or_else(|| unavailable("no node is named"))?;
        let server = named.sibling(node)?;
        Ok(Arc::new(Peer {
            pool: Pool::new(&server),
            server,
            breaker: Breaker::default(),
        }))
    }

    fn view<T>(&self, read: impl FnOnce(&View) -> T) -> T {
        read(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A question that was not answered yet; dropped so, it never will be.
struct Silence<'a> {
    cluster: &'a Cluster,
    breaker: Option<&'a Breaker>,
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        if let Some(breaker) = self.breaker {
            breaker.unanswered(self.cluster.stopwatch.millis());
            self.cluster.is_outdated.notify_one();
        }
    }
}

/// Who holds what, as one node sees it; `None`: it does not say.
async fn slots(node: &Node, peer: &Peer) -> Option<SlotMap> {
    let mut question = redis::cmd("CLUSTER");
    question.arg("SLOTS");
    let asked = timeout(SLOTS_LIMIT, peer.pool.ask::<Vec<Vec<Value>>>(&question));
    let ranges = asked.await.ok()?.ok()?;
    Some(
        ranges
            .iter()
            .filter_map(|range| held(range, node))
            .collect(),
    )
}

/// A range of slots and its primary.
fn held(range: &[Value], asked: &Node) -> Option<(RangeInclusive<u16>, Node)> {
    let [first, last, primary, ..] = range else {
        return None;
    };
    let primary: Vec<Value> = from_redis_value_ref(primary).ok()?;
    let [host, port, ..] = primary.as_slice() else {
        return None;
    };
    let host: Option<String> = from_redis_value_ref(host).ok()?;
    let node = Node {
        host: match host {
            Some(host) if host == "?" => return None,
            Some(host) if !host.is_empty() => host,
            _ => asked.host.clone(),
        },
        port: from_redis_value_ref(port).ok()?,
    };
    let slots = from_redis_value_ref(first).ok()?..=from_redis_value_ref(last).ok()?;
    Some((slots, node))
}

fn unavailable(reason: &str) -> Unavailable {
    Unavailable(format!("Redis: {reason}"))
}
