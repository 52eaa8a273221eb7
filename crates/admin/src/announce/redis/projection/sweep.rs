//! Removes records of codes that the database does not know.

use suo_link::wire::{names::LinkKey, record::rev_of};

use super::{PAGE, Rebuild};
use crate::announce::{
    AnnounceError,
    redis::{held::Holder, line::unavailable, scripts::SCRIPTS},
};

/// Bytes of a record that say how old it is.
const HEADER: isize = 14;

impl Rebuild<'_> {
    pub(super) fn sweep(&mut self, holder: &Holder) -> Result<(), AnnounceError> {
        let mut cursor = 0u64;
        loop {
            let (next, names): (u64, Vec<String>) = redis::cmd("SCAN")
                .arg(cursor)
                .arg("MATCH")
                .arg(self.names.record_pattern())
                .arg("COUNT")
                .arg(PAGE)
                .query(self.held.at(holder)?)
                .map_err(|error| unavailable(&error))?;
            self.keep_lease()?;
            self.sweep_page(holder, &names)?;
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// The record is looked at before the database is asked, and removed only if it is still
    /// the same: a code created again meanwhile has a newer one.
    fn sweep_page(&mut self, holder: &Holder, names: &[String]) -> Result<(), AnnounceError> {
        // A node may be about to take over more than it holds.
        let is_held = |name: &&String| self.held.holder(name).is_ok_and(|held| held == *holder);
        let names: Vec<&String> = names.iter().filter(is_held).collect();
        if names.is_empty() {
            return Ok(());
        }
        let mut headers = redis::pipe();
        for name in &names {
            headers.getrange(name, 0, HEADER - 1);
        }
        let headers: Vec<Vec<u8>> = headers
            .query(self.held.at(holder)?)
            .map_err(|error| unavailable(&error))?;
        let seen: Vec<_> = names
            .into_iter()
            .zip(headers)
            .filter(|(_, header)| rev_of(header).is_ok() && header.get(1) != Some(&0))
            .filter_map(|(name, header)| Some((self.names.parse_record(name)?, name, header)))
            .collect();
        let keys: Vec<LinkKey> = seen.iter().map(|(key, ..)| key.clone()).collect();
        let known = self.store.known(&keys)?;
        for ((_, name, header), _) in seen.iter().zip(known).filter(|(_, is_known)| !is_known) {
            let removed: usize = SCRIPTS
                .sweep
                .key(name)
                .arg(header.as_slice())
                .invoke(self.held.at(holder)?)
                .map_err(|error| unavailable(&error))?;
            self.report.swept += removed;
        }
        Ok(())
    }
}
