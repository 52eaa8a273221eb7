//! What Postgres says in its own way: sequences and row locks.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text},
};

use super::{Conn, queries::EventRow};
use crate::store::{
    rows::{ClaimRow, DomainRow, InstanceRow, LinkRow, RelayRow},
    schema::{
        click_holders, click_hosts, click_journals, click_limits, domains, idempotency_keys,
        instance, links, relay_state,
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

/// Hosts of some places; `is_locking`: kept from others until the transaction ends.
pub(super) fn hosts(
    conn: &mut Conn,
    scope: i16,
    day: i64,
    ids: &[i64],
    is_locking: bool,
) -> QueryResult<Vec<(i64, Vec<u8>)>> {
    let hosts = click_hosts::table
        .filter(click_hosts::scope.eq(scope))
        .filter(click_hosts::day.eq(day))
        .filter(click_hosts::scope_id.eq_any(ids))
        .order(click_hosts::scope_id)
        .select((click_hosts::scope_id, click_hosts::hosts));
    if is_locking {
        hosts.for_update().load(conn)
    } else {
        hosts.load(conn)
    }
}

/// Whether nobody else puts visits into sketches now; kept until the transaction ends. The number is
/// ours alone ("suo" in ASCII, and one).
pub(super) fn lock_visits(conn: &mut Conn) -> QueryResult<bool> {
    let locked = "SELECT pg_try_advisory_xact_lock(7566704)::int::bigint AS number";
    let row = diesel::sql_query(locked).get_result::<Number>(conn)?;
    Ok(row.number == 1)
}

/// Keeps single answers: whole columns go to the server, which is a fifth of the work of values by row.
pub(super) fn add_events(conn: &mut Conn, rows: &[EventRow<'_>]) -> QueryResult<()> {
    let Some(EventRow { slot, day, .. }) = rows.first() else {
        return Ok(());
    };
    let column = |of: fn(&EventRow<'_>) -> i64| -> Vec<i64> { rows.iter().map(of).collect() };
    let referrers: Vec<Option<&str>> = rows.iter().map(|row| row.referrer).collect();
    diesel::sql_query(
        "INSERT INTO click_events (slot, day, link, domain, what, who, how, referrer) \
         SELECT $1, $2, * FROM unnest($3, $4, $5, $6, $7, $8)",
    )
    .bind::<SmallInt, _>(*slot)
    .bind::<Integer, _>(*day)
    .bind::<Array<BigInt>, _>(column(|row| row.link))
    .bind::<Array<BigInt>, _>(column(|row| row.domain))
    .bind::<Array<BigInt>, _>(column(|row| row.what))
    .bind::<Array<BigInt>, _>(column(|row| row.who))
    .bind::<Array<BigInt>, _>(column(|row| row.how))
    .bind::<Array<Nullable<Text>>, _>(referrers)
    .execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Days {
    #[diesel(sql_type = Nullable<Integer>)]
    oldest: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    newest: Option<i32>,
}

/// Forgets answers that were counted before a day: empties partitions of which all is older, and
/// deletes from one that has been left for a month.
pub(super) fn forget_events(conn: &mut Conn, before: i32, limit: usize) -> QueryResult<usize> {
    let mut forgotten = 0;
    for slot in 0..32 {
        let days = diesel::sql_query(format!(
            "SELECT (SELECT day FROM click_events_{slot} ORDER BY id LIMIT 1) AS oldest, \
             (SELECT day FROM click_events_{slot} ORDER BY id DESC LIMIT 1) AS newest"
        ))
        .get_result::<Days>(conn)?;
        if days.newest.is_some_and(|day| day < before) {
            diesel::sql_query(format!("TRUNCATE click_events_{slot}")).execute(conn)?;
            forgotten += 1;
        } else if days.oldest.is_some_and(|day| day < before) {
            forgotten += diesel::sql_query(format!(
                "DELETE FROM click_events_{slot} WHERE day < $1 AND id IN \
                 (SELECT id FROM click_events_{slot} ORDER BY id LIMIT $2)"
            ))
            .bind::<Integer, _>(before)
            .bind::<BigInt, _>(limit as i64)
            .execute(conn)?;
        }
    }
    Ok(forgotten)
}
