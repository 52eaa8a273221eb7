//! The same sums by hour, by day and by span.

use diesel::{
    prelude::*,
    sql_types::{BigInt, SmallInt},
};

use super::super::{super::Conn, Outcome, rollups::SPAN};
use crate::store::Cuts;

#[derive(QueryableByName)]
struct Sum {
    /// When the span begins.
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = SmallInt)]
    scope: i16,
    #[diesel(sql_type = SmallInt)]
    dimension: i16,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
}

pub(super) fn read(conn: &mut Conn) -> Outcome<Cuts> {
    let all = |sum: Sum| ((sum.scope, sum.dimension), sum.clicks.unsigned_abs());
    let by_span = |sum: Sum| {
        let key = (sum.at, sum.scope, sum.dimension);
        (key, sum.clicks.unsigned_abs())
    };
    let span_of_day = format!("day - day % {SPAN}");
    let spans = sums(conn, "click_spans", "span")?;
    let days = sums(conn, "click_days", "CAST(0 AS BIGINT)")?;
    let days_of_spans = sums(conn, "click_days", &span_of_day)?;
    let hours = sums(conn, "click_rollups", "CAST(0 AS BIGINT)")?;
    Ok(Cuts {
        hours: hours.into_iter().map(all).collect(),
        days: days.into_iter().map(all).collect(),
        days_of_spans: days_of_spans.into_iter().map(by_span).collect(),
        spans: spans.into_iter().map(by_span).collect(),
    })
}

fn sums(conn: &mut Conn, table: &str, at: &str) -> Outcome<Vec<Sum>> {
    let sums = diesel::sql_query(format!(
        "SELECT {at} AS at, scope, dimension, CAST(SUM(clicks) AS BIGINT) AS clicks \
         FROM {table} GROUP BY 1, 2, 3"
    ));
    Ok(sums.load(conn)?)
}
