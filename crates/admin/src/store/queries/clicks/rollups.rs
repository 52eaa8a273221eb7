//! Adds to the roll-ups: by hour, by day, and by span of 32 days, each made for what is asked of it.

use std::collections::BTreeMap;

use diesel::{prelude::*, upsert::excluded};

use super::{super::Conn, Outcome, ROWS};
use crate::{
    clicks::{
        Hours,
        tally::{Dimension, Key, Scope},
    },
    store::schema::{click_days, click_rollups, click_spans},
};

/// Milliseconds of a span. It begins where its number since 1970 says, and holds the days that begin in it,
/// whatever their zone. Longer ones would leave more days at both ends of a question to be read one by one.
pub(in super::super) const SPAN: i64 = 32 * 24 * 3600 * 1000;

/// Scope, id, dimension, time, class, value: the order in which rows are written.
type RowKey<'a> = (i16, i64, i16, i64, i16, &'a str);

type Rows<'a> = BTreeMap<RowKey<'a>, i64>;

/// A table of sums whose time is called `$time`: its row, and how rows are added to it.
macro_rules! table {
    ($add:ident, $row:ident, $table:ident, $time:ident) => {
        #[derive(Insertable)]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        struct $row<'a> {
            scope: i16,
            scope_id: i64,
            dimension: i16,
            $time: i64,
            class: i16,
            value: &'a str,
            clicks: i64,
        }

        fn $add<'a>(conn: &mut Conn, rows: impl Iterator<Item = (RowKey<'a>, i64)>) -> Outcome<()> {
            let row = |((scope, scope_id, dimension, $time, class, value), clicks)| $row {
                scope,
                scope_id,
                dimension,
                $time,
                class,
                value,
                clicks,
            };
            let rows: Vec<$row<'_>> = rows.map(row).collect();
            for rows in rows.chunks(ROWS) {
                diesel::insert_into($table::table)
                    .values(rows)
                    .on_conflict((
                        $table::scope,
                        $table::scope_id,
                        $table::dimension,
                        $table::$time,
                        $table::class,
                        $table::value,
                    ))
                    .do_update()
                    .set($table::clicks.eq($table::clicks + excluded($table::clicks)))
                    .execute(conn)?;
            }
            Ok(())
        }
    };
}

table!(add_hours, HourRow, click_rollups, hour);
table!(add_days, DayRow, click_days, day);
table!(add_spans, SpanRow, click_spans, span);

/// Adds sums by hour to all of them.
pub(super) fn add(conn: &mut Conn, rows: &BTreeMap<Key, u64>, hours: &Hours) -> Outcome<()> {
    let days = days(rows, hours);
    let spans = spans(&days);
    add_hours(conn, rows.iter().map(row))?;
    add_days(conn, days.into_iter())?;
    add_spans(conn, spans.into_iter())
}

fn row<'a>((key, clicks): (&'a Key, &u64)) -> (RowKey<'a>, i64) {
    let (scope, dimension, class) = (key.scope as i16, key.dimension as i16, key.class as i16);
    let key = (scope, key.id, dimension, key.hour.0, class, &*key.value);
    (key, *clicks as i64)
}

/// What is asked for by day over a long time: of a link its series, of others everything.
fn days<'a>(rows: &'a BTreeMap<Key, u64>, hours: &Hours) -> Rows<'a> {
    let mut day = hours.cut_days();
    let mut days = Rows::new();
    for row in rows {
        let key = row.0;
        if key.scope != Scope::Link || key.dimension == Dimension::Total {
            let begins = day(key.hour).0;
            let ((scope, id, dimension, _, class, value), clicks) = self::row(row);
            *days
                .entry((scope, id, dimension, begins, class, value))
                .or_default() += clicks;
        }
    }
    days
}

/// What may have thousands of values in a year; a series is asked for by day.
fn spans<'a>(days: &Rows<'a>) -> Rows<'a> {
    let mut spans = Rows::new();
    for ((scope, id, dimension, day, class, value), clicks) in days {
        if *dimension != Dimension::Total as i16 {
            let span = day - day.rem_euclid(SPAN);
            *spans
                .entry((*scope, *id, *dimension, span, *class, *value))
                .or_default() += clicks;
        }
    }
    spans
}
