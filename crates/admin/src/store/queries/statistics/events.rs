//! Single answers, kept for some days.

use std::collections::HashMap;

use diesel::prelude::*;
use suo_link::{
    id::LinkId,
    time::Timestamp,
    wire::clicks::{Click, NO_REFERRER, OTHER_REFERRER, Row, Segment},
};

use super::super::{Conn, Outcome, clicks::codes_of, dialect};
use crate::{
    clicks::tally::OTHER,
    store::{EventFilter, StoredEvent, schema::click_events},
};

/// Rows of one statement, of eight values each.
const ROWS: usize = 1000;

/// Days that are told apart by their partition.
const SLOTS: i32 = 32;

/// Milliseconds.
const DAY: i64 = 24 * 3600 * 1000;

/// An answer to be kept.
#[derive(Insertable)]
#[diesel(table_name = click_events, treat_none_as_default_value = false)]
pub(in super::super::super) struct EventRow<'a> {
    pub(in super::super::super) slot: i16,
    pub(in super::super::super) day: i32,
    pub(in super::super::super) link: i64,
    pub(in super::super::super) domain: i64,
    pub(in super::super::super) what: i64,
    pub(in super::super::super) who: i64,
    pub(in super::super::super) how: i64,
    pub(in super::super::super) referrer: Option<&'a str>,
}

/// Keeps answers of segments that were counted today, without what would tell visitors apart.
pub(in super::super) fn keep(
    conn: &mut Conn,
    segments: &[&Segment],
    now: Timestamp,
) -> Outcome<()> {
    let day = day(now);
    let rows = segments
        .iter()
        .flat_map(|segment| segment.clicks.iter().map(|click| row(click, segment, day)));
    let rows: Vec<EventRow<'_>> = rows.collect();
    for rows in rows.chunks(ROWS) {
        dialect::add_events(conn, rows)?;
    }
    Ok(())
}

pub(super) fn page(conn: &mut Conn, filter: &EventFilter) -> Outcome<Vec<StoredEvent>> {
    fill(conn, filter.limit, |conn, last, limit| {
        let mut query = click_events::table.into_boxed();
        if let Some(link) = filter.link {
            query = query.filter(click_events::link.eq(link.0 as i64));
        }
        if let Some(before) = last.or(filter.before) {
            query = query.filter(click_events::id.lt(before));
        }
        query
            .order(click_events::id.desc())
            .limit(limit)
            .select(COLUMNS)
            .load(conn)
    })
}

pub(super) fn after(conn: &mut Conn, id: i64, limit: usize) -> Outcome<Vec<StoredEvent>> {
    fill(conn, limit, |conn, last, limit| {
        click_events::table
            .filter(click_events::id.gt(last.unwrap_or(id)))
            .order(click_events::id)
            .limit(limit)
            .select(COLUMNS)
            .load(conn)
    })
}

/// Reads on behind the last row until there are as many answers as are asked for: what a newer program has written
/// is left out, and a page that is not full is the last one.
fn fill(
    conn: &mut Conn,
    limit: usize,
    mut rows: impl FnMut(&mut Conn, Option<i64>, i64) -> QueryResult<Vec<Stored>>,
) -> Outcome<Vec<StoredEvent>> {
    let mut events = Vec::new();
    let mut last = None;
    while events.len() < limit {
        let wanted = limit - events.len();
        let more = rows(conn, last, wanted as i64)?;
        let is_end = more.len() < wanted;
        last = more.last().map(|row| row.0).or(last);
        events.extend(read(conn, more)?);
        if is_end {
            break;
        }
    }
    Ok(events)
}

pub(super) fn last(conn: &mut Conn) -> Outcome<i64> {
    let last = click_events::table.order(click_events::id.desc());
    let last: Option<i64> = last.select(click_events::id).first(conn).optional()?;
    Ok(last.unwrap_or(0))
}

/// Forgets answers that were counted before this day.
pub(super) fn forget(conn: &mut Conn, before: Timestamp, limit: usize) -> Outcome<usize> {
    Ok(dialect::forget_events(conn, day(before), limit)?)
}

type Stored = (i64, i64, i64, i64, i64, i64, Option<String>);

const COLUMNS: (
    click_events::id,
    click_events::link,
    click_events::domain,
    click_events::what,
    click_events::who,
    click_events::how,
    click_events::referrer,
) = (
    click_events::id,
    click_events::link,
    click_events::domain,
    click_events::what,
    click_events::who,
    click_events::how,
    click_events::referrer,
);

fn day(at: Timestamp) -> i32 {
    at.0.div_euclid(DAY) as i32
}

fn row<'a>(click: &Click, segment: &'a Segment, day: i32) -> EventRow<'a> {
    let referrer = match click.referrer {
        NO_REFERRER => None,
        OTHER_REFERRER => Some(OTHER),
        place => segment
            .hosts
            .get(usize::from(place) - 1)
            .map(|host| &**host),
    };
    let Row([link, what, who, how, _, _, domain]) = click.row().with_referrer(NO_REFERRER);
    EventRow {
        slot: day.rem_euclid(SLOTS) as i16,
        day,
        link: link as i64,
        domain: domain as i64,
        what: what as i64,
        who: who as i64,
        how: how as i64,
        referrer,
    }
}

fn read(conn: &mut Conn, rows: Vec<Stored>) -> Outcome<Vec<StoredEvent>> {
    let mut links: Vec<i64> = rows
        .iter()
        .map(|row| row.1)
        .filter(|link| *link != 0)
        .collect();
    links.sort_unstable();
    links.dedup();
    let codes: HashMap<(LinkId, u32), String> = codes_of(conn, &links)?.into_iter().collect();
    let event = |(id, link, domain, what, who, how, referrer): Stored| {
        let words = [link, what, who, how, 0, 0, domain].map(|word| word as u64);
        let click = Row(words).read().ok()?;
        let code = codes.get(&(click.link, click.entry)).cloned();
        Some(StoredEvent {
            id,
            click,
            referrer,
            code,
        })
    };
    Ok(rows.into_iter().filter_map(event).collect())
}
