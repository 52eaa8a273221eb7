//! Which segments are counted: one number a journal, and the names of those beyond it.

use std::collections::BTreeMap;

use diesel::prelude::*;
use suo_link::{
    time::Timestamp,
    wire::clicks::{JournalId, Segment, SegmentName},
};

use super::{
    super::{Conn, Outcome, dialect},
    ledger,
};
use crate::{
    clicks::Hours,
    store::{
        Watermark,
        schema::{click_journals, click_segments},
    },
};

/// The segments that are not counted yet, each once; from here on they are. The journals' rows are
/// locked, so that nobody else counts a segment of them meanwhile.
pub(in super::super) fn claim<'a>(
    conn: &mut Conn,
    segments: &'a [Segment],
    hours: &Hours,
    now: Timestamp,
) -> Outcome<(Vec<&'a Segment>, Vec<Watermark>)> {
    let mut journals: BTreeMap<JournalId, Vec<&Segment>> = BTreeMap::new();
    for segment in segments {
        journals
            .entry(segment.name.journal)
            .or_default()
            .push(segment);
    }
    let mut fresh = Vec::new();
    let mut watermarks = Vec::new();
    for (journal, segments) in journals {
        let known = lock(conn, journal, now)?;
        let applied = catch_up(conn, journal, known, &segments)?;
        let begin = fresh.len();
        for segment in segments {
            if segment.name.number as i64 > applied && name(conn, segment.name)? {
                fresh.push(segment);
            }
        }
        let applied = fold(conn, journal, applied)?;
        note(conn, journal, applied, now)?;
        enter(conn, journal, &fresh[begin..], hours, now)?;
        watermarks.push(Watermark {
            journal,
            applied: applied.unsigned_abs(),
        });
    }
    Ok((fresh, watermarks))
}

/// Takes a segment for counted that is put aside.
pub(super) fn pass(conn: &mut Conn, name_: SegmentName, now: Timestamp) -> Outcome<Watermark> {
    let journal = name_.journal;
    let mut applied = lock(conn, journal, now)?;
    if name_.number as i64 > applied && name(conn, name_)? {
        applied = fold(conn, journal, applied)?;
        note(conn, journal, applied, now)?;
        diesel::update(click_journals::table.find(journal.0.as_slice()))
            .set(click_journals::parked.eq(click_journals::parked + 1))
            .execute(conn)?;
    }
    Ok(Watermark {
        journal,
        applied: applied.unsigned_abs(),
    })
}

/// Forgets journals of which nothing came since; what they held stays in the ledger, without a name.
pub(in super::super) fn forget(conn: &mut Conn, before: Timestamp, limit: usize) -> Outcome<usize> {
    let old = click_journals::table
        .filter(click_journals::seen_at.lt(before.0))
        .order(click_journals::seen_at)
        .limit(limit as i64)
        .select(click_journals::journal)
        .load::<Vec<u8>>(conn)?;
    let mut forgotten = Vec::with_capacity(old.len());
    for journal in old {
        // Not one that has come back meanwhile.
        let still = click_journals::table
            .find(&journal)
            .filter(click_journals::seen_at.lt(before.0));
        if diesel::delete(still).execute(conn)? == 1 {
            forgotten.push(journal);
        }
    }
    let names = click_segments::table.filter(click_segments::journal.eq_any(&forgotten));
    diesel::delete(names).execute(conn)?;
    ledger::fold(conn, &forgotten)?;
    Ok(forgotten.len())
}

/// Up to which segment the journal is counted.
fn lock(conn: &mut Conn, journal: JournalId, now: Timestamp) -> Outcome<i64> {
    diesel::insert_into(click_journals::table)
        .values((
            click_journals::journal.eq(journal.0.as_slice()),
            click_journals::applied.eq(0),
            click_journals::clicks.eq(0),
            click_journals::dropped_full.eq(0),
            click_journals::dropped_unwritable.eq(0),
            click_journals::seen_at.eq(now.0),
            click_journals::counted.eq(0),
            click_journals::parked.eq(0),
            click_journals::lost.eq(0),
        ))
        .on_conflict(click_journals::journal)
        .do_nothing()
        .execute(conn)?;
    Ok(dialect::lock_journal(conn, &journal.0)?)
}

/// Takes for counted what the edge was told is counted, if the database knows less: it was set back, and
/// nobody has these segments any more. Waiting for them would keep up the journal for good.
fn catch_up(
    conn: &mut Conn,
    journal: JournalId,
    applied: i64,
    segments: &[&Segment],
) -> Outcome<i64> {
    let confirmed = segments.iter().map(|segment| segment.confirmed as i64);
    let confirmed = confirmed.max().unwrap_or(0);
    if confirmed <= applied {
        return Ok(applied);
    }
    let names = click_segments::table
        .filter(click_segments::journal.eq(journal.0.as_slice()))
        .filter(click_segments::number.le(confirmed));
    let found = diesel::delete(names).execute(conn)?;
    let lost = confirmed - applied - found as i64;
    tracing::warn!(%journal, lost, "the database was set back: segments of clicks that it had counted are lost");
    diesel::update(click_journals::table.find(journal.0.as_slice()))
        .set(click_journals::lost.eq(click_journals::lost + lost))
        .execute(conn)?;
    Ok(confirmed)
}

/// Whether the name was free.
fn name(conn: &mut Conn, name: SegmentName) -> Outcome<bool> {
    let inserted = diesel::insert_into(click_segments::table)
        .values((
            click_segments::journal.eq(name.journal.0.as_slice()),
            click_segments::number.eq(name.number as i64),
        ))
        .on_conflict((click_segments::journal, click_segments::number))
        .do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}

/// Folds names without a gap into the number.
fn fold(conn: &mut Conn, journal: JournalId, applied: i64) -> Outcome<i64> {
    let names = click_segments::table.filter(click_segments::journal.eq(journal.0.as_slice()));
    let numbers = names
        .order(click_segments::number)
        .select(click_segments::number)
        .load::<i64>(conn)?;
    let folded = numbers.iter().fold(
        applied,
        |last, number| {
            if *number == last + 1 { *number } else { last }
        },
    );
    let names = click_segments::table
        .filter(click_segments::journal.eq(journal.0.as_slice()))
        .filter(click_segments::number.le(folded));
    if folded > applied {
        diesel::delete(names).execute(conn)?;
    }
    Ok(folded)
}

fn note(conn: &mut Conn, journal: JournalId, applied: i64, now: Timestamp) -> Outcome<()> {
    diesel::update(click_journals::table.find(journal.0.as_slice()))
        .set((
            click_journals::applied.eq(applied),
            click_journals::seen_at.eq(now.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Enters what fresh segments of the journal hold.
fn enter(
    conn: &mut Conn,
    journal: JournalId,
    fresh: &[&Segment],
    hours: &Hours,
    now: Timestamp,
) -> Outcome<()> {
    // Counts of a journal only grow, so the last segment knows best.
    let Some(last) = fresh.iter().max_by_key(|segment| segment.name.number) else {
        return Ok(());
    };
    let row = click_journals::table.find(journal.0.as_slice());
    let (full, unwritable) = row
        .select((
            click_journals::dropped_full,
            click_journals::dropped_unwritable,
        ))
        .first::<(i64, i64)>(conn)?;
    let now_full = full.max(last.dropped.full as i64);
    let now_unwritable = unwritable.max(last.dropped.unwritable as i64);
    let clicks: usize = fresh.iter().map(|segment| segment.clicks.len()).sum();
    diesel::update(row)
        .set((
            click_journals::clicks.eq(click_journals::clicks + clicks as i64),
            click_journals::counted.eq(click_journals::counted + fresh.len() as i64),
            click_journals::dropped_full.eq(now_full),
            click_journals::dropped_unwritable.eq(now_unwritable),
        ))
        .execute(conn)?;
    let dropped = now_full.saturating_sub(full) + now_unwritable.saturating_sub(unwritable);
    ledger::enter(conn, journal, fresh, dropped, hours, now)
}
