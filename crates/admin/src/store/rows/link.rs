//! Rows of links, their codes and tags.

use diesel::prelude::*;
use suo_link::{
    id::{DomainId, LinkId},
    link::{ForwardQuery, Status},
    time::Timestamp,
};

use super::{WORKSPACE, known, max_clicks, policy, redirect_status};
use crate::store::{
    ClickTotals, LinkFields, StoreError, StoredLink, Usage,
    schema::{codes, link_tags, links},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = links)]
pub(in crate::store) struct LinkRow {
    pub(in crate::store) id: i64,
    pub(in crate::store) domain: i32,
    pub(in crate::store) target: String,
    pub(in crate::store) target_host: String,
    pub(in crate::store) title: Option<String>,
    pub(in crate::store) note: Option<String>,
    pub(in crate::store) status: String,
    pub(in crate::store) redirect_status: i16,
    pub(in crate::store) forward_query: String,
    pub(in crate::store) starts_at: Option<i64>,
    pub(in crate::store) expires_at: Option<i64>,
    pub(in crate::store) expired_target: Option<String>,
    pub(in crate::store) max_clicks: Option<i64>,
    pub(in crate::store) policy: Option<String>,
    pub(in crate::store) password_hash: Option<String>,
    pub(in crate::store) version: i64,
    pub(in crate::store) created_at: i64,
    pub(in crate::store) updated_at: i64,
}

impl LinkRow {
    pub(in crate::store) fn read(
        self,
        code: String,
        tags: Vec<String>,
        clicks: ClickTotals,
        usage: Usage,
    ) -> Result<StoredLink, StoreError> {
        Ok(StoredLink {
            id: LinkId(self.id as u64),
            domain: DomainId(self.domain.unsigned_abs()),
            code,
            clicks,
            usage,
            version: self.version.unsigned_abs(),
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
            fields: LinkFields {
                status: known(Status::from_name(&self.status))?,
                redirect_status: known(redirect_status(self.redirect_status))?,
                forward_query: known(ForwardQuery::from_name(&self.forward_query))?,
                target: self.target,
                target_host: reversed(&self.target_host),
                title: self.title,
                note: self.note,
                tags,
                starts_at: self.starts_at.map(Timestamp),
                expires_at: self.expires_at.map(Timestamp),
                expired_target: self.expired_target,
                max_clicks: max_clicks(self.max_clicks)?,
                policy: policy::read(self.policy.as_deref(), self.password_hash.as_deref())?,
            },
        })
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = links, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(in crate::store) struct NewLinkRow<'a> {
    pub(in crate::store) id: i64,
    pub(in crate::store) workspace: i32,
    pub(in crate::store) domain: i32,
    pub(in crate::store) target: &'a str,
    pub(in crate::store) target_hash: i64,
    pub(in crate::store) target_host: String,
    pub(in crate::store) title: Option<&'a str>,
    pub(in crate::store) note: Option<&'a str>,
    pub(in crate::store) status: &'static str,
    pub(in crate::store) redirect_status: i16,
    pub(in crate::store) forward_query: &'static str,
    pub(in crate::store) starts_at: Option<i64>,
    pub(in crate::store) expires_at: Option<i64>,
    pub(in crate::store) expired_target: Option<&'a str>,
    pub(in crate::store) max_clicks: Option<i64>,
    pub(in crate::store) policy: Option<String>,
    pub(in crate::store) password_hash: Option<&'a str>,
    pub(in crate::store) rev: i64,
    pub(in crate::store) version: i64,
    pub(in crate::store) created_at: i64,
    pub(in crate::store) updated_at: i64,
}

impl<'a> NewLinkRow<'a> {
    pub(in crate::store) fn new(link: &'a StoredLink, rev: u64) -> Self {
        let fields = &link.fields;
        Self {
            id: link.id.0 as i64,
            workspace: WORKSPACE,
            domain: link.domain.0 as i32,
            target: &fields.target,
            target_hash: target_hash(&fields.target),
            target_host: reversed(&fields.target_host),
            title: fields.title.as_deref(),
            note: fields.note.as_deref(),
            status: fields.status.as_str(),
            redirect_status: fields.redirect_status.as_u16() as i16,
            forward_query: fields.forward_query.as_str(),
            starts_at: fields.starts_at.map(|time| time.0),
            expires_at: fields.expires_at.map(|time| time.0),
            expired_target: fields.expired_target.as_deref(),
            max_clicks: fields.max_clicks.map(|most| most.get() as i64),
            policy: policy::text(fields.policy.as_deref()),
            password_hash: policy::password_hash(fields.policy.as_deref()),
            rev: rev as i64,
            version: link.version as i64,
            created_at: link.created_at.0,
            updated_at: link.updated_at.0,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = codes)]
pub(in crate::store) struct CodeRow {
    pub(in crate::store) domain: i32,
    pub(in crate::store) code_key: String,
}

#[derive(Insertable)]
#[diesel(table_name = codes, treat_none_as_default_value = false)]
pub(in crate::store) struct NewCodeRow<'a> {
    pub(in crate::store) domain: i32,
    pub(in crate::store) code_key: &'a str,
    pub(in crate::store) code: &'a str,
    pub(in crate::store) bucket: i16,
    pub(in crate::store) link: i64,
    pub(in crate::store) role: &'static str,
}

#[derive(Insertable)]
#[diesel(table_name = link_tags, treat_none_as_default_value = false)]
pub(in crate::store) struct NewTagRow<'a> {
    pub(in crate::store) link: i64,
    pub(in crate::store) tag: &'a str,
    pub(in crate::store) position: i16,
}

/// Finds the same target again.
pub(in crate::store) fn target_hash(target: &str) -> i64 {
    xxhash_rust::xxh3::xxh3_64(target.as_bytes()) as i64
}

/// A host's labels from right to left, so that `com.example.` begins what lies below
/// `example.com`. Reversed twice it is the host again.
pub(in crate::store) fn reversed(host: &str) -> String {
    let labels: Vec<&str> = host.rsplit('.').collect();
    labels.join(".")
}
