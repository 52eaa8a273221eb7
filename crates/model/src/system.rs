//! What can happen next: the checker's view of the world.

use stateright::{Model, Property};

use crate::{
    BUCKETS,
    edge::Edge,
    faults::Fault,
    scenario::Scenario,
    sql::{Holder, Kind},
    world::World,
};

/// One thing that happens. The words are for whoever reads a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A write begins, and commits unless transactions stay open.
    Write(u8, Kind),
    /// A transaction commits: an acknowledged write.
    Commit(usize),
    /// A relay looks after Redis.
    Look(u8),
    /// A relay looks although nothing is the matter.
    LookInVain(u8),
    /// A relay numbers what waits.
    Number(u8),
    /// A relay's next step.
    Relay(u8, &'static str),
    /// A rebuild's next step.
    Rebuild(u8, &'static str),
    /// A dead rebuild's lease runs out.
    LeaseEnds,
    /// The next step of an edge's feed.
    Feed(u8, &'static str),
    /// A notice arrives.
    Hear(u8),
    /// A heartbeat reads the last id.
    Beat(u8),
    /// A visitor asks an edge for a key.
    Ask(u8, u8),
    /// The next step of a lookup.
    Fly(u8, &'static str),
    /// Something goes wrong.
    Fault(Fault),
}

/// The protocol within bounds.
#[derive(Clone, Debug)]
pub struct Protocol(pub Scenario);

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(&self.0)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.wrong.is_some() {
            return;
        }
        protocol(world, actions);
        self.environment(world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        self.happens(&mut next, &action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no answer is wrong", |_, world: &World| world.is_right()),
            Property::always("edges serve what they have heard", |_, world: &World| {
                world.edges_serve_what_they_heard()
            }),
            Property::always("markers claim what is there", |_, world: &World| {
                world.markers_claim_what_is_there()
            }),
            Property::always("generations begin with restores", |_, world: &World| {
                world.generations_are_of_restores()
            }),
            Property::always("in the end edges answer like SQL", |_, world: &World| {
                !is_quiescent(world) || world.edges_answer_like_sql()
            }),
            Property::sometimes("everything has happened", |_, world: &World| {
                let left = world.left;
                left.writes + left.asks + left.faults == 0 && is_quiescent(world)
            }),
        ]
    }
}

/// Nothing is left to be done, unless somebody writes or asks, or something breaks.
pub fn is_quiescent(world: &World) -> bool {
    let mut actions = Vec::new();
    protocol(world, &mut actions);
    actions.is_empty()
}

/// What the programs do by themselves. Each of these changes something.
fn protocol(world: &World, actions: &mut Vec<Action>) {
    let open = |(_, message): &(usize, &crate::sql::Message)| !message.is_committed;
    let commits = world.sql.outbox.iter().enumerate().filter(open);
    actions.extend(commits.map(|(id, _)| Action::Commit(id)));
    for me in 0..world.relays.len() as u8 {
        if world.relay_should_look(me) {
            actions.push(Action::Look(me));
        }
        if world.relay_may_number(me) {
            actions.push(Action::Number(me));
        }
        actions.extend(world.relay_step(me).map(|step| Action::Relay(me, step)));
        actions.extend(world.rebuild_step(me).map(|step| Action::Rebuild(me, step)));
    }
    if world.lease_is_dead() {
        actions.push(Action::LeaseEnds);
    }
    for (me, edge) in (0..).zip(&world.edges) {
        edge_actions(world, me, edge, actions);
    }
}

fn edge_actions(world: &World, me: u8, edge: &Edge, actions: &mut Vec<Action>) {
    let feed = edge.feed_step(&world.redis);
    actions.extend(feed.map(|step| Action::Feed(me, step)));
    if edge.hears() {
        actions.push(Action::Hear(me));
    }
    if edge.beat_is_due(world.mutations, &world.redis) {
        actions.push(Action::Beat(me));
    }
    actions.extend(world.flight_step(me).map(|step| Action::Fly(me, step)));
}

impl Protocol {
    /// Whether this is something that must always hold.
    pub fn is_promise(&self, property: &'static str) -> bool {
        self.property(property).expectation.discovery_is_failure()
    }

    /// What writers and visitors do, and what breaks.
    fn environment(&self, world: &World, actions: &mut Vec<Action>) {
        if world.left.writes > 0 {
            for key in world.keys() {
                let kinds = world.sql.writable(key).iter();
                actions.extend(kinds.map(|kind| Action::Write(key, *kind)));
            }
        }
        if world.left.looks > 0 {
            for (me, relay) in (0..).zip(&world.relays) {
                if relay.phase == crate::relay::Phase::Idle && !world.relay_should_look(me) {
                    actions.push(Action::LookInVain(me));
                }
            }
        }
        if world.left.asks > 0 {
            for (me, edge) in (0..).zip(&world.edges) {
                let unknown = world.keys().filter(|key| edge.good(*key).is_none());
                let unknown = unknown.filter(|_| edge.flight.is_none());
                actions.extend(unknown.map(|key| Action::Ask(me, key)));
            }
        }
        if world.left.faults > 0 {
            let faults = self.0.faults.possible(world);
            actions.extend(faults.into_iter().map(Action::Fault));
        }
    }

    fn happens(&self, world: &mut World, action: &Action) {
        match *action {
            Action::Write(key, kind) => self.write(world, key, kind),
            Action::Commit(id) => world.sql.commit(id),
            Action::Look(me) => world.relay_looks(me),
            Action::LookInVain(me) => {
                world.left.looks -= 1;
                world.relay_looks(me);
            }
            Action::Number(me) => world.relay_numbers(me),
            Action::Relay(me, _) => world.relay_steps(me),
            Action::Rebuild(me, _) => world.rebuild_steps(me),
            Action::LeaseEnds => world.sql.lease = None,
            Action::Feed(me, _) => {
                world.edges[usize::from(me)].feed_steps(world.mutations, &world.redis);
            }
            Action::Hear(me) => world.edges[usize::from(me)].hear(world.mutations),
            Action::Beat(me) => world.edges[usize::from(me)].beat(&world.redis),
            Action::Ask(me, key) => {
                world.left.asks -= 1;
                world.ask(me, key);
            }
            Action::Fly(me, _) => world.flight_steps(me),
            Action::Fault(fault) => world.breaks(fault),
        }
    }

    fn write(&self, world: &mut World, key: u8, kind: Kind) {
        world.left.writes -= 1;
        let value = self.0.left.writes - world.left.writes + 1;
        world.sql.begin(key, kind, value);
        if !self.0.commits_late {
            world.sql.commit(world.sql.outbox.len() - 1);
        }
    }
}

impl World {
    fn lease_is_dead(&self) -> bool {
        let jobs = self.relays.iter().filter_map(|relay| relay.job.as_ref());
        let is_alive = |owner: u8| jobs.clone().any(|job| job.token == Some(owner));
        self.sql.lease.is_some_and(|owner| !is_alive(owner))
    }

    /// The lines of every program to Redis are cut.
    pub fn cut_lines(&mut self) {
        for me in 0..self.relays.len() as u8 {
            self.cut_line(me);
        }
        self.edges.iter_mut().for_each(Edge::lose_session);
    }

    /// One admin's lines to Redis are cut.
    pub fn cut_line(&mut self, me: u8) {
        if self.relay_uses_redis(me) {
            self.relay_fails(me);
        } else {
            let looks_first = !self
                .mutations
                .has(crate::mutation::Mutation::PublishWithoutLooking);
            self.relays[usize::from(me)].must_look |= looks_first;
        }
        self.rebuild_fails(me);
    }

    /// An admin dies. A new one starts.
    pub fn crash(&mut self, me: u8) {
        self.unlock(Holder::Relay(me));
        self.unlock(Holder::Seal(me));
        self.relays[usize::from(me)] = crate::relay::Relay::started();
    }

    /// The buckets that keys are in.
    pub fn buckets(&self) -> impl Iterator<Item = usize> + use<> {
        let used: [bool; BUCKETS] = std::array::from_fn(|bucket| self.uses_bucket(bucket));
        (0..BUCKETS).filter(move |bucket| used[*bucket])
    }
}
