//! At most so many hosts of referrers a day have a row of their own; the others are "other".
//!
//! Which ones have is one value a scope and day, so that a flood of hosts that nobody has heard of costs
//! neither rows nor time.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{prelude::*, upsert::excluded};
use suo_link::time::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::super::{Conn, Outcome, dialect};
use crate::{
    clicks::{
        Hours,
        tally::{Dimension, Key, OTHER, Scope},
    },
    store::schema::click_hosts,
};

/// Rows of one statement.
const ROWS: usize = 1000;

/// Where hosts are counted: scope, id, day.
pub(in super::super) type Place = (i16, i64, i64);

/// Hosts of a place, by their hashes.
type Hosts = BTreeSet<u64>;

#[derive(Insertable)]
#[diesel(table_name = click_hosts, treat_none_as_default_value = false)]
struct HostsRow {
    scope: i16,
    scope_id: i64,
    day: i64,
    hosts: Vec<u8>,
}

/// The most hosts a day.
fn bound(scope: i16) -> usize {
    if scope == Scope::Link as i16 || scope == Scope::Tag as i16 {
        200
    } else {
        1000
    }
}

/// Makes "other" of hosts that are too many.
pub(super) fn limit(
    conn: &mut Conn,
    rows: BTreeMap<Key, u64>,
    hours: &Hours,
) -> Outcome<BTreeMap<Key, u64>> {
    let mut day = hours.cut_days();
    let mut wanted: BTreeMap<Place, Hosts> = BTreeMap::new();
    for key in rows.keys().filter(|key| is_host(key)) {
        let hosts = wanted.entry(place(key, day(key.hour))).or_default();
        hosts.insert(hash(key));
    }
    let known = known(conn, &wanted)?;
    if known.is_empty() {
        return Ok(rows);
    }
    let mut kept = BTreeMap::new();
    for (mut key, clicks) in rows {
        if is_host(&key)
            && let Some(hosts) = known.get(&place(&key, day(key.hour)))
            && !hosts.contains(&hash(&key))
        {
            key.value = OTHER.into();
        }
        *kept.entry(key).or_default() += clicks;
    }
    Ok(kept)
}

pub(in super::super) fn forget(conn: &mut Conn, before: Timestamp, limit: usize) -> Outcome<usize> {
    let old = click_hosts::table
        .filter(click_hosts::day.lt(before.0))
        .order(click_hosts::day)
        .limit(limit as i64)
        .select((click_hosts::scope, click_hosts::scope_id, click_hosts::day))
        .load::<Place>(conn)?;
    for place in &old {
        diesel::delete(click_hosts::table.find(*place)).execute(conn)?;
    }
    Ok(old.len())
}

/// The hosts that have a row, of places where not all that are wanted have one already.
fn known(conn: &mut Conn, wanted: &BTreeMap<Place, Hosts>) -> Outcome<BTreeMap<Place, Hosts>> {
    let seen = read(conn, wanted.keys(), false)?;
    let is_short = |(place, hosts): &(&Place, &Hosts)| match seen.get(place) {
        Some(seen) => !hosts.is_subset(seen),
        None => true,
    };
    let short: BTreeSet<Place> = wanted
        .iter()
        .filter(is_short)
        .map(|(place, _)| *place)
        .collect();
    if short.is_empty() {
        return Ok(BTreeMap::new());
    }
    // Rows first, so that there is something to lock; in order, so that two admins don't deadlock.
    let empty: Vec<HostsRow> = short
        .iter()
        .map(|place| row(*place, &Hosts::new()))
        .collect();
    for rows in empty.chunks(ROWS) {
        diesel::insert_into(click_hosts::table)
            .values(rows)
            .on_conflict((click_hosts::scope, click_hosts::scope_id, click_hosts::day))
            .do_nothing()
            .execute(conn)?;
    }
    let mut known = read(conn, short.iter(), true)?;
    let mut changed = Vec::new();
    for (place, hosts) in &mut known {
        let before = hosts.len();
        let more = wanted.get(place).into_iter().flatten().copied();
        for host in more {
            if hosts.len() >= bound(place.0) {
                break;
            }
            hosts.insert(host);
        }
        if hosts.len() > before {
            changed.push(row(*place, hosts));
        }
    }
    write(conn, &changed)?;
    Ok(known)
}

fn read<'a>(
    conn: &mut Conn,
    places: impl Iterator<Item = &'a Place>,
    is_locking: bool,
) -> Outcome<BTreeMap<Place, Hosts>> {
    let mut groups: BTreeMap<(i16, i64), Vec<i64>> = BTreeMap::new();
    for (scope, id, day) in places {
        groups.entry((*scope, *day)).or_default().push(*id);
    }
    let mut found = BTreeMap::new();
    for ((scope, day), ids) in groups {
        for ids in ids.chunks(ROWS) {
            for (id, bytes) in dialect::hosts(conn, scope, day, ids, is_locking)? {
                let hosts = bytes.as_chunks::<8>().0.iter();
                let hosts = hosts.map(|bytes| u64::from_le_bytes(*bytes)).collect();
                found.insert((scope, id, day), hosts);
            }
        }
    }
    Ok(found)
}

fn write(conn: &mut Conn, rows: &[HostsRow]) -> Outcome<()> {
    for rows in rows.chunks(ROWS) {
        diesel::insert_into(click_hosts::table)
            .values(rows)
            .on_conflict((click_hosts::scope, click_hosts::scope_id, click_hosts::day))
            .do_update()
            .set(click_hosts::hosts.eq(excluded(click_hosts::hosts)))
            .execute(conn)?;
    }
    Ok(())
}

fn row((scope, scope_id, day): Place, hosts: &Hosts) -> HostsRow {
    HostsRow {
        scope,
        scope_id,
        day,
        hosts: hosts.iter().flat_map(|host| host.to_le_bytes()).collect(),
    }
}

fn is_host(key: &Key) -> bool {
    key.dimension == Dimension::Referrer && &*key.value != OTHER
}

fn place(key: &Key, day: Timestamp) -> Place {
    (key.scope as i16, key.id, day.0)
}

fn hash(key: &Key) -> u64 {
    xxh3_64(key.value.as_bytes())
}
