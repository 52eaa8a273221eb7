//! How an edge hears: a session's life, from subscribing to the first thing that is amiss.

use crate::{
    edge::Edge,
    mutation::{Mutation, Mutations},
    redis::{Notice, Redis},
    sql::Position,
};

/// One life of the two connections.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Published, and not yet heard.
    pub queue: Vec<Notice>,
    /// What the last heartbeat saw: by the next one it must have been heard.
    ahead: Option<Position>,
    task: Task,
}

/// What a session is at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Task {
    /// Subscribed; reads the last id.
    CatchingUp,
    /// Reads the stream after this position.
    Replaying(Position),
    /// Takes what it has read, after this position.
    Taking(Position, Vec<Notice>),
    /// Takes notices and heartbeats.
    Listening,
}

impl Session {
    /// One that has caught up.
    pub fn listening(position: Position) -> Self {
        Self {
            queue: Vec::new(),
            ahead: Some(position),
            task: Task::Listening,
        }
    }
}

impl Edge {
    /// `lose_touch`, at a session's end.
    pub fn lose_session(&mut self) {
        self.lapses += u8::from(!self.is_deaf);
        self.session = None;
        self.is_deaf = true;
    }

    /// Something is published.
    pub fn is_told(&mut self, notice: Notice) {
        if let Some(session) = &mut self.session {
            session.queue.push(notice);
        }
    }

    /// What the feed does next by itself; `None`: it waits.
    pub fn feed_step(&self, redis: &Redis) -> Option<&'static str> {
        if self.touching.is_some() {
            return Some("touches its caches");
        }
        match self.session.as_ref().map(|session| &session.task) {
            None => self.can_connect(redis).then_some("subscribes"),
            Some(Task::CatchingUp) => Some("reads the last id"),
            Some(Task::Replaying(_)) => Some("reads the stream"),
            Some(Task::Taking(..)) => Some("takes an entry"),
            Some(Task::Listening) => None,
        }
    }

    /// Otherwise it would be as deaf as before.
    fn can_connect(&self, redis: &Redis) -> bool {
        let went_back = |last: Position| self.position.is_some_and(|ours| last < ours);
        redis.top().is_some_and(|last| !went_back(last))
    }

    /// Does what [`Edge::feed_step`] names.
    pub fn feed_steps(&mut self, mutations: Mutations, redis: &Redis) {
        if let Some((notice, moment)) = self.touching.take() {
            return self.touch(mutations, notice, moment);
        }
        let task = self.session.as_ref().map(|session| session.task.clone());
        let next = match task {
            None => {
                self.session = Some(Session {
                    queue: Vec::new(),
                    ahead: None,
                    task: Task::CatchingUp,
                });
                return;
            }
            Some(Task::CatchingUp) => self.catch_up(mutations, redis.top()),
            Some(Task::Replaying(ours)) => Some(self.replay(ours, redis)),
            Some(Task::Taking(ours, page)) => Some(self.take(mutations, ours, page)),
            Some(Task::Listening) => Some(Task::Listening),
        };
        self.goes_on(next);
    }

    fn goes_on(&mut self, next: Option<Task>) {
        match (next, &mut self.session) {
            (Some(task), Some(session)) => {
                // `Links::hear`, after the first catching up; later ones change nothing.
                self.is_deaf &= task != Task::Listening;
                session.task = task;
            }
            _ => self.lose_session(),
        }
    }

    /// `None`: the session ends.
    fn catch_up(&mut self, mutations: Mutations, last: Option<Position>) -> Option<Task> {
        let last = last?;
        match self.position {
            Some(ours) if last < ours => None,
            Some(ours) if last.generation == ours.generation => Some(Task::Replaying(ours)),
            _ => {
                self.miss(mutations, last);
                Some(Task::Listening)
            }
        }
    }

    fn replay(&self, ours: Position, redis: &Redis) -> Task {
        let is_new = |entry: &&Notice| entry.position > ours;
        let page: Vec<Notice> = redis.stream.iter().filter(is_new).copied().collect();
        if page.is_empty() {
            Task::Listening
        } else {
            Task::Taking(ours, page)
        }
    }

    fn take(&mut self, mutations: Mutations, ours: Position, mut page: Vec<Notice>) -> Task {
        if page.is_empty() {
            return Task::Replaying(ours);
        }
        let entry = page.remove(0);
        if !entry.is_next(mutations, Some(ours)) {
            self.miss(mutations, entry.position);
        }
        self.raise(mutations, entry);
        Task::Taking(entry.position, page)
    }

    /// Whether a notice can be heard now.
    pub fn hears(&self) -> bool {
        let listens =
            |session: &Session| session.task == Task::Listening && !session.queue.is_empty();
        self.touching.is_none() && self.session.as_ref().is_some_and(listens)
    }

    /// The next notice arrives.
    pub fn hear(&mut self, mutations: Mutations) {
        let Some(session) = &mut self.session else {
            return;
        };
        let notice = session.queue.remove(0);
        let is_known = |ours: Position| {
            notice.position.generation == ours.generation && notice.position.seq <= ours.seq
        };
        if notice.is_next(mutations, self.position) {
            self.raise(mutations, notice);
        } else if !self.position.is_some_and(is_known) {
            session.task = Task::CatchingUp;
        }
    }

    /// Whether a heartbeat would change anything.
    pub fn beat_is_due(&self, mutations: Mutations, redis: &Redis) -> bool {
        let Some(session) = &self.session else {
            return false;
        };
        session.task == Task::Listening
            && self.touching.is_none()
            && !mutations.has(Mutation::NoHeartbeat)
            && (session.ahead != redis.top() || session.ahead > self.position)
    }

    /// Reads the last id.
    pub fn beat(&mut self, redis: &Redis) {
        let (Some(session), Some(last), Some(ours)) =
            (&mut self.session, redis.top(), self.position)
        else {
            return self.lose_session();
        };
        let went_back = last.generation == ours.generation && last < ours;
        let missed = session.ahead.is_some_and(|ahead| ours < ahead);
        if went_back || missed || last.generation != ours.generation {
            self.lose_session();
        } else {
            session.ahead = Some(last);
        }
    }
}

impl Notice {
    fn is_next(&self, mutations: Mutations, ours: Option<Position>) -> bool {
        let ignores_gaps = mutations.has(Mutation::IgnoreGaps);
        let follows = |ours: Position| {
            self.position.generation == ours.generation
                && (ours.seq + 1 == self.position.seq
                    || ignores_gaps && ours.seq < self.position.seq)
        };
        self.change.is_some() && ours.is_some_and(follows)
    }
}
