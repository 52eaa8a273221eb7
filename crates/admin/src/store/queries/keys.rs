//! API keys.

use diesel::prelude::*;
use suo_link::time::Timestamp;

use super::{Conn, Outcome, dialect};
use crate::store::{
    ApiKey, ApiKeyId, KeyDeleted, KeyHash, NewApiKey, Scopes,
    rows::{ApiKeyRow, WORKSPACE},
    schema::api_keys,
};

pub(super) fn add(conn: &mut Conn, new: &NewApiKey, now: Timestamp) -> Outcome<Option<ApiKey>> {
    let row = diesel::insert_into(api_keys::table)
        .values((
            api_keys::workspace.eq(WORKSPACE),
            api_keys::hash.eq(new.hash.as_slice()),
            api_keys::prefix.eq(&new.prefix),
            api_keys::name.eq(&new.name),
            api_keys::can_read.eq(new.scopes.read),
            api_keys::can_write.eq(new.scopes.write),
            api_keys::created_at.eq(now.0),
        ))
        .on_conflict(api_keys::hash)
        .do_nothing()
        .returning(ApiKeyRow::as_returning())
        .get_result(conn)
        .optional()?;
    Ok(row.map(ApiKeyRow::read))
}

/// The instance's row is locked, so that of two programs that start together one adds a key.
pub(super) fn add_first(conn: &mut Conn, new: &NewApiKey, now: Timestamp) -> Outcome<bool> {
    dialect::lock_instance(conn)?;
    let any = api_keys::table.select(api_keys::id);
    if diesel::select(diesel::dsl::exists(any)).get_result(conn)? {
        return Ok(false);
    }
    Ok(add(conn, new, now)?.is_some())
}

pub(super) fn with_hash(conn: &mut Conn, hash: &KeyHash) -> Outcome<Option<ApiKey>> {
    let row = api_keys::table
        .filter(api_keys::hash.eq(hash.as_slice()))
        .select(ApiKeyRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(ApiKeyRow::read))
}

pub(super) fn all(conn: &mut Conn) -> Outcome<Vec<ApiKey>> {
    let rows = api_keys::table
        .order(api_keys::id.desc())
        .select(ApiKeyRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(ApiKeyRow::read).collect())
}

/// What a key may do never changes, so there is nothing to lock.
pub(super) fn delete(conn: &mut Conn, id: ApiKeyId, by: Scopes) -> Outcome<KeyDeleted> {
    let key = api_keys::table.find(id.0 as i64);
    let scopes = key.select((api_keys::can_read, api_keys::can_write));
    let Some((read, write)) = scopes.first(conn).optional()? else {
        return Ok(KeyDeleted::NotFound);
    };
    if !by.include(Scopes { read, write }) {
        return Ok(KeyDeleted::MayDoMore);
    }
    Ok(match diesel::delete(key).execute(conn)? {
        0 => KeyDeleted::NotFound,
        _ => KeyDeleted::Done,
    })
}
