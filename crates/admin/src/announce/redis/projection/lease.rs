//! One rebuild at a time, among all admins.

use std::time::{Duration, Instant};

use super::{Rebuild, still_ours};
use crate::{announce::AnnounceError, store::StoreError};

/// How long other admins leave a rebuild alone that shows no sign of life.
const LEASE: Duration = Duration::from_secs(30);

impl Rebuild<'_> {
    pub(super) fn keep_lease(&mut self) -> Result<(), AnnounceError> {
        if self.leased.elapsed() > LEASE / 3 {
            still_ours(self.renew_lease()?)?;
        }
        Ok(())
    }

    /// Whether the lease is ours for another while.
    pub(super) fn renew_lease(&mut self) -> Result<bool, StoreError> {
        self.leased = Instant::now();
        let now = (self.clock)();
        let until = now.plus(i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX));
        let mut is_ours = false;
        self.store.with_relay_lock(&mut |state| {
            let is_free = state.rebuild_until.is_none_or(|until| until <= now);
            is_ours = is_free || state.rebuild_owner.as_deref() == Some(&self.token);
            if is_ours {
                state.rebuild_owner = Some(self.token.clone());
                state.rebuild_until = Some(until);
            }
            Ok(())
        })?;
        Ok(is_ours)
    }

    pub(super) fn end_lease(&self) -> Result<(), StoreError> {
        self.store.with_relay_lock(&mut |state| {
            if state.rebuild_owner.as_deref() == Some(&self.token) {
                state.rebuild_owner = None;
                state.rebuild_until = None;
            }
            Ok(())
        })
    }
}
