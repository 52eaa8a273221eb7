//! What counted segments held, by journal and hour: written beside the sums, and not made of them, so
//! that an audit can hold one against the other.

use std::collections::BTreeMap;

use diesel::{prelude::*, upsert::excluded};
use suo_link::{
    time::Timestamp,
    wire::clicks::{JournalId, Segment},
};

use super::super::{Conn, Outcome};
use crate::{
    clicks::Hours,
    store::{LedgerHour, schema::click_ledger},
};

/// The name of all journals that are forgotten.
pub(super) const FORGOTTEN: &[u8] = &[];

/// Enters segments of one journal, whose row is locked, and what was dropped before them.
pub(super) fn enter(
    conn: &mut Conn,
    journal: JournalId,
    segments: &[&Segment],
    dropped: i64,
    hours: &Hours,
    now: Timestamp,
) -> Outcome<()> {
    let mut cut = hours.cut();
    let mut entries: BTreeMap<i64, LedgerHour> = BTreeMap::new();
    for click in segments.iter().flat_map(|segment| &segment.clicks) {
        let entry = entries.entry(cut(click.at).0).or_default();
        entry.answers += 1;
        entry.of_links += u64::from(click.link.0 != 0);
        entry.clicks += u64::from(click.outcome.is_click());
    }
    let last = entries.last_key_value().map(|(hour, _)| *hour);
    let last = last.unwrap_or_else(|| hours.begin(now).0);
    entries.entry(last).or_default().dropped += dropped.unsigned_abs();
    add(conn, &journal.0, &entries)
}

/// Moves what these journals have entered to the one without a name.
pub(super) fn fold(conn: &mut Conn, journals: &[Vec<u8>]) -> Outcome<()> {
    let theirs = click_ledger::table.filter(click_ledger::journal.eq_any(journals));
    let rows = theirs
        .select((
            click_ledger::hour,
            click_ledger::answers,
            click_ledger::of_links,
            click_ledger::clicks,
            click_ledger::dropped,
        ))
        .load::<(i64, i64, i64, i64, i64)>(conn)?;
    let mut entries: BTreeMap<i64, LedgerHour> = BTreeMap::new();
    for (hour, answers, of_links, clicks, dropped) in rows {
        *entries.entry(hour).or_default() += LedgerHour::of(answers, of_links, clicks, dropped);
    }
    diesel::delete(click_ledger::table.filter(click_ledger::journal.eq_any(journals)))
        .execute(conn)?;
    add(conn, FORGOTTEN, &entries)
}

fn add(conn: &mut Conn, journal: &[u8], entries: &BTreeMap<i64, LedgerHour>) -> Outcome<()> {
    for (hour, entry) in entries {
        diesel::insert_into(click_ledger::table)
            .values((
                click_ledger::journal.eq(journal),
                click_ledger::hour.eq(hour),
                click_ledger::answers.eq(entry.answers as i64),
                click_ledger::of_links.eq(entry.of_links as i64),
                click_ledger::clicks.eq(entry.clicks as i64),
                click_ledger::dropped.eq(entry.dropped as i64),
            ))
            .on_conflict((click_ledger::journal, click_ledger::hour))
            .do_update()
            .set((
                click_ledger::answers.eq(click_ledger::answers + excluded(click_ledger::answers)),
                click_ledger::of_links
                    .eq(click_ledger::of_links + excluded(click_ledger::of_links)),
                click_ledger::clicks.eq(click_ledger::clicks + excluded(click_ledger::clicks)),
                click_ledger::dropped.eq(click_ledger::dropped + excluded(click_ledger::dropped)),
            ))
            .execute(conn)?;
    }
    Ok(())
}
