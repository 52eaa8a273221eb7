//! What counted journals say of blocks.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{dsl::exists, prelude::*, select};
use suo_link::{
    time::Timestamp,
    wire::clicks::{JournalId, Segment},
};

use super::{Block, Conn, Outcome, blocks, dialect, lock, settle};
use crate::store::{
    Watermark,
    schema::{click_holders, click_leases, click_parked},
};

/// Blocks of one statement.
const AT_ONCE: usize = 5000;

/// Notes what segments that are counted just now say of blocks: which have paid for clicks, and which
/// journals end. The last thing in the transaction that counts them.
pub(in super::super) fn apply(
    conn: &mut Conn,
    fresh: &[&Segment],
    watermarks: &[Watermark],
    now: Timestamp,
) -> Outcome<()> {
    for segment in in_order(fresh).filter(|segment| segment.is_end()) {
        note_end(conn, segment, now)?;
    }
    let ended = ended(conn, watermarks)?;
    note_used(conn, fresh)?;
    free(conn, &ended)
}

/// Takes blocks back whose journals are counted to their end.
pub(in super::super) fn end(conn: &mut Conn, watermark: Watermark) -> Outcome<()> {
    let ended = ended(conn, &[watermark])?;
    free(conn, &ended)
}

fn in_order<'a>(segments: &[&'a Segment]) -> impl Iterator<Item = &'a Segment> {
    let mut segments = segments.to_vec();
    segments.sort_by_key(|segment| segment.name);
    segments.into_iter()
}

/// No request of this journal is heard from here on: it was made before the journal's last segment, or
/// by nobody.
fn note_end(conn: &mut Conn, segment: &Segment, now: Timestamp) -> Outcome<()> {
    let number = segment.name.number as i64;
    diesel::insert_into(click_holders::table)
        .values((
            click_holders::journal.eq(segment.name.journal.0.as_slice()),
            click_holders::turn.eq(i64::MAX),
            click_holders::ends_at.eq(number),
            click_holders::seen_at.eq(now.0),
        ))
        .on_conflict(click_holders::journal)
        .do_update()
        .set((
            click_holders::turn.eq(i64::MAX),
            click_holders::ends_at.eq(number),
            click_holders::seen_at.eq(now.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// The journals that are counted to their end.
fn ended(conn: &mut Conn, watermarks: &[Watermark]) -> Outcome<Vec<JournalId>> {
    let journals: Vec<&[u8]> = watermarks
        .iter()
        .map(|watermark| watermark.journal.0.as_slice())
        .collect();
    let ends = click_holders::table
        .filter(click_holders::journal.eq_any(journals))
        .select((click_holders::journal, click_holders::ends_at))
        .load::<(Vec<u8>, Option<i64>)>(conn)?;
    let is_over = |watermark: &&Watermark| {
        let end = ends
            .iter()
            .find(|(journal, _)| *journal == watermark.journal.0);
        let end = end.and_then(|(_, end)| *end);
        end.is_some_and(|end| end.unsigned_abs() <= watermark.applied)
    };
    let ended = watermarks.iter().filter(is_over);
    Ok(ended.map(|watermark| watermark.journal).collect())
}

/// Most blocks were given back meanwhile, and are not there any more: their journals have said what was
/// used.
fn note_used(conn: &mut Conn, fresh: &[&Segment]) -> Outcome<()> {
    let mut used: BTreeMap<(u64, JournalId), i64> = BTreeMap::new();
    for segment in fresh {
        for click in segment.clicks.iter().filter(|click| click.lease != 0) {
            *used.entry((click.lease, segment.name.journal)).or_default() += 1;
        }
    }
    let named: Vec<i64> = used.keys().map(|(lease, _)| *lease as i64).collect();
    let mut out = BTreeSet::new();
    for named in named.chunks(AT_ONCE) {
        let known = click_leases::table.filter(click_leases::id.eq_any(named));
        out.extend(known.select(click_leases::id).load::<i64>(conn)?);
    }
    used.retain(|(lease, _), _| out.contains(&(*lease as i64)));
    for ((lease, journal), clicks) in used {
        let block = click_leases::table
            .find(lease as i64)
            .filter(click_leases::journal.eq(journal.0.as_slice()));
        diesel::update(block)
            .set(click_leases::used.eq(click_leases::used + clicks))
            .execute(conn)?;
    }
    Ok(())
}

fn free(conn: &mut Conn, ended: &[JournalId]) -> Outcome<()> {
    let mut closed: Vec<(Block, i64)> = Vec::new();
    for journal in ended {
        dialect::lock_holder(conn, &journal.0)?;
    }
    for journal in ended {
        let blocks = blocks(conn, &journal.0)?;
        if blocks.is_empty() {
            continue;
        }
        // Nobody knows what is in a segment that cannot be read: all may be used.
        let parked = click_parked::table.filter(click_parked::journal.eq(journal.0.as_slice()));
        let is_whole = !select(exists(parked)).get_result::<bool>(conn)?;
        let used = |block: &Block| {
            if is_whole {
                block.used.min(block.size)
            } else {
                block.size
            }
        };
        closed.extend(blocks.into_iter().map(|block| {
            let used = used(&block);
            (block, used)
        }));
    }
    if closed.is_empty() {
        return Ok(());
    }
    let links: BTreeSet<i64> = closed.iter().map(|(block, _)| block.link).collect();
    let mut consumed = lock(conn, &BTreeSet::new(), &links)?;
    settle(conn, &closed, &mut consumed)
}
