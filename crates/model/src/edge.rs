//! An edge: what it has heard, what it remembers, and how it hears.

use crate::{
    BUCKETS, KEYS, bucket,
    flight::Flight,
    mutation::{Mutation, Mutations},
    redis::{Notice, Record, Redis},
    sql::{Kind, Position, Rev},
};

/// An edge process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The highest generation that anybody told of; 0: nobody did.
    pub generation: u8,
    /// What was confirmed in an earlier one is stale.
    pub epoch: u8,
    /// Changes are not heard now.
    pub is_deaf: bool,
    /// How many sessions have ended.
    pub lapses: u8,
    /// Everything up to here is applied.
    pub position: Option<Position>,
    /// Per bucket, the last change that was heard of.
    pub seen: [Option<Position>; BUCKETS],
    /// What is remembered.
    pub cache: [Cached; KEYS],
    /// The two connections, while they live.
    pub session: Option<Session>,
    /// A notice that has raised the bar and not touched the caches yet, and its moment.
    pub touching: Option<(Notice, Moment)>,
    /// A lookup on its way.
    pub flight: Option<Flight>,
    /// Keys, as bits, that were looked up while nobody could know that Redis was set back.
    pub asked_in_window: u8,
}

/// When something was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// In an earlier one than now it is stale.
    pub epoch: u8,
    /// Changes were heard from before the question until after the answer.
    pub is_firm: bool,
}

/// What is remembered about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cached {
    /// It has to be looked up.
    Nothing,
    /// A link.
    Link {
        /// How old its record is.
        rev: Rev,
        /// What visitors get.
        value: u8,
        /// When it was confirmed.
        moment: Moment,
    },
    /// No such code.
    Absence {
        /// When it was confirmed.
        moment: Moment,
    },
}

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

/// What a marker is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What came with it holds everything this edge has heard of.
    Believed,
    /// A change was heard that is not in it.
    Behind,
    /// Nobody knows what is missing.
    Doubtful,
}

impl Edge {
    /// A process that has just started.
    pub fn started() -> Self {
        Self {
            generation: 0,
            epoch: 0,
            is_deaf: true,
            lapses: 0,
            position: None,
            seen: [None; BUCKETS],
            cache: [Cached::Nothing; KEYS],
            session: None,
            touching: None,
            flight: None,
            asked_in_window: 0,
        }
    }

    /// A process that hears, and has heard everything up to here.
    pub fn listening(position: Position) -> Self {
        Self {
            generation: position.generation,
            epoch: 1,
            is_deaf: false,
            position: Some(position),
            session: Some(Session {
                queue: Vec::new(),
                ahead: Some(position),
                task: Task::Listening,
            }),
            ..Self::started()
        }
    }

    /// What is remembered, if it may be served without asking.
    pub fn good(&self, key: u8) -> Option<Cached> {
        let cached = self.cache[usize::from(key)];
        (!self.is_deaf && cached.moment() == Some(self.moment())).then_some(cached)
    }

    /// What a confirmation is worth that comes now: the epoch, and whether changes are heard.
    pub fn moment(&self) -> Moment {
        Moment {
            epoch: self.epoch,
            is_firm: !self.is_deaf,
        }
    }

    /// `Hearing::learn`.
    pub fn learn(&mut self, generation: u8) {
        if 0 < self.generation && self.generation < generation {
            self.epoch += 1;
        }
        self.generation = self.generation.max(generation);
    }

    /// `Hearing::weigh`.
    pub fn weigh(&self, mutations: Mutations, bucket: usize, marker: Option<Position>) -> Weight {
        if mutations.has(Mutation::BelieveAnyMarker) {
            return Weight::Believed;
        }
        match marker {
            Some(marker) if marker.generation == self.generation => {
                let is_behind = Some(marker) < self.seen[bucket];
                if is_behind && !mutations.has(Mutation::BelieveMarkersBehind) {
                    Weight::Behind
                } else {
                    Weight::Believed
                }
            }
            _ => Weight::Doubtful,
        }
    }

    fn advance(&mut self, position: Position) {
        self.position = self.position.max(Some(position));
    }

    fn miss(&mut self, mutations: Mutations, position: Position) {
        self.learn(position.generation);
        let is_first = self.position.is_none();
        if !(is_first && mutations.has(Mutation::StartWithoutDoubt)) {
            self.epoch += 1;
        }
        self.advance(position);
    }

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

    /// `Knowledge::apply`, first half: raises the bar.
    fn raise(&mut self, mutations: Mutations, notice: Notice) {
        self.learn(notice.position.generation);
        if mutations.has(Mutation::TouchBeforeRaising) {
            let moment = self.heard();
            self.touch_caches(mutations, &notice, moment);
        } else {
            self.raise_seen(&notice);
        }
        if notice.position.generation == self.generation {
            let moment = self.heard();
            self.touching = Some((notice, moment));
        }
    }

    fn raise_seen(&mut self, notice: &Notice) {
        if let Some((key, ..)) = notice.change {
            let seen = &mut self.seen[bucket(key)];
            *seen = (*seen).max(Some(notice.position));
        }
    }

    /// Notices are true whatever Redis holds now.
    fn heard(&self) -> Moment {
        Moment {
            epoch: self.epoch,
            is_firm: true,
        }
    }

    /// `Knowledge::apply`, second half: touches the caches.
    fn touch(&mut self, mutations: Mutations, notice: Notice, moment: Moment) {
        if mutations.has(Mutation::TouchBeforeRaising) {
            self.raise_seen(&notice);
        } else {
            self.touch_caches(mutations, &notice, moment);
        }
        self.advance(notice.position);
    }

    fn touch_caches(&mut self, mutations: Mutations, notice: &Notice, moment: Moment) {
        let Some((key, kind, record)) = notice.change else {
            return;
        };
        let cached = &mut self.cache[usize::from(key)];
        self.asked_in_window &= !(1 << key);
        match (kind, record.value) {
            (Kind::Edited, Some(value)) => cached.edit(mutations, record.rev, value, moment),
            (Kind::Deleted, _) => cached.delete(record.rev),
            _ => *cached = Cached::Nothing,
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

impl Cached {
    /// When it was confirmed.
    fn moment(&self) -> Option<Moment> {
        match self {
            Self::Nothing => None,
            Self::Link { moment, .. } | Self::Absence { moment } => Some(*moment),
        }
    }

    /// `Cache::put_link` and `Cache::put_absence`.
    pub fn put(&mut self, mutations: Mutations, record: Option<Record>, now: Moment) {
        let rev = record.map(|record| record.rev);
        let value = record.and_then(|record| record.value);
        match self {
            Self::Link {
                rev: old, moment, ..
            } if rev.is_some_and(|rev| rev < *old || rev == *old && value.is_some())
                && !mutations.has(Mutation::CacheIgnoresRev) =>
            {
                *moment = now.max(*moment);
            }
            _ => {
                *self = match (rev, value) {
                    (Some(rev), Some(value)) => Self::Link {
                        rev,
                        value,
                        moment: now,
                    },
                    _ => Self::Absence { moment: now },
                }
            }
        }
    }

    fn edit(&mut self, mutations: Mutations, rev: Rev, value: u8, moment: Moment) {
        match self {
            Self::Link { rev: old, .. }
                if *old < rev || mutations.has(Mutation::CacheIgnoresRev) =>
            {
                *self = Self::Link { rev, value, moment };
            }
            Self::Absence { .. } => *self = Self::Nothing,
            _ => {}
        }
    }

    fn delete(&mut self, rev: Rev) {
        if matches!(self, Self::Link { rev: old, .. } if *old < rev) {
            *self = Self::Nothing;
        }
    }
}
