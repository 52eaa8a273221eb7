//! Rows of API keys and idempotency keys.

use diesel::prelude::*;
use suo_link::time::Timestamp;

use crate::store::{
    ApiKey, ApiKeyId, Scopes,
    schema::{api_keys, idempotency_keys},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub(in crate::store) struct ApiKeyRow {
    id: i64,
    prefix: String,
    name: String,
    can_read: bool,
    can_write: bool,
    created_at: i64,
}

impl ApiKeyRow {
    pub(in crate::store) fn read(self) -> ApiKey {
        ApiKey {
            id: ApiKeyId(self.id.unsigned_abs()),
            name: self.name,
            prefix: self.prefix,
            scopes: Scopes {
                read: self.can_read,
                write: self.can_write,
            },
            created_at: Timestamp(self.created_at),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub(in crate::store) struct ClaimRow {
    pub(in crate::store) fingerprint: Vec<u8>,
    pub(in crate::store) claimed_until: i64,
    pub(in crate::store) created_at: i64,
    pub(in crate::store) status: Option<i16>,
    pub(in crate::store) etag: Option<String>,
    pub(in crate::store) body: Option<Vec<u8>>,
}
