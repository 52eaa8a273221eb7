//! What is kept and told about clicks beside counting them: the second half of the store.

use suo_link::{
    id::LinkId,
    time::Timestamp,
    visitor::VisitorKey,
    wire::clicks::{Class, Click},
};

use super::{ClickTotals, StoreError};
use crate::clicks::tally::{Dimension, Scope};

/// How long the points of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// An hour of the zone.
    Hour,
    /// A day of the zone.
    Day,
}

/// Which sums are asked for.
#[derive(Clone, Debug)]
pub struct NumbersOf {
    /// Over what is summed.
    pub scope: Scope,
    /// Which one.
    pub id: i64,
    /// How long points are.
    pub interval: Interval,
    /// When the first point begins.
    pub from: Timestamp,
    /// When the last point ends.
    pub to: Timestamp,
    /// When the day of the first point begins.
    pub first_day: Timestamp,
    /// What is told apart beside.
    pub dimensions: Vec<Dimension>,
    /// Whose clicks are told apart.
    pub classes: Vec<Class>,
    /// The most values of a dimension.
    pub limit: usize,
}

/// Sums.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Clicks by point and class; what is 0 may be missing.
    pub series: Vec<(Timestamp, Class, u64)>,
    /// People by day.
    pub visitors: Vec<(Timestamp, u64)>,
    /// The most frequent values of each dimension.
    pub breakdowns: Vec<(Dimension, Vec<(String, ClickTotals)>)>,
}

/// Which single answers are asked for.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Of this link alone.
    pub link: Option<LinkId>,
    /// Counted before this one.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// A single answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Rises in the order in which answers were counted.
    pub id: i64,
    /// What is known of it; no visitor, no lease, and no place of a referrer.
    pub click: Click,
    /// The host that the visitor came from.
    pub referrer: Option<String>,
    /// The code, if the link still has it.
    pub code: Option<String>,
}

/// Keeps statistics.
pub trait Statistics: Send + Sync {
    /// The key of visitors of the day that begins then; `new` becomes it, if there is none.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn visitor_key(
        &self,
        day: Timestamp,
        new: VisitorKey,
        now: Timestamp,
    ) -> Result<VisitorKey, StoreError>;

    /// Forgets keys made before `before`; returns how many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn forget_visitor_keys(&self, before: Timestamp) -> Result<usize, StoreError>;

    /// Puts visits that were counted into the sketches of their days, at most `limit` values of
    /// them a call; returns how many. 0 also if another admin is doing it.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn fold_visits(&self, limit: usize) -> Result<usize, StoreError>;

    /// Keeps of days before `before` how many visitors there were, and no more; at most `limit` a
    /// call; returns how many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn close_visitors(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Forgets which hosts have rows on days before `before`; at most `limit` a call; returns how
    /// many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn forget_hosts(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Sums over a time.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn numbers(&self, of: &NumbersOf) -> Result<Numbers, StoreError>;

    /// Single answers, the last counted first.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn events(&self, filter: &EventFilter) -> Result<Vec<StoredEvent>, StoreError>;

    /// At most `limit` answers with a higher id, in order. One with a lower id may become visible
    /// later.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn events_after(&self, id: i64, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// The highest id of an answer; 0: there is none.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn last_event(&self) -> Result<i64, StoreError>;

    /// Forgets answers counted before the day (UTC) of `before`; some at a time: 0 when all are
    /// forgotten.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn forget_events(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;
}
