//! Reads sums: series, breakdowns, visitors.

use std::fmt::Write;

use diesel::{
    prelude::*,
    sql_types::{BigInt, SmallInt, Text},
};
use suo_link::{time::Timestamp, wire::clicks::Class};

use super::super::{Conn, Outcome, clicks::rollups::SPAN};
use crate::{
    clicks::tally::{Dimension, Scope},
    store::{ClickTotals, Interval, Numbers, NumbersOf, schema::click_visitors},
};

#[derive(QueryableByName)]
struct Point {
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = SmallInt)]
    class: i16,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = BigInt)]
    human: i64,
    #[diesel(sql_type = BigInt)]
    preview: i64,
    #[diesel(sql_type = BigInt)]
    crawler: i64,
    #[diesel(sql_type = BigInt)]
    prefetch: i64,
}

pub(super) fn read(conn: &mut Conn, of: &NumbersOf) -> Outcome<Numbers> {
    let mut breakdowns = Vec::new();
    for dimension in &of.dimensions {
        breakdowns.push((*dimension, values(conn, of, *dimension)?));
    }
    Ok(Numbers {
        series: series(conn, of)?,
        visitors: visitors(conn, of)?,
        breakdowns,
    })
}

/// A table of sums, and its column of time.
type Table = (&'static str, &'static str);

const HOURS: Table = ("click_rollups", "hour");
const DAYS: Table = ("click_days", "day");
const SPANS: Table = ("click_spans", "span");

/// The table that holds a dimension for this question.
fn table(of: &NumbersOf, dimension: Dimension) -> Table {
    let is_by_day = of.scope != Scope::Link || dimension == Dimension::Total;
    match of.interval {
        Interval::Day if is_by_day => DAYS,
        _ => HOURS,
    }
}

/// What sums a dimension up over the whole time with the fewest rows: spans, and the days before and behind
/// them. A span holds the days that begin in it, so that each day is read once, whatever its zone.
fn parts(of: &NumbersOf, dimension: Dimension) -> Vec<(Table, i64, i64)> {
    let table = table(of, dimension);
    let (from, to) = (of.from.0, of.to.0);
    let first = from.saturating_add(SPAN - 1).div_euclid(SPAN) * SPAN;
    let last = to.div_euclid(SPAN) * SPAN;
    if table == DAYS && first < last {
        vec![(DAYS, from, first), (SPANS, first, last), (DAYS, last, to)]
    } else {
        vec![(table, from, to)]
    }
}

fn series(conn: &mut Conn, of: &NumbersOf) -> Outcome<Vec<(Timestamp, Class, u64)>> {
    let (table, time) = table(of, Dimension::Total);
    let rows = diesel::sql_query(format!(
        "SELECT {time} AS at, class, clicks FROM {table} \
         WHERE scope = $1 AND scope_id = $2 AND dimension = $3 AND {time} >= $4 AND {time} < $5 \
         ORDER BY {time}"
    ))
    .bind::<SmallInt, _>(of.scope as i16)
    .bind::<BigInt, _>(of.id)
    .bind::<SmallInt, _>(Dimension::Total as i16)
    .bind::<BigInt, _>(of.from.0)
    .bind::<BigInt, _>(of.to.0)
    .load::<Point>(conn)?;
    let point = |row: Point| {
        let class = *Class::ALL.get(usize::try_from(row.class).ok()?)?;
        Some((Timestamp(row.at), class, row.clicks.unsigned_abs()))
    };
    Ok(rows.into_iter().filter_map(point).collect())
}

/// The most frequent values, by the classes that are asked for.
fn values(
    conn: &mut Conn,
    of: &NumbersOf,
    dimension: Dimension,
) -> Outcome<Vec<(String, ClickTotals)>> {
    let numbers = of.classes.iter().map(|class| (*class as i16).to_string());
    let classes = numbers.collect::<Vec<_>>().join(", ");
    let part = |((table, time), from, to)| {
        format!(
            "SELECT value, class, clicks FROM {table} \
             WHERE scope = $1 AND scope_id = $2 AND dimension = $3 \
             AND {time} >= {from} AND {time} < {to} AND class IN ({classes})"
        )
    };
    let parts: Vec<String> = parts(of, dimension).into_iter().map(part).collect();
    let rows = diesel::sql_query(format!(
        "SELECT value{} FROM ({}) AS parts \
         GROUP BY value ORDER BY sum(clicks) DESC, value LIMIT $4",
        sums(&of.classes),
        parts.join(" UNION ALL ")
    ))
    .bind::<SmallInt, _>(of.scope as i16)
    .bind::<BigInt, _>(of.id)
    .bind::<SmallInt, _>(dimension as i16)
    .bind::<BigInt, _>(of.limit as i64)
    .load::<Value>(conn)?;
    let totals = |row: Value| {
        let mut totals = ClickTotals::default();
        let counts = [row.human, row.preview, row.crawler, row.prefetch];
        for (class, clicks) in Class::ALL.iter().zip(counts) {
            totals.add(*class, clicks.unsigned_abs());
        }
        (row.value, totals)
    };
    Ok(rows.into_iter().map(totals).collect())
}

/// A column for each class. Sums cost more than anything else in reading: there are no more than are asked for.
fn sums(asked: &[Class]) -> String {
    let mut sums = String::new();
    for class in Class::ALL {
        let clicks = match asked {
            [only] if only == class => "sum(clicks)".to_owned(),
            asked if asked.contains(class) => {
                let number = *class as i16;
                format!("sum(CASE WHEN class = {number} THEN clicks ELSE 0 END)")
            }
            _ => "0".to_owned(),
        };
        // Writing to a string does not fail.
        let _ = write!(sums, ", CAST({clicks} AS BIGINT) AS {}", class.as_str());
    }
    sums
}

/// People by day, of all days of which a part is asked for.
fn visitors(conn: &mut Conn, of: &NumbersOf) -> Outcome<Vec<(Timestamp, u64)>> {
    let rows = click_visitors::table
        .filter(click_visitors::scope.eq(of.scope as i16))
        .filter(click_visitors::scope_id.eq(of.id))
        .filter(click_visitors::day.ge(of.first_day.0))
        .filter(click_visitors::day.lt(of.to.0))
        .order(click_visitors::day)
        .select((click_visitors::day, click_visitors::visitors))
        .load::<(i64, i64)>(conn)?;
    let day = |(day, visitors): (i64, i64)| (Timestamp(day), visitors.unsigned_abs());
    Ok(rows.into_iter().map(day).collect())
}
