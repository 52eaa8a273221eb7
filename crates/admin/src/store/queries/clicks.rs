//! Segments of clicks become sums. Rows are locked and written in one order by everybody: journals,
//! then totals, then hosts, then roll-ups (by hour, by day, by span), each by key.

pub(super) mod books;
pub(super) mod hosts;
pub(super) mod journals;
mod ledger;
pub(super) mod rollups;

use std::collections::{BTreeSet, HashMap};

use diesel::{prelude::*, upsert::excluded};
use suo_link::{
    id::LinkId,
    time::Timestamp,
    wire::clicks::{Class, Click, Segment, SegmentName, Via},
};

use super::{
    Conn, Outcome, leases,
    statistics::{events, visitors},
};
use crate::{
    clicks::{
        Rules,
        tally::{Dimension, Facts, Scope, Tally},
    },
    store::{
        ClickTotals, Watermark,
        rows::WORKSPACE,
        schema::{click_parked, click_rollups, click_totals, codes, link_tags},
    },
};

/// Rows of one statement, of seven values each; SQLite binds 32 766 values at most.
const ROWS: usize = 1000;

#[derive(Insertable)]
#[diesel(table_name = click_totals, treat_none_as_default_value = false)]
struct TotalsRow {
    link: i64,
    human: i64,
    preview: i64,
    crawler: i64,
    prefetch: i64,
}

pub(super) fn count(
    conn: &mut Conn,
    segments: &[Segment],
    rules: &Rules,
    now: Timestamp,
) -> Outcome<Vec<Watermark>> {
    let hours = &rules.hours;
    let (fresh, watermarks) = journals::claim(conn, segments, hours, now)?;
    let tally = Tally::of(fresh.iter().copied(), hours);
    let facts = facts(conn, &tally)?;
    add_totals(conn, &tally)?;
    let rows = hosts::limit(conn, tally.rows(&facts, WORKSPACE), hours)?;
    rollups::add(conn, &rows, hours)?;
    visitors::keep(conn, &tally.visits(&facts, WORKSPACE, hours))?;
    if rules.events_days > 0 {
        events::keep(conn, &fresh, now)?;
    }
    leases::apply(conn, &fresh, &watermarks, now)?;
    Ok(watermarks)
}

fn add_totals(conn: &mut Conn, tally: &Tally) -> Outcome<()> {
    let row = |(link, totals): (&LinkId, &ClickTotals)| TotalsRow {
        link: link.0 as i64,
        human: totals.of(Class::Human) as i64,
        preview: totals.of(Class::Preview) as i64,
        crawler: totals.of(Class::Crawler) as i64,
        prefetch: totals.of(Class::Prefetch) as i64,
    };
    let rows: Vec<TotalsRow> = tally.totals().iter().map(row).collect();
    for rows in rows.chunks(ROWS) {
        diesel::insert_into(click_totals::table)
            .values(rows)
            .on_conflict(click_totals::link)
            .do_update()
            .set((
                click_totals::human.eq(click_totals::human + excluded(click_totals::human)),
                click_totals::preview.eq(click_totals::preview + excluded(click_totals::preview)),
                click_totals::crawler.eq(click_totals::crawler + excluded(click_totals::crawler)),
                click_totals::prefetch
                    .eq(click_totals::prefetch + excluded(click_totals::prefetch)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Tags and codes of the links that were asked for.
fn facts(conn: &mut Conn, tally: &Tally) -> Outcome<Facts> {
    let links: BTreeSet<i64> = tally.links().map(|link| link.0 as i64).collect();
    let links: Vec<i64> = links.into_iter().collect();
    let mut facts = Facts::default();
    for links in links.chunks(ROWS) {
        let tags = link_tags::table
            .filter(link_tags::link.eq_any(links))
            .select((link_tags::link, link_tags::tag))
            .load::<(i64, String)>(conn)?;
        for (link, tag) in tags {
            facts.tags.entry(LinkId(link as u64)).or_default().push(tag);
        }
        facts.codes.extend(codes_of(conn, links)?);
    }
    Ok(facts)
}

/// Codes of links, by what stands for them in records.
pub(super) fn codes_of(conn: &mut Conn, links: &[i64]) -> Outcome<Vec<((LinkId, u32), String)>> {
    let codes = codes::table
        .filter(codes::link.eq_any(links))
        .select((codes::link, codes::code_key, codes::code))
        .load::<(i64, String, String)>(conn)?;
    let named = |(link, key, code): (i64, String, String)| {
        ((LinkId(link as u64), Click::entry_of(&key)), code)
    };
    Ok(codes.into_iter().map(named).collect())
}

pub(super) fn park(
    conn: &mut Conn,
    name: SegmentName,
    segment: &[u8],
    reason: &str,
    now: Timestamp,
) -> Outcome<Watermark> {
    diesel::insert_into(click_parked::table)
        .values((
            click_parked::journal.eq(name.journal.0.as_slice()),
            click_parked::number.eq(name.number as i64),
            click_parked::reason.eq(reason),
            click_parked::segment.eq(segment),
            click_parked::parked_at.eq(now.0),
        ))
        .on_conflict((click_parked::journal, click_parked::number))
        .do_nothing()
        .execute(conn)?;
    let watermark = journals::pass(conn, name, now)?;
    leases::end(conn, watermark)?;
    Ok(watermark)
}

/// How often links were followed.
pub(super) fn totals(conn: &mut Conn, links: &[i64]) -> Outcome<HashMap<i64, ClickTotals>> {
    let rows = click_totals::table
        .filter(click_totals::link.eq_any(links))
        .select((
            click_totals::link,
            (
                click_totals::human,
                click_totals::preview,
                click_totals::crawler,
                click_totals::prefetch,
            ),
        ))
        .load::<(i64, (i64, i64, i64, i64))>(conn)?;
    let totals = |(human, preview, crawler, prefetch): (i64, i64, i64, i64)| {
        let mut totals = ClickTotals::default();
        for (class, clicks) in Class::ALL.iter().zip([human, preview, crawler, prefetch]) {
            totals.add(*class, clicks.unsigned_abs());
        }
        totals
    };
    Ok(rows
        .into_iter()
        .map(|(link, counts)| (link, totals(counts)))
        .collect())
}

/// A row an hour, at most.
pub(super) fn scans(conn: &mut Conn, link: LinkId) -> Outcome<u64> {
    let scans = click_rollups::table
        .filter(click_rollups::scope.eq(Scope::Link as i16))
        .filter(click_rollups::scope_id.eq(link.0 as i64))
        .filter(click_rollups::dimension.eq(Dimension::Via as i16))
        .filter(click_rollups::class.eq(Class::Human as i16))
        .filter(click_rollups::value.eq(Via::Scan.as_str()))
        .select(click_rollups::clicks)
        .load::<i64>(conn)?;
    Ok(scans.into_iter().map(i64::unsigned_abs).sum())
}
