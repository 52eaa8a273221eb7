//! Idempotency keys: a claim is committed before the work, the reply together with it.

use diesel::prelude::*;
use suo_link::time::Timestamp;

use super::{Conn, Outcome, dialect};
use crate::store::{
    Claim, Claimed, Reply, StoreError, rows::ClaimRow, schema::idempotency_keys as keys,
};

/// The row of this very claim, as long as nobody has taken it over.
macro_rules! ours {
    ($claim:expr) => {
        keys::table
            .find(($claim.api_key.0 as i64, &$claim.key))
            .filter(keys::token.eq($claim.token.as_slice()))
            .filter(keys::status.is_null())
    };
}

/// Makes the claim, or says why it can't be made. A claim that ran out is taken over; a
/// second request in the same moment waits for the first one's insert or row lock.
pub(super) fn make(conn: &mut Conn, claim: &Claim, now: Timestamp) -> Outcome<Claimed> {
    if insert(conn, claim, now)? {
        return Ok(Claimed::Ours);
    }
    let Some(row) = dialect::lock_claim(conn, claim.api_key.0 as i64, &claim.key)? else {
        // Released between the two statements: its request is ending just now.
        return Ok(Claimed::InWork);
    };
    let is_open = row.status.is_none();
    if row.created_at < claim.forget_before.0 || is_open && row.claimed_until <= now.0 {
        take_over(conn, claim, now)?;
        return Ok(Claimed::Ours);
    }
    if row.fingerprint != claim.fingerprint {
        return Ok(Claimed::OtherRequest);
    }
    Ok(match reply(row) {
        Some(reply) => Claimed::Answered(reply),
        None => Claimed::InWork,
    })
}

/// Keeps the reply, or frees the key; an error if the claim is no longer ours.
pub(super) fn settle(conn: &mut Conn, claim: &Claim, reply: Option<Reply>) -> Outcome<()> {
    let changed = match reply {
        None => diesel::delete(ours!(claim)).execute(conn)?,
        Some(reply) => diesel::update(ours!(claim))
            .set((
                keys::status.eq(reply.status as i16),
                keys::etag.eq(reply.etag),
                keys::body.eq(reply.body),
            ))
            .execute(conn)?,
    };
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::ClaimLost.into())
    }
}

pub(super) fn release(conn: &mut Conn, claim: &Claim) -> Outcome<()> {
    diesel::delete(ours!(claim)).execute(conn)?;
    Ok(())
}

pub(super) fn forget(conn: &mut Conn, before: Timestamp, limit: usize) -> Outcome<usize> {
    let old = keys::table
        .filter(keys::created_at.lt(before.0))
        .order(keys::created_at)
        .limit(limit as i64)
        .select((keys::api_key, keys::key))
        .load::<(i64, String)>(conn)?;
    let mut forgotten = 0;
    for (api_key, key) in old {
        let row = keys::table
            .find((api_key, key))
            .filter(keys::created_at.lt(before.0));
        forgotten += diesel::delete(row).execute(conn)?;
    }
    Ok(forgotten)
}

fn insert(conn: &mut Conn, claim: &Claim, now: Timestamp) -> Outcome<bool> {
    let inserted = diesel::insert_into(keys::table)
        .values((
            keys::api_key.eq(claim.api_key.0 as i64),
            keys::key.eq(&claim.key),
            keys::fingerprint.eq(claim.fingerprint.as_slice()),
            keys::token.eq(claim.token.as_slice()),
            keys::claimed_until.eq(claim.until.0),
            keys::created_at.eq(now.0),
        ))
        .on_conflict((keys::api_key, keys::key))
        .do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}

fn take_over(conn: &mut Conn, claim: &Claim, now: Timestamp) -> Outcome<()> {
    diesel::update(keys::table.find((claim.api_key.0 as i64, &claim.key)))
        .set((
            keys::fingerprint.eq(claim.fingerprint.as_slice()),
            keys::token.eq(claim.token.as_slice()),
            keys::claimed_until.eq(claim.until.0),
            keys::created_at.eq(now.0),
            keys::status.eq(None::<i16>),
            keys::etag.eq(None::<String>),
            keys::body.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    Ok(())
}

fn reply(row: ClaimRow) -> Option<Reply> {
    Some(Reply {
        status: row.status?.unsigned_abs(),
        etag: row.etag,
        body: row.body.unwrap_or_default(),
    })
}
