//! Redis Cluster: each command goes to the node that holds its key.
//!
//! A node that does not answer keeps nobody waiting for the others: its commands fail, and it is
//! asked again after a while. The client of the crate `redis` is not used, as it has no answer
//! for a part of a pipeline (docs/adr/0012).

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use redis::{
    Arg, Cmd, ErrorKind, Pipeline, RedisError, RedisResult, ServerErrorKind, Value,
    from_redis_value, from_redis_value_ref,
};
use suo_link::wire::slots::{Node, SLOTS, SlotMap};

use super::{
    server::{Answer, Patience, Server},
    target::RedisTarget,
};

/// How long a node that did not answer is left alone.
const AWAY: Duration = Duration::from_secs(1);

/// The nodes, and who holds what.
pub(crate) struct Cluster {
    target: RedisTarget,
    slots: SlotMap,
    /// Whether somebody else may hold something by now.
    is_outdated: bool,
    peers: BTreeMap<Node, Peer>,
}

struct Peer {
    server: Server,
    away: Option<(Instant, RedisError)>,
}

impl Cluster {
    pub(super) fn new(target: RedisTarget) -> Self {
        Self {
            target,
            slots: SlotMap::default(),
            is_outdated: true,
            peers: BTreeMap::new(),
        }
    }

    /// Runs every command where its key is. Commands on one key are answered in their order.
    pub(super) fn run(&mut self, pipeline: &Pipeline) -> Vec<Answer> {
        let commands: Vec<&Cmd> = pipeline.cmd_iter().collect();
        let mut answers = match self.learn_slots() {
            Ok(()) => self.run_by_holder(&commands),
            Err(error) => vec![Err(error); commands.len()],
        };
        for (command, answer) in commands.into_iter().zip(&mut answers) {
            if let Some(redirect) = self.redirect(command, answer) {
                *answer = self.follow(command, &redirect);
            }
        }
        answers
    }

    /// Runs the whole pipeline on every primary that answers.
    pub(super) fn run_on_each(
        &mut self,
        pipeline: &Pipeline,
    ) -> RedisResult<Vec<(Node, Vec<Answer>)>> {
        self.learn_slots()?;
        let whole = collect(pipeline.cmd_iter());
        let primaries: Vec<Node> = self.slots.primaries().into_iter().cloned().collect();
        let asked = primaries.into_iter().filter_map(|node| {
            let answers = self.ask(&node, &whole).ok()?;
            Some((node, answers))
        });
        Ok(asked.collect())
    }

    /// Who holds what, as the node says that knows most.
    pub(super) fn learn(&mut self) -> RedisResult<SlotMap> {
        let mut known: BTreeSet<Node> = self.peers.keys().cloned().collect();
        known.extend(self.target.named());
        let mut best = Err(nobody());
        for node in known {
            match self.ask_slots(&node) {
                Ok(map) if map.covered() == usize::from(SLOTS) => return Ok(map),
                Ok(map) if best.as_ref().is_ok_and(|best| covers(best, &map)) => {}
                Ok(map) => best = Ok(map),
                Err(error) => best = best.or(Err(error)),
            }
        }
        best
    }

    fn learn_slots(&mut self) -> RedisResult<()> {
        if self.is_outdated {
            self.slots = self.learn()?;
            self.is_outdated = false;
            let used: BTreeSet<Node> = self.slots.primaries().into_iter().cloned().collect();
            let named: BTreeSet<Node> = self.target.named().collect();
            self.peers
                .retain(|node, _| used.contains(node) || named.contains(node));
        }
        Ok(())
    }

    fn run_by_holder(&mut self, commands: &[&Cmd]) -> Vec<Answer> {
        let mut routes: BTreeMap<Node, Vec<usize>> = BTreeMap::new();
        for (place, command) in commands.iter().enumerate() {
            if let Some(node) = self.slots.holder(&key(command)) {
                routes.entry(node.clone()).or_default().push(place);
            }
        }
        let mut answers = vec![Err(nobody()); commands.len()];
        for (node, places) in routes {
            let part = collect(
                places
                    .iter()
                    .filter_map(|place| commands.get(*place).copied()),
            );
            let answered = match self.ask(&node, &part) {
                Ok(answered) => answered,
                Err(error) => vec![Err(error); places.len()],
            };
            for (place, answer) in places.into_iter().zip(answered) {
                if let Some(slot) = answers.get_mut(place) {
                    *slot = answer;
                }
            }
        }
        answers
    }

    /// Where an answer sends us, and whether only this time.
    fn redirect(&self, command: &Cmd, answer: &Answer) -> Option<(Node, bool)> {
        let error = answer.as_ref().err()?;
        let (text, _) = error.redirect_node()?;
        let node = Node::parse(text, self.slots.holder(&key(command))?)?;
        let only_now = error.kind() == ErrorKind::Server(ServerErrorKind::Ask);
        Some((node, only_now))
    }

    fn follow(&mut self, command: &Cmd, (node, only_now): &(Node, bool)) -> Answer {
        let asking = redis::cmd("ASKING");
        let part = if *only_now {
            collect([&asking, command].into_iter())
        } else {
            self.is_outdated = true;
            collect([command].into_iter())
        };
        let mut answers = self.ask(node, &part)?;
        answers.pop().unwrap_or_else(|| Err(nobody()))
    }

    fn ask_slots(&mut self, node: &Node) -> RedisResult<SlotMap> {
        let mut question = redis::cmd("CLUSTER");
        question.arg("SLOTS");
        let mut answers = self.ask(node, &collect([&question].into_iter()))?;
        let reply = answers.pop().unwrap_or_else(|| Err(nobody()))?;
        let ranges: Vec<Vec<Value>> = from_redis_value(reply)?;
        Ok(ranges
            .iter()
            .filter_map(|range| held(range, node))
            .collect())
    }

    fn ask(&mut self, node: &Node, pipeline: &Pipeline) -> RedisResult<Vec<Answer>> {
        if !self.peers.contains_key(node) {
            let server = Server::new(self.target.client(node)?, Patience::SHORT);
            let peer = Peer { server, away: None };
            self.peers.insert(node.clone(), peer);
        }
        let peer = self.peers.get_mut(node).ok_or_else(nobody)?;
        let outcome = peer.ask(node, pipeline);
        // Another node may take over what this one held.
        self.is_outdated |= outcome.is_err();
        outcome
    }
}

impl Peer {
    fn ask(&mut self, node: &Node, pipeline: &Pipeline) -> RedisResult<Vec<Answer>> {
        if let Some((since, reason)) = &self.away
            && since.elapsed() < AWAY
        {
            return Err(reason.clone());
        }
        let mut outcome = self.server.run_each(pipeline);
        if self.away.is_none() && outcome.as_ref().is_err_and(|error| !error.is_timeout()) {
            // The line may have been closed while nobody used it.
            outcome = self.server.run_each(pipeline);
        }
        match &outcome {
            Ok(_) if self.away.take().is_some() => {
                tracing::info!(%node, "the Redis node answers again");
            }
            Ok(_) => {}
            Err(error) => {
                if self.away.is_none() {
                    tracing::warn!(%node, %error, "a Redis node does not answer: edges ask admins about what it holds");
                }
                self.away = Some((Instant::now(), error.clone()));
            }
        }
        outcome
    }
}

/// A pipeline in which each command has an answer of its own.
fn collect<'a>(commands: impl Iterator<Item = &'a Cmd>) -> Pipeline {
    let mut pipeline = Pipeline::new();
    commands.for_each(|command| _ = pipeline.add_command(command.clone()));
    pipeline.ignore_errors();
    pipeline
}

/// The key by which a command is sent: all its other keys are in the same slot.
fn key(command: &Cmd) -> String {
    let mut words = command.args_iter().map(|word| match word {
        Arg::Simple(bytes) => bytes,
        _ => &[],
    });
    let key = match words.next() {
        Some(b"EVALSHA") => words.nth(2),
        Some(b"XGROUP") => words.nth(1),
        Some(b"XREADGROUP") => words.skip_while(|word| *word != b"STREAMS").nth(1),
        _ => words.next(),
    };
    String::from_utf8_lossy(key.unwrap_or_default()).into_owned()
}

/// A range of slots and its primary, as `CLUSTER SLOTS` tells it.
fn held(range: &[Value], asked: &Node) -> Option<(std::ops::RangeInclusive<u16>, Node)> {
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

fn covers(one: &SlotMap, other: &SlotMap) -> bool {
    one.covered() >= other.covered()
}

fn nobody() -> RedisError {
    (
        ErrorKind::ClusterConnectionNotFound,
        "no node of the cluster can be asked",
    )
        .into()
}
