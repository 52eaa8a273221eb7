//! The relay's row.

use diesel::prelude::*;
use suo_link::{rev::Generation, time::Timestamp};

use crate::store::{RelayState, schema::relay_state};

#[derive(Queryable, Selectable, AsChangeset)]
#[diesel(table_name = relay_state, treat_none_as_null = true)]
pub(in crate::store) struct RelayRow {
    pub(in crate::store) generation: i32,
    pub(in crate::store) numbered: i64,
    pub(in crate::store) published: i64,
    pub(in crate::store) acknowledged: Vec<u8>,
    pub(in crate::store) rebuild_owner: Option<String>,
    pub(in crate::store) rebuild_until: Option<i64>,
    pub(in crate::store) checked_at: Option<i64>,
}

impl RelayRow {
    pub(in crate::store) fn read(self) -> RelayState {
        RelayState {
            generation: Generation(self.generation.unsigned_abs()),
            numbered: self.numbered.unsigned_abs(),
            published: self.published.unsigned_abs(),
            acknowledged: RelayState::acknowledged_from(&self.acknowledged),
            rebuild_owner: self.rebuild_owner,
            rebuild_until: self.rebuild_until.map(Timestamp),
            checked_at: self.checked_at.map(Timestamp),
        }
    }

    pub(in crate::store) fn new(state: &RelayState) -> Self {
        Self {
            generation: state.generation.0 as i32,
            numbered: state.numbered as i64,
            published: state.published as i64,
            acknowledged: state.acknowledged_bytes(),
            rebuild_owner: state.rebuild_owner.clone(),
            rebuild_until: state.rebuild_until.map(|time| time.0),
            checked_at: state.checked_at.map(|time| time.0),
        }
    }
}
