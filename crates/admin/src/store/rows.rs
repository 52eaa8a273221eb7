//! Rows as they lie in the tables of both databases, and what they mean.
//!
//! `treat_none_as_default_value = false`: else SQLite gets one statement per row.

mod domain;
mod key;
mod link;
mod policy;
mod record;
mod relay;

pub(super) use domain::{DomainRow, FileRow, InstanceRow};
pub(super) use key::{ApiKeyRow, ClaimRow};
pub(super) use link::{CodeRow, LinkRow, NewCodeRow, NewLinkRow, NewTagRow, reversed, target_hash};
pub(super) use record::{RecordRow, record, tombstone};
pub(super) use relay::RelayRow;
use std::num::NonZeroU64;

use suo_link::link::RedirectStatus;

use super::StoreError;

/// `codes.role` of the code that a link shows.
pub(super) const PRIMARY: &str = "primary";

/// `codes.role` of a code that only still answers.
pub(super) const ALIAS: &str = "alias";

/// The one workspace there is.
pub(super) const WORKSPACE: i32 = 1;

fn redirect_status(number: i16) -> Option<RedirectStatus> {
    RedirectStatus::from_u16(number.unsigned_abs())
}

/// A limit that is none would be a mistake of ours: nobody may pass then.
fn max_clicks(most: Option<i64>) -> Result<Option<NonZeroU64>, StoreError> {
    let number = |most: i64| known(u64::try_from(most).ok().and_then(NonZeroU64::new));
    most.map(number).transpose()
}

fn known<T>(value: Option<T>) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::broken("a link has a value that this program does not know"))
}
