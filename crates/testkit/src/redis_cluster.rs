//! Private Redis Clusters.

use std::net::TcpStream;
use std::time::Duration;

use crate::{Redis, free_port, wait_until};

/// How long the nodes may take to agree; a node waits two seconds before it answers at all.
const AGREED: Duration = Duration::from_secs(60);

const SLOTS: u16 = 16_384;

/// Three primaries and, if asked for, replicas; each a [`Redis`] of its own.
pub struct RedisCluster {
    nodes: Vec<Redis>,
    replicas: Vec<Redis>,
}

impl RedisCluster {
    /// Three primaries, each with a third of the slots, that all answer.
    ///
    /// # Panics
    /// If Debian's package `redis-server` is missing or the nodes do not find each other.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With more arguments for each `redis-server`.
    pub fn start_with(arguments: &[&str]) -> Self {
        let cluster = Self {
            nodes: (0..3).map(|_| node(arguments)).collect(),
            replicas: Vec::new(),
        };
        cluster.share_slots();
        cluster.introduce(&cluster.nodes);
        cluster.until_ok();
        cluster
    }

    /// Gives the primary `of` a replica that takes over when it is away.
    pub fn add_replica(&mut self, of: usize, arguments: &[&str]) {
        let replica = node(arguments);
        self.introduce([&replica]);
        let primary = self.nodes[of].command(&["CLUSTER", "MYID"]);
        wait_until("the replica knows its primary", AGREED, || {
            let known = replica.command(&["CLUSTER", "NODES"]);
            known.contains(&primary).then_some(()).ok_or(known)
        });
        replica.command(&["CLUSTER", "REPLICATE", &primary]);
        wait_until("the replica has all", AGREED, || {
            let said = replica.command(&["INFO", "replication"]);
            let is_up = said.contains("master_link_status:up");
            is_up.then_some(()).ok_or(said)
        });
        self.replicas.push(replica);
        self.until_ok();
    }

    /// A primary.
    pub fn node(&self, number: usize) -> &Redis {
        &self.nodes[number]
    }

    /// A replica, in the order of [`RedisCluster::add_replica`].
    pub fn replica(&self, number: usize) -> &Redis {
        &self.replicas[number]
    }

    /// All primaries, comma-separated.
    pub fn url(&self) -> String {
        let urls: Vec<String> = self.nodes.iter().map(Redis::url).collect();
        urls.join(",")
    }

    /// The number of the primary that was given the slot of `key` at the start.
    pub fn holder(&self, key: &str) -> usize {
        let slot: u16 = self.slot(key).parse().expect("a slot");
        (0..self.nodes.len())
            .find(|number| self.slots_of(*number).contains(&slot))
            .expect("every slot has a primary")
    }

    /// The slot of `key`.
    pub fn slot(&self, key: &str) -> String {
        let mut alive = self.nodes.iter().filter(|node| is_up(node));
        let node = alive.next().expect("a node that runs");
        node.command(&["CLUSTER", "KEYSLOT", key])
    }

    /// Moves the slot of `key` with all its keys from one primary to another, as resharding does.
    /// `meanwhile` runs when half of the keys have gone.
    pub fn migrate(&self, key: &str, from: usize, to: usize, meanwhile: impl FnOnce()) {
        let slot = self.slot(key);
        let [source, target] =
            [from, to].map(|number| self.nodes[number].command(&["CLUSTER", "MYID"]));
        self.nodes[to].command(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &source]);
        self.nodes[from].command(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &target]);
        let count = self.nodes[from].command(&["CLUSTER", "COUNTKEYSINSLOT", &slot]);
        let half = count.parse::<usize>().expect("a count") / 2;
        self.move_keys(&slot, from, to, half.max(1));
        meanwhile();
        while self.move_keys(&slot, from, to, 100) {}
        for number in [to, from] {
            self.nodes[number].command(&["CLUSTER", "SETSLOT", &slot, "NODE", &target]);
        }
    }

    /// Waits until every node that runs says that the cluster is well.
    pub fn until_ok(&self) {
        let all = || self.nodes.iter().chain(&self.replicas);
        wait_until("the cluster is well", AGREED, || {
            all().filter(|node| is_up(node)).try_for_each(|node| {
                let info = node.command(&["CLUSTER", "INFO"]);
                let known = format!("cluster_known_nodes:{}", all().count());
                let is_ok = info.contains("cluster_state:ok")
                    && info.contains("cluster_slots_ok:16384")
                    && info.contains(&known);
                is_ok.then_some(()).ok_or(info)
            })
        });
    }

    /// Whether any key was moved.
    fn move_keys(&self, slot: &str, from: usize, to: usize, most: usize) -> bool {
        let most = most.to_string();
        let keys = self.nodes[from].command(&["CLUSTER", "GETKEYSINSLOT", slot, &most]);
        let keys: Vec<&str> = keys.lines().filter(|key| !key.is_empty()).collect();
        if keys.is_empty() {
            return false;
        }
        let port = self.nodes[to].address().port().to_string();
        let mut words = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "5000", "KEYS"];
        words.extend(keys);
        self.nodes[from].command(&words);
        true
    }

    fn slots_of(&self, number: usize) -> std::ops::Range<u16> {
        let share = |n: usize| (n * usize::from(SLOTS) / self.nodes.len()) as u16;
        share(number)..share(number + 1)
    }

    fn share_slots(&self) {
        for (number, node) in self.nodes.iter().enumerate() {
            let slots = self.slots_of(number);
            let (first, last) = (slots.start.to_string(), (slots.end - 1).to_string());
            node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &(number + 1).to_string()]);
            node.command(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
        }
    }

    /// Gossip does the rest.
    fn introduce<'a>(&self, nodes: impl IntoIterator<Item = &'a Redis>) {
        for node in nodes {
            let port = self.nodes[0].address().port().to_string();
            let bus = bus_port(&self.nodes[0]);
            node.command(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]);
        }
    }
}

fn node(arguments: &[&str]) -> Redis {
    let bus = free_port().to_string();
    let mut all = vec!["--cluster-enabled", "yes", "--cluster-port", &bus];
    all.extend(["--cluster-node-timeout", "2000"]);
    // One node away must not silence the others.
    all.extend(["--cluster-require-full-coverage", "no"]);
    all.extend(arguments);
    Redis::start_with(&all)
}

fn bus_port(node: &Redis) -> String {
    let said = node.command(&["CONFIG", "GET", "cluster-port"]);
    said.lines().last().expect("a port").to_owned()
}

fn is_up(node: &Redis) -> bool {
    TcpStream::connect(node.address()).is_ok()
}
