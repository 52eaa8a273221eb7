//! From a link to the record that edges get.

use diesel::prelude::*;
use suo_link::{
    id::LinkId,
    link::{ForwardQuery, Link, Status},
    rev::{Generation, Rev},
    time::Timestamp,
    wire::record::{Content, Record},
};

use super::{known, max_clicks, policy, redirect_status};
use crate::store::{StoreError, StoredLink, schema::links};

/// What an edge's record is made of; one row serves every code of the link.
#[derive(Queryable, Selectable)]
#[diesel(table_name = links)]
pub(in crate::store) struct RecordRow {
    id: i64,
    target: String,
    status: String,
    redirect_status: i16,
    forward_query: String,
    starts_at: Option<i64>,
    expires_at: Option<i64>,
    expired_target: Option<String>,
    max_clicks: Option<i64>,
    policy: Option<String>,
    password_hash: Option<String>,
    rev: i64,
}

impl RecordRow {
    pub(in crate::store) fn encode(self, generation: Generation) -> Result<Vec<u8>, StoreError> {
        let link = Link {
            id: LinkId(self.id as u64),
            status: known(Status::from_name(&self.status))?,
            redirect_status: known(redirect_status(self.redirect_status))?,
            forward_query: known(ForwardQuery::from_name(&self.forward_query))?,
            target: self.target.into_boxed_str(),
            starts_at: self.starts_at.map(Timestamp),
            expires_at: self.expires_at.map(Timestamp),
            expired_target: self.expired_target.map(String::into_boxed_str),
            max_clicks: max_clicks(self.max_clicks)?,
            policy: policy::read(self.policy.as_deref(), self.password_hash.as_deref())?,
        };
        let rev = Rev {
            generation,
            number: self.rev.unsigned_abs(),
        };
        let content = Content::Redirect(link);
        Ok(Record { rev, content }.encode())
    }
}

/// The record of a link for edges, as it waits in the outbox.
pub(in crate::store) fn record(link: &StoredLink, rev: u64) -> Vec<u8> {
    let content = Content::Redirect(link.fields.for_edges(link.id));
    let rev = unpublished(rev);
    Record { rev, content }.encode()
}

/// The record of a code that leads nowhere any more, as it waits in the outbox.
pub(in crate::store) fn tombstone(rev: u64) -> Vec<u8> {
    let content = Content::Absent;
    let rev = unpublished(rev);
    Record { rev, content }.encode()
}

/// The generation is stamped when the record is published.
fn unpublished(number: u64) -> Rev {
    let generation = Generation(0);
    Rev { generation, number }
}
