//! The open connections of one worker, and how long each may take.
//!
//! A timer for each request costs more than the answer (DESIGN section 9), so a sweep looks at
//! all connections of the worker a few times within the shortest limit. Everything here
//! lives on the worker's thread.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    task::Waker,
    time::Duration,
};

use tokio::{sync::Notify, time::interval};

use super::{Limits, connections::Connections};

/// How often the sweep comes within the shortest limit: a limit is exceeded by a quarter at most.
const SWEEPS_PER_LIMIT: u32 = 4;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// A head is on its way: since the connection was opened, or since its first byte.
    Head,
    /// The request is being answered. Lookups bound their time themselves.
    Answering,
    /// Nothing is asked; or the client is slow to take the answer.
    Idle,
}

/// What a connection is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Go on.
    Serve,
    /// Answer what has been asked, then close.
    Finish,
    /// Close now.
    Close,
}

/// One connection, as its worker sees it.
pub(super) struct Line {
    id: u64,
    phase: Cell<Phase>,
    /// The tick in which the phase began.
    since: Cell<u32>,
    order: Cell<Order>,
    waker: RefCell<Option<Waker>>,
    lines: Rc<Lines>,
}

impl Line {
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.set(phase);
        self.since.set(self.lines.tick.get());
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase.get()
    }

    pub(super) fn order(&self) -> Order {
        self.order.get()
    }

    /// Keeps the waker of the task that carries the connection; a task has one for life.
    pub(super) fn carried_by(&self, waker: &Waker) {
        self.waker.borrow_mut().get_or_insert_with(|| waker.clone());
    }

    fn tell(&self, order: Order) {
        self.order.set(order);
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.lines.forget(self.id);
    }
}

/// All connections of one worker.
pub(super) struct Lines {
    limits: Limits,
    open: RefCell<HashMap<u64, std::rc::Weak<Line>>>,
    next_id: Cell<u64>,
    /// Counts sweeps.
    tick: Cell<u32>,
    emptied: Notify,
}

impl Lines {
    pub(super) fn new(limits: Limits) -> Rc<Self> {
        Rc::new(Self {
            limits,
            open: RefCell::default(),
            next_id: Cell::new(0),
            tick: Cell::new(0),
            emptied: Notify::new(),
        })
    }

    /// A new connection; it is forgotten when the line is dropped.
    pub(super) fn open(self: &Rc<Self>) -> Rc<Line> {
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        let line = Rc::new(Line {
            id,
            phase: Cell::new(Phase::Head),
            since: Cell::new(self.tick.get()),
            order: Cell::new(Order::Serve),
            waker: RefCell::default(),
            lines: Rc::clone(self),
        });
        self.open.borrow_mut().insert(id, Rc::downgrade(&line));
        line
    }

    pub(super) fn count(&self) -> usize {
        self.open.borrow().len()
    }

    /// Tells every connection to finish.
    pub(super) fn finish(&self) {
        for line in self.all() {
            line.tell(Order::Finish);
        }
    }

    /// Completes when no connection is open.
    pub(super) async fn emptied(&self) {
        while self.count() > 0 {
            self.emptied.notified().await;
        }
    }

    /// Closes connections that exceed their limits, for ever.
    pub(super) async fn sweep(self: Rc<Self>, connections: std::sync::Arc<Connections>) {
        let pause = self.pause();
        let mut sweeps = interval(pause);
        loop {
            sweeps.tick().await;
            self.tick.set(self.tick.get().wrapping_add(1));
            for line in self.all().filter(|line| self.is_overdue(line, pause)) {
                if line.phase() == Phase::Head {
                    connections.count_slow_head();
                }
                line.tell(Order::Close);
            }
        }
    }

    fn is_overdue(&self, line: &Line, pause: Duration) -> bool {
        let limit = match line.phase() {
            Phase::Head => self.limits.head,
            Phase::Idle => self.limits.idle,
            Phase::Answering => return false,
        };
        // The first tick may have come right after the phase began.
        let ticks = self.tick.get().wrapping_sub(line.since.get());
        line.order() != Order::Close && pause.saturating_mul(ticks.saturating_sub(1)) >= limit
    }

    fn pause(&self) -> Duration {
        let shortest = self.limits.head.min(self.limits.idle);
        (shortest / SWEEPS_PER_LIMIT).max(Duration::from_millis(1))
    }

    /// A copy, because a woken line may be dropped while we walk.
    fn all(&self) -> impl Iterator<Item = Rc<Line>> + use<> {
        let open: Vec<_> = self.open.borrow().values().cloned().collect();
        open.into_iter().filter_map(|line| line.upgrade())
    }

    fn forget(&self, id: u64) {
        self.open.borrow_mut().remove(&id);
        if self.count() == 0 {
            self.emptied.notify_one();
        }
    }
}
