//! What was written down of clicks, read for an audit.

mod cuts;

use std::collections::BTreeMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use suo_link::{
    time::Timestamp,
    wire::clicks::{Class, Dropped, JournalId},
};

use super::{super::Conn, Outcome, ledger::FORGOTTEN};
use crate::{
    clicks::tally::{Dimension, Scope},
    store::{
        Books, ClickTotals, ClicksState, Depth, JournalEntry, LedgerHour, Period, SumKey,
        rows::WORKSPACE,
        schema::{
            click_journals, click_ledger, click_parked, click_rollups, click_segments, click_totals,
        },
    },
};

/// A sum as whole numbers, in both databases.
macro_rules! sum {
    ($column:literal) => {
        sql::<BigInt>(concat!("CAST(COALESCE(SUM(", $column, "), 0) AS BIGINT)"))
    };
}

/// All of it; the caller sees to it that all queries see the same moment.
pub(in super::super) fn all(conn: &mut Conn, period: &Period, depth: Depth) -> Outcome<Books> {
    let (from, to) = period.bounds();
    let parked = click_parked::table.filter(
        click_parked::parked_at
            .ge(from)
            .and(click_parked::parked_at.lt(to)),
    );
    let parked: i64 = parked.count().get_result(conn)?;
    let ever: i64 = click_parked::table.count().get_result(conn)?;
    Ok(Books {
        ledger: ledger(conn, from, to)?,
        sums: sums(conn, from, to, depth)?,
        journals: journals(conn, depth)?,
        parked: (parked.unsigned_abs(), ever.unsigned_abs()),
        totals: match depth {
            Depth::All => Some((totals(conn)?, series(conn)?)),
            Depth::Workspace => None,
        },
        // Days and spans have other ends than a period may have.
        cuts: match depth {
            Depth::All if *period == Period::default() => Some(cuts::read(conn)?),
            Depth::All | Depth::Workspace => None,
        },
    })
}

/// The sums over all journals, forgotten ones included.
pub(in super::super) fn state(conn: &mut Conn) -> Outcome<ClicksState> {
    let (clicks, full, unwritable) = click_journals::table
        .select((
            sum!("clicks"),
            sum!("dropped_full"),
            sum!("dropped_unwritable"),
        ))
        .first::<(i64, i64, i64)>(conn)?;
    let forgotten = click_ledger::table
        .filter(click_ledger::journal.eq(FORGOTTEN))
        .select(sum!("answers"))
        .first::<i64>(conn)?;
    let parked: i64 = click_parked::table.count().get_result(conn)?;
    Ok(ClicksState {
        counted: clicks.unsigned_abs() + forgotten.unsigned_abs(),
        dropped: Dropped {
            full: full.unsigned_abs(),
            unwritable: unwritable.unsigned_abs(),
        },
        parked: parked.unsigned_abs(),
    })
}

fn ledger(conn: &mut Conn, from: i64, to: i64) -> Outcome<BTreeMap<Timestamp, LedgerHour>> {
    let rows = click_ledger::table
        .filter(click_ledger::hour.ge(from).and(click_ledger::hour.lt(to)))
        .group_by(click_ledger::hour)
        .select((
            click_ledger::hour,
            sum!("answers"),
            sum!("of_links"),
            sum!("clicks"),
            sum!("dropped"),
        ))
        .load::<(i64, i64, i64, i64, i64)>(conn)?;
    let hour = |(hour, answers, of_links, clicks, dropped)| {
        let entry = LedgerHour::of(answers, of_links, clicks, dropped);
        (Timestamp(hour), entry)
    };
    Ok(rows.into_iter().map(hour).collect())
}

fn sums(conn: &mut Conn, from: i64, to: i64, depth: Depth) -> Outcome<BTreeMap<SumKey, u64>> {
    let of_period = click_rollups::hour.ge(from).and(click_rollups::hour.lt(to));
    let mut query = click_rollups::table
        .filter(of_period)
        .group_by((
            click_rollups::hour,
            click_rollups::scope,
            click_rollups::dimension,
        ))
        .select((
            click_rollups::hour,
            click_rollups::scope,
            click_rollups::dimension,
            sum!("clicks"),
        ))
        .into_boxed();
    if depth == Depth::Workspace {
        let dimensions = [Dimension::Total as i16, Dimension::Outcome as i16];
        query = query
            .filter(click_rollups::scope.eq(Scope::Workspace as i16))
            .filter(click_rollups::scope_id.eq(i64::from(WORKSPACE)))
            .filter(click_rollups::dimension.eq_any(dimensions));
    }
    let rows = query.load::<(i64, i16, i16, i64)>(conn)?;
    let sum = |(hour, scope, dimension, clicks): (i64, i16, i16, i64)| {
        let hour = Timestamp(hour);
        let key = SumKey {
            hour,
            scope,
            dimension,
        };
        (key, clicks.unsigned_abs())
    };
    Ok(rows.into_iter().map(sum).collect())
}

fn journals(conn: &mut Conn, depth: Depth) -> Outcome<BTreeMap<JournalId, JournalEntry>> {
    let mut journals: BTreeMap<JournalId, JournalEntry> = BTreeMap::new();
    let rows = click_journals::table
        .select((
            click_journals::journal,
            click_journals::applied,
            click_journals::counted,
            click_journals::parked,
            click_journals::lost,
            click_journals::clicks,
        ))
        .load::<(Vec<u8>, i64, i64, i64, i64, i64)>(conn)?;
    for (id, applied, counted, parked, lost, answers) in rows {
        let journal = journals.entry(name(id)).or_default();
        journal.applied = applied.unsigned_abs();
        journal.counted = counted.unsigned_abs();
        journal.parked = parked.unsigned_abs();
        journal.lost = lost.unsigned_abs();
        journal.answers = answers.unsigned_abs();
    }
    let names = click_segments::table.select((click_segments::journal, click_segments::number));
    for (id, number) in names.load::<(Vec<u8>, i64)>(conn)? {
        let journal = journals.entry(name(id)).or_default();
        journal.beyond.insert(number.unsigned_abs());
    }
    if depth == Depth::All {
        let entered = click_ledger::table
            .filter(click_ledger::journal.ne(FORGOTTEN))
            .group_by(click_ledger::journal)
            .select((click_ledger::journal, sum!("answers")));
        for (id, answers) in entered.load::<(Vec<u8>, i64)>(conn)? {
            journals.entry(name(id)).or_default().entered = answers.unsigned_abs();
        }
    }
    Ok(journals)
}

fn name(id: Vec<u8>) -> JournalId {
    JournalId(id.try_into().unwrap_or_default())
}

fn totals(conn: &mut Conn) -> Outcome<ClickTotals> {
    let (human, preview, crawler, prefetch) = click_totals::table
        .select((
            sum!("human"),
            sum!("preview"),
            sum!("crawler"),
            sum!("prefetch"),
        ))
        .first::<(i64, i64, i64, i64)>(conn)?;
    let mut totals = ClickTotals::default();
    for (class, clicks) in Class::ALL.iter().zip([human, preview, crawler, prefetch]) {
        totals.add(*class, clicks.unsigned_abs());
    }
    Ok(totals)
}

/// What the workspace's series sums up to.
fn series(conn: &mut Conn) -> Outcome<ClickTotals> {
    let rows = click_rollups::table
        .filter(click_rollups::scope.eq(Scope::Workspace as i16))
        .filter(click_rollups::scope_id.eq(i64::from(WORKSPACE)))
        .filter(click_rollups::dimension.eq(Dimension::Total as i16))
        .group_by(click_rollups::class)
        .select((click_rollups::class, sum!("clicks")))
        .load::<(i16, i64)>(conn)?;
    let mut totals = ClickTotals::default();
    for (class, clicks) in rows {
        let class = usize::try_from(class).ok();
        if let Some(class) = class.and_then(|class| Class::ALL.get(class)) {
            totals.add(*class, clicks.unsigned_abs());
        }
    }
    Ok(totals)
}
