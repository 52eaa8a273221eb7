//! What Postgres says in its own way: sequences and row locks.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt},
};

use super::Conn;
use crate::store::{
    rows::{ClaimRow, DomainRow, InstanceRow, LinkRow, RelayRow},
    schema::{
        click_holders, click_journals, click_limits, domains, idempotency_keys, instance, links,
        relay_state,
    },
};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Numbers for new links, ascending; others may get numbers between them.
pub(super) fn next_link_ids(conn: &mut Conn, count: usize) -> QueryResult<Vec<i64>> {
    let rows =
        diesel::sql_query("SELECT nextval('link_ids') AS number FROM generate_series(1, $1)")
            .bind::<BigInt, _>(count as i64)
            .load::<Number>(conn)?;
    Ok(rows.into_iter().map(|row| row.number).collect())
}

/// The number of the records that this transaction makes.
pub(super) fn next_rev(conn: &mut Conn) -> QueryResult<i64> {
    let row = diesel::sql_query("SELECT nextval('revs') AS number").get_result::<Number>(conn)?;
    Ok(row.number)
}

/// The server's clock, in milliseconds; not the start of the transaction.
pub(super) fn now(conn: &mut Conn) -> QueryResult<i64> {
    let milliseconds = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS number";
    Ok(diesel::sql_query(milliseconds)
        .get_result::<Number>(conn)?
        .number)
}

pub(super) fn lock_instance(conn: &mut Conn) -> QueryResult<InstanceRow> {
    instance::table
        .select(InstanceRow::as_select())
        .for_update()
        .first(conn)
}

pub(super) fn lock_domain(conn: &mut Conn, id: i32) -> QueryResult<Option<DomainRow>> {
    domains::table
        .find(id)
        .select(DomainRow::as_select())
        .for_update()
        .first(conn)
        .optional()
}

pub(super) fn lock_link(conn: &mut Conn, id: i64) -> QueryResult<Option<LinkRow>> {
    links::table
        .find(id)
        .select(LinkRow::as_select())
        .for_update()
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
        .for_update()
        .first(conn)
        .optional()
}

pub(super) fn lock_relay(conn: &mut Conn) -> QueryResult<RelayRow> {
    relay_state::table
        .select(RelayRow::as_select())
        .for_update()
        .first(conn)
}

/// Which request of a journal was heard last, kept from others until the transaction ends.
pub(super) fn lock_holder(conn: &mut Conn, journal: &[u8]) -> QueryResult<i64> {
    click_holders::table
        .find(journal)
        .select(click_holders::turn)
        .for_update()
        .first(conn)
}

/// How much of these links is consumed, in their order, kept from others until the transaction ends.
pub(super) fn lock_limits(conn: &mut Conn, links: &[i64]) -> QueryResult<Vec<(i64, i64)>> {
    click_limits::table
        .filter(click_limits::link.eq_any(links))
        .order(click_limits::link)
        .select((click_limits::link, click_limits::consumed))
        .for_update()
        .load(conn)
}

/// Up to which segment a journal is counted, kept from others until the transaction ends.
pub(super) fn lock_journal(conn: &mut Conn, journal: &[u8]) -> QueryResult<i64> {
    click_journals::table
        .find(journal)
        .select(click_journals::applied)
        .for_update()
        .first(conn)
}

/// Lets one transaction at a time look for links to a target and create one. The hashes
/// are in order, so that two batches don't deadlock.
pub(super) fn lock_targets(conn: &mut Conn, hashes: &[i64]) -> QueryResult<()> {
    diesel::sql_query(
        "SELECT pg_advisory_xact_lock(hash) FROM unnest($1) AS hashes (hash) ORDER BY hash",
    )
    .bind::<Array<BigInt>, _>(hashes)
    .execute(conn)?;
    Ok(())
}
