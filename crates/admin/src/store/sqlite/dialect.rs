//! What SQLite says in its own way: counters instead of sequences, and no row locks, because
//! a transaction that writes is alone.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Integer},
};

use super::{Conn, queries::EventRow};
use crate::store::{
    rows::{ClaimRow, DomainRow, InstanceRow, LinkRow, RelayRow},
    schema::{
        click_events, click_holders, click_hosts, click_journals, click_limits, domains,
        idempotency_keys, instance, links, relay_state,
    },
};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Numbers for new links, ascending.
pub(super) fn next_link_ids(conn: &mut Conn, count: usize) -> QueryResult<Vec<i64>> {
    let count = count as i64;
    let last = diesel::sql_query(
        "UPDATE counters SET value = value + $1 WHERE name = 'link_ids' RETURNING value AS number",
    )
    .bind::<BigInt, _>(count)
    .get_result::<Number>(conn)?
    .number;
    Ok((last - count + 1..=last).collect())
}

/// The number of the records that this transaction makes.
pub(super) fn next_rev(conn: &mut Conn) -> QueryResult<i64> {
    let row = diesel::sql_query(
        "UPDATE counters SET value = value + 1 WHERE name = 'revs' RETURNING value AS number",
    )
    .get_result::<Number>(conn)?;
    Ok(row.number)
}

/// This machine's clock, in milliseconds: the database has no other.
pub(super) fn now(conn: &mut Conn) -> QueryResult<i64> {
    let milliseconds =
        "SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) AS number";
    Ok(diesel::sql_query(milliseconds)
        .get_result::<Number>(conn)?
        .number)
}

pub(super) fn lock_instance(conn: &mut Conn) -> QueryResult<InstanceRow> {
    instance::table.select(InstanceRow::as_select()).first(conn)
}

pub(super) fn lock_domain(conn: &mut Conn, id: i32) -> QueryResult<Option<DomainRow>> {
    domains::table
        .find(id)
        .select(DomainRow::as_select())
        .first(conn)
        .optional()
}

pub(super) fn lock_link(conn: &mut Conn, id: i64) -> QueryResult<Option<LinkRow>> {
    links::table
        .find(id)
        .select(LinkRow::as_select())
        .first(conn)
        .optional()
}

pub(super) fn lock_claim(
    conn: &mut Conn,
    api_key: i64,
    key: &str,
) -> QueryResult<Option<ClaimRow>> {
    idempotency_keys::table
        .find((api_key, key))
        .select(ClaimRow::as_select())
        .first(conn)
        .optional()
}

pub(super) fn lock_relay(conn: &mut Conn) -> QueryResult<RelayRow> {
    relay_state::table.select(RelayRow::as_select()).first(conn)
}

/// Which request of a journal was heard last, kept from others until the transaction ends.
pub(super) fn lock_holder(conn: &mut Conn, journal: &[u8]) -> QueryResult<i64> {
    click_holders::table
        .find(journal)
        .select(click_holders::turn)
        .first(conn)
}

/// How much of these links is consumed, in their order, kept from others until the transaction ends.
pub(super) fn lock_limits(conn: &mut Conn, links: &[i64]) -> QueryResult<Vec<(i64, i64)>> {
    click_limits::table
        .filter(click_limits::link.eq_any(links))
        .order(click_limits::link)
        .select((click_limits::link, click_limits::consumed))
        .load(conn)
}

/// Up to which segment a journal is counted, kept from others until the transaction ends.
pub(super) fn lock_journal(conn: &mut Conn, journal: &[u8]) -> QueryResult<i64> {
    click_journals::table
        .find(journal)
        .select(click_journals::applied)
        .first(conn)
}

/// The writer is alone anyway.
pub(super) fn lock_targets(_: &mut Conn, _: &[i64]) -> QueryResult<()> {
    Ok(())
}

/// Hosts of some places; the writer is alone anyway.
pub(super) fn hosts(
    conn: &mut Conn,
    scope: i16,
    day: i64,
    ids: &[i64],
    _: bool,
) -> QueryResult<Vec<(i64, Vec<u8>)>> {
    click_hosts::table
        .filter(click_hosts::scope.eq(scope))
        .filter(click_hosts::day.eq(day))
        .filter(click_hosts::scope_id.eq_any(ids))
        .select((click_hosts::scope_id, click_hosts::hosts))
        .load(conn)
}

/// The writer is alone anyway.
pub(super) fn lock_visits(_: &mut Conn) -> QueryResult<bool> {
    Ok(true)
}

/// Keeps single answers.
pub(super) fn add_events(conn: &mut Conn, rows: &[EventRow<'_>]) -> QueryResult<()> {
    diesel::insert_into(click_events::table)
        .values(rows)
        .execute(conn)?;
    Ok(())
}

/// Forgets answers that were counted before a day, the oldest first.
pub(super) fn forget_events(conn: &mut Conn, before: i32, limit: usize) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM click_events WHERE day < $1 AND id IN \
         (SELECT id FROM click_events ORDER BY id LIMIT $2)",
    )
    .bind::<Integer, _>(before)
    .bind::<BigInt, _>(limit as i64)
    .execute(conn)
}
