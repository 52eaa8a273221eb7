//! The relay's row, and the outbox as the relay sees it.

use diesel::prelude::*;
use suo_link::{rev::Generation, time::Timestamp, wire::changes::Changes};

use super::{Conn, Outcome, dialect};
use crate::store::{
    Message, NUMBERED_AT_ONCE, RelayState, StoreError,
    rows::RelayRow,
    schema::{outbox, relay_state},
};

/// Numbers the oldest messages without a number in order of their ids; both databases read it.
const NUMBER: &str = "
    WITH waiting AS (
        SELECT id, change_count FROM outbox WHERE seq IS NULL ORDER BY id LIMIT ?
    ), fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place,
            sum(change_count) OVER (ORDER BY id) AS changes
        FROM waiting
    )
    UPDATE outbox SET
        seq = (SELECT numbered FROM relay_state) + fresh.place,
        changes_total = (SELECT changes_total FROM relay_state) + fresh.changes
    FROM fresh WHERE outbox.id = fresh.id";

pub(super) fn state(conn: &mut Conn) -> Outcome<RelayState> {
    let row = relay_state::table.select(RelayRow::as_select()).first(conn);
    Ok(row?.read())
}

pub(super) fn number(conn: &mut Conn) -> Outcome<RelayState> {
    let mut state = dialect::lock_relay(conn)?.read();
    let number = NUMBER.replace('?', &NUMBERED_AT_ONCE.to_string());
    if diesel::sql_query(number).execute(conn)? == 0 {
        return Ok(state);
    }
    let (seq, total) = outbox::table
        .filter(outbox::seq.is_not_null())
        .order(outbox::seq.desc())
        .select((
            outbox::seq.assume_not_null(),
            outbox::changes_total.assume_not_null(),
        ))
        .first::<(i64, i64)>(conn)?;
    diesel::update(relay_state::table)
        .set((
            relay_state::numbered.eq(seq),
            relay_state::changes_total.eq(total),
        ))
        .execute(conn)?;
    state.numbered = seq.unsigned_abs();
    Ok(state)
}

pub(super) fn messages_after(conn: &mut Conn, after: u64, limit: usize) -> Outcome<Vec<Message>> {
    let rows = outbox::table
        .filter(outbox::seq.gt(after as i64))
        .order(outbox::seq)
        .limit(limit as i64)
        .select((
            outbox::seq.assume_not_null(),
            outbox::changes,
            outbox::created_at,
        ))
        .load::<(i64, Vec<u8>, i64)>(conn)?;
    let message = |(seq, changes, committed_at): (i64, _, _)| Message {
        seq: seq.unsigned_abs(),
        changes,
        committed_at: Timestamp(committed_at),
    };
    Ok(rows.into_iter().map(message).collect())
}

pub(super) fn with_lock(
    conn: &mut Conn,
    body: &mut dyn FnMut(&mut RelayState) -> Result<(), StoreError>,
) -> Outcome<()> {
    let before = dialect::lock_relay(conn)?.read();
    let mut state = before.clone();
    body(&mut state)?;
    if state != before {
        diesel::update(relay_state::table)
            .set(RelayRow::new(&state))
            .execute(conn)?;
    }
    Ok(())
}

/// The generation rises in the same transaction: an empty message alone would hide a change.
pub(super) fn bury(conn: &mut Conn, seq: u64) -> Outcome<()> {
    let mut state = dialect::lock_relay(conn)?.read();
    if seq <= state.published {
        // A relay of a newer version could read it.
        return Ok(());
    }
    state.generation = Generation(state.generation.0.saturating_add(1));
    diesel::update(outbox::table.filter(outbox::seq.eq(seq as i64)))
        .set(outbox::changes.eq(Changes::default().encode()))
        .execute(conn)?;
    diesel::update(relay_state::table)
        .set(RelayRow::new(&state))
        .execute(conn)?;
    Ok(())
}

pub(super) fn mark_published(
    conn: &mut Conn,
    up_to: u64,
    now: Timestamp,
    limit: usize,
) -> Outcome<usize> {
    let fresh = outbox::table
        .filter(outbox::published_at.is_null())
        .filter(outbox::seq.le(up_to as i64))
        .order(outbox::id)
        .limit(limit as i64)
        .select(outbox::id)
        .load::<i64>(conn)?;
    let marked = diesel::update(outbox::table.filter(outbox::id.eq_any(fresh)))
        .set(outbox::published_at.eq(now.0))
        .execute(conn)?;
    Ok(marked)
}

pub(super) fn trim(conn: &mut Conn, before: Timestamp, limit: usize) -> Outcome<usize> {
    let old = outbox::table
        .filter(outbox::published_at.lt(before.0))
        .order(outbox::published_at)
        .limit(limit as i64)
        .select(outbox::id)
        .load::<i64>(conn)?;
    Ok(diesel::delete(outbox::table.filter(outbox::id.eq_any(old))).execute(conn)?)
}

/// Both conditions are of the kind "old enough", so the answer is the lower of two numbers.
pub(super) fn stream_floor(
    conn: &mut Conn,
    since: Timestamp,
    changes: u64,
) -> Outcome<Option<u64>> {
    let newest = outbox::table
        .filter(outbox::published_at.is_not_null())
        .order(outbox::seq.desc())
        .select(outbox::changes_total)
        .first::<Option<i64>>(conn)
        .optional()?
        .flatten();
    let Some(newest) = newest else {
        return Ok(None);
    };
    let floor = outbox::table
        .filter(outbox::published_at.lt(since.0))
        .filter(outbox::changes_total.le(newest.saturating_sub_unsigned(changes)))
        .select(diesel::dsl::max(outbox::seq))
        .first::<Option<i64>>(conn)?;
    Ok(floor.map(i64::unsigned_abs))
}

pub(super) fn oldest(conn: &mut Conn) -> Outcome<Option<Timestamp>> {
    let oldest = outbox::table
        .filter(outbox::published_at.is_null())
        .order(outbox::id)
        .select(outbox::created_at)
        .first(conn)
        .optional()?;
    Ok(oldest.map(Timestamp))
}

pub(super) fn has_unpublished(conn: &mut Conn) -> Outcome<bool> {
    let waiting = outbox::table.filter(outbox::published_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(conn)?)
}
