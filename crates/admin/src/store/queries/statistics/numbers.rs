//! Reads sums: series, breakdowns, visitors.

use std::fmt::Write;

use diesel::{
    prelude::*,
    sql_types::{BigInt, SmallInt, Text},
};
use suo_link::{time::Timestamp, wire::clicks::Class};

use super::super::{Conn, Outcome};
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

/// The table that holds a dimension for this question, and its column of time.
fn table(of: &NumbersOf, dimension: Dimension) -> (&'static str, &'static str) {
    let is_by_day = of.scope != Scope::Link || dimension == Dimension::Total;
    match of.interval {
        Interval::Day if is_by_day => ("click_days", "day"),
        _ => ("click_rollups", "hour"),
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
    let (table, time) = table(of, dimension);
    let mut sums = String::new();
    let mut classes = String::new();
    for class in Class::ALL {
        let (number, name) = (*class as i16, class.as_str());
        // Writing to a string does not fail.
        let _ = write!(
            sums,
            ", CAST(sum(CASE WHEN class = {number} THEN clicks ELSE 0 END) AS BIGINT) AS {name}"
        );
        if of.classes.contains(class) {
            let comma = if classes.is_empty() { "" } else { ", " };
            let _ = write!(classes, "{comma}{number}");
        }
    }
    let rows = diesel::sql_query(format!(
        "SELECT value{sums} FROM {table} \
         WHERE scope = $1 AND scope_id = $2 AND dimension = $3 AND {time} >= $4 AND {time} < $5 \
         AND class IN ({classes}) GROUP BY value ORDER BY sum(clicks) DESC, value LIMIT $6"
    ))
    .bind::<SmallInt, _>(of.scope as i16)
    .bind::<BigInt, _>(of.id)
    .bind::<SmallInt, _>(dimension as i16)
    .bind::<BigInt, _>(of.from.0)
    .bind::<BigInt, _>(of.to.0)
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
