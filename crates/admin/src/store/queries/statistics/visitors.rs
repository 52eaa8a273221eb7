//! How many people came: visits wait, and go into the sketches of their days.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{prelude::*, upsert::excluded};
use suo_link::time::Timestamp;

use super::super::{Conn, Outcome, dialect};
use crate::{
    clicks::{
        sketch::Sketch,
        tally::Scope,
        visits::{self, Visits},
    },
    store::schema::{click_visitors, click_visits},
};

/// Sketches of one statement: a megabyte or two.
const ROWS: usize = 500;

/// Visitors of a day, by scope and day, by id.
type Fresh = BTreeMap<(Scope, i64), BTreeMap<i64, BTreeSet<u64>>>;

#[derive(Insertable)]
#[diesel(table_name = click_visitors, treat_none_as_default_value = false)]
struct VisitorsRow {
    scope: i16,
    scope_id: i64,
    day: i64,
    visitors: i64,
    sketch: Vec<u8>,
}

/// Keeps visits until somebody has time for them.
pub(in super::super) fn keep(conn: &mut Conn, visits: &[Visits]) -> Outcome<()> {
    if !visits.is_empty() {
        diesel::insert_into(click_visits::table)
            .values(click_visits::visits.eq(visits::encode(visits)))
            .execute(conn)?;
    }
    Ok(())
}

/// Puts up to `limit` values of visits into sketches; returns how many.
pub(super) fn fold(conn: &mut Conn, limit: usize) -> Outcome<usize> {
    if !dialect::lock_visits(conn)? {
        return Ok(0);
    }
    let waiting = click_visits::table
        .order(click_visits::id)
        .limit(limit as i64)
        .select((click_visits::id, click_visits::visits))
        .load::<(i64, Vec<u8>)>(conn)?;
    let mut fresh = Fresh::new();
    for (id, bytes) in &waiting {
        match visits::decode(bytes) {
            Some(visits) => sort(&mut fresh, &visits),
            None => tracing::error!(id, "visits that cannot be read are left out"),
        }
    }
    for ((scope, day), places) in fresh {
        let places: Vec<_> = places.into_iter().collect();
        for places in places.chunks(ROWS) {
            add(conn, scope, day, places)?;
        }
    }
    let done = waiting.iter().map(|(id, _)| *id);
    diesel::delete(click_visits::table.filter(click_visits::id.eq_any(done))).execute(conn)?;
    Ok(waiting.len())
}

/// Keeps only the numbers of days before `before`: nobody comes on them any more. At most
/// `limit` a call; returns how many.
pub(super) fn close(conn: &mut Conn, before: Timestamp, limit: usize) -> Outcome<usize> {
    let key = (
        click_visitors::scope,
        click_visitors::scope_id,
        click_visitors::day,
    );
    let old = click_visitors::table
        .filter(click_visitors::day.lt(before.0))
        .filter(click_visitors::sketch.is_not_null())
        .order(click_visitors::day)
        .limit(limit as i64)
        .select(key)
        .load::<(i16, i64, i64)>(conn)?;
    for key in &old {
        diesel::update(click_visitors::table.find(*key))
            .set(click_visitors::sketch.eq(None::<Vec<u8>>))
            .execute(conn)?;
    }
    Ok(old.len())
}

fn sort(fresh: &mut Fresh, visits: &[Visits]) {
    for visit in visits {
        for (scope, id) in &visit.places {
            let places = fresh.entry((*scope, visit.day.0)).or_default();
            places.entry(*id).or_default().extend(&visit.visitors);
        }
    }
}

/// Adds visitors to the sketches of one scope and day.
fn add(conn: &mut Conn, scope: Scope, day: i64, places: &[(i64, BTreeSet<u64>)]) -> Outcome<()> {
    let ids = places.iter().map(|(id, _)| *id);
    let known = click_visitors::table
        .filter(click_visitors::scope.eq(scope as i16))
        .filter(click_visitors::day.eq(day))
        .filter(click_visitors::scope_id.eq_any(ids))
        .select((click_visitors::scope_id, click_visitors::sketch))
        .load::<(i64, Option<Vec<u8>>)>(conn)?;
    let known: BTreeMap<i64, Option<Vec<u8>>> = known.into_iter().collect();
    let grown = places
        .iter()
        .filter_map(|(id, visitors)| grown(scope, day, *id, known.get(id), visitors));
    let rows: Vec<VisitorsRow> = grown.collect();
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(click_visitors::table)
        .values(&rows)
        .on_conflict((
            click_visitors::scope,
            click_visitors::scope_id,
            click_visitors::day,
        ))
        .do_update()
        .set((
            click_visitors::visitors.eq(excluded(click_visitors::visitors)),
            click_visitors::sketch.eq(excluded(click_visitors::sketch)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The row after these visitors; `None` if it is as before, or its day is closed.
fn grown(
    scope: Scope,
    day: i64,
    id: i64,
    known: Option<&Option<Vec<u8>>>,
    visitors: &BTreeSet<u64>,
) -> Option<VisitorsRow> {
    let before = match known {
        Some(None) => return None,
        Some(Some(bytes)) => Some(bytes),
        None => None,
    };
    let mut sketch = match before.map(|bytes| Sketch::from_bytes(bytes)) {
        Some(Some(sketch)) => sketch,
        Some(None) => {
            tracing::error!(?scope, id, day, "a damaged sketch of visitors begins anew");
            Sketch::of(scope)?
        }
        None => Sketch::of(scope)?,
    };
    visitors.iter().for_each(|visitor| sketch.add(*visitor));
    let bytes = sketch.to_bytes();
    (before != Some(&bytes)).then(|| VisitorsRow {
        scope: scope as i16,
        scope_id: id,
        day,
        visitors: sketch.visitors() as i64,
        sketch: bytes,
    })
}
