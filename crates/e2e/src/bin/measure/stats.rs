//! How long sums take: 10 000 links and 50 million clicks in roll-ups of a month, sums by day and span of 400 days, and
//! a link with roll-ups of 400 days.
//!
//! Rows are made by SQL, in the order of hours as intake would write them. Popular links are active in every hour,
//! others seldom; tags, the domain and the workspace in every hour.

use std::{error::Error, time::Instant};

use e2e::{
    api::{Api, text},
    production::Instance,
};
use serde_json::{Value, json};
use suo_testkit::{Postgres, Profile};

use crate::figures::{Figures, milliseconds};

/// How often each question is asked.
const TIMES: usize = 41;

/// Milliseconds.
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const SPAN: i64 = 32 * DAY;

/// Links, and the clicks that they have together.
pub(super) struct Plan {
    pub(super) links: usize,
    pub(super) clicks: u64,
}

/// Fills a database, asks, and shows how the database finds the answers.
pub(super) fn run(plan: &Plan) -> Result<(), Box<dyn Error>> {
    let server = Postgres::start(Profile::Fast);
    let instance = Instance::on_server(&server);
    let admin = instance.admin();
    let link = admin
        .api
        .create(&json!({"target": "https://example.com/", "tags": ["t"]}));
    let busy = admin
        .api
        .create(&json!({"target": "https://example.com/busy"}));
    let database = instance.database.name();
    let first: i64 = server
        .sql(database, "SELECT min(id) FROM links")
        .trim()
        .parse()?;
    let now: i64 = server
        .sql(
            database,
            "SELECT (extract(epoch FROM now()) * 1000)::bigint",
        )
        .trim()
        .parse()?;
    let today = now - now.rem_euclid(DAY);
    let begun = Instant::now();
    let last = server.sql(database, "SELECT max(id) FROM links");
    let mut statements = vec![of_busy(last.trim().parse()?, today)];
    statements.extend(fill(plan, first, today));
    for statement in statements {
        server.sql(database, &statement);
    }
    println!("filled in {:.0?}", begun.elapsed());
    println!("{}", server.sql(database, SIZES));
    for (what, query) in plans(first, today) {
        println!("\n{what}\n  {query}");
        let plan = server.sql(
            database,
            &format!("{PLAIN}; EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) {query}"),
        );
        plan.lines().for_each(|line| println!("    {line}"));
    }
    let ago = |days: u32| {
        let day = format!(
            "SELECT to_char(now() AT TIME ZONE 'UTC' - interval '{days} days', 'YYYY-MM-DD')"
        );
        server.sql(database, &day).trim().to_owned()
    };
    let (fortnight, year) = (ago(13), ago(399));
    let questions = [
        ("30 days, series", String::new()),
        ("30 days, seven breakdowns", BREAKDOWNS.to_owned()),
        ("400 days, referrers", format!("by=referrer&from={year}")),
        (
            "400 days, seven breakdowns",
            format!("{BREAKDOWNS}&from={year}"),
        ),
        (
            "14 days by hour, seven breakdowns",
            format!("interval=hour&{BREAKDOWNS}&from={fortnight}"),
        ),
    ];
    let path = format!("/links/{}", text(&link, "id"));
    ask(&admin.api, &path, "a popular link", &questions);
    let path = format!("/links/{}", text(&busy, "id"));
    let always = "a link that is followed in every hour of 400 days";
    ask(&admin.api, &path, always, &questions[2..4]);
    ask(&admin.api, "/domains/1", "the domain", &questions);
    ask(&admin.api, "", "the workspace", &questions);
    Ok(())
}

const SIZES: &str = "SELECT relname, (SELECT count(*) FROM click_rollups) * (relname = 'click_rollups')::int \
    + (SELECT count(*) FROM click_days) * (relname = 'click_days')::int \
    + (SELECT count(*) FROM click_spans) * (relname = 'click_spans')::int AS rows, \
    pg_size_pretty(pg_total_relation_size(oid)), \
    (SELECT sum(clicks) FROM click_rollups WHERE scope = 3 AND dimension = 0) AS clicks \
    FROM pg_class WHERE relname IN ('click_rollups', 'click_days', 'click_spans')";

/// Dimensions by number, and how many values each has in an hour: of a link, and of all together.
const DIMENSIONS: &str = "(VALUES (0, 1, 1), (1, 4, 25), (2, 4, 8), (3, 2, 4), (4, 8, 150), (5, 5, 60), \
    (6, 3, 30), (8, 2, 2), (9, 1, 0), (10, 2, 12)) AS dimensions (dimension, few, many)";

fn fill(plan: &Plan, first: i64, today: i64) -> Vec<String> {
    let begin = today - 29 * DAY;
    let links = plan.links;
    // A link is active in so many of 720 hours that all together are: 720 of the first forty, then less and less.
    let popular = 40.0;
    let active = 720.0 * popular * (1.0 + (links as f64 / popular).ln());
    let each = plan.clicks as f64 / active;
    let hourly = plan.clicks / 720;
    let of_links = format!(
        "INSERT INTO click_rollups \
         SELECT 0, {first} + link - 1, dimension, {begin} + hour * {HOUR}::bigint, 0, \
         CASE dimension WHEN 0 THEN '' ELSE 'value-' || value END, ceil({each} / value) \
         FROM generate_series(0, 719) AS hour \
         CROSS JOIN generate_series(1, {links}) AS link CROSS JOIN {DIMENSIONS} \
         CROSS JOIN LATERAL generate_series(1, few) AS value \
         WHERE mod(hashint8(link * 1000 + hour)::bigint + 2147483648, 1000) < 1000 * {popular} / link \
         ORDER BY hour, link, dimension, value ON CONFLICT DO NOTHING"
    );
    // Tags, the domain, the workspace.
    let of_all = format!(
        "INSERT INTO click_rollups \
         SELECT scope, scope_id, dimension, {begin} + hour * {HOUR}::bigint, class, \
         CASE dimension WHEN 0 THEN '' ELSE 'value-' || value END, ceil({hourly} / (value + class * 9)) \
         FROM generate_series(0, 719) AS hour \
         CROSS JOIN (SELECT 1 AS scope, tag AS scope_id FROM generate_series(1, 20) AS tag \
         UNION ALL VALUES (2, 1), (3, 1)) AS scopes \
         CROSS JOIN generate_series(0, 2, 2) AS class CROSS JOIN {DIMENSIONS} \
         CROSS JOIN LATERAL generate_series(1, many / (1 + class)) AS value \
         WHERE class = 0 OR dimension IN (0, 1, 2, 4) ORDER BY hour"
    );
    // A thousand referrers a day, every day others: the most that there can be.
    let days = format!(
        "INSERT INTO click_days \
         SELECT scope, 1, dimension, {today} - day * {DAY}::bigint, 0, \
         CASE dimension WHEN 0 THEN '' WHEN 4 THEN 'host-' || mod(value * 7 + day * 13, 5000) ELSE 'value-' || value END, \
         1000 + value FROM generate_series(0, 399) AS day CROSS JOIN (VALUES (2), (3)) AS scopes (scope) \
         CROSS JOIN {DIMENSIONS} \
         CROSS JOIN LATERAL generate_series(1, CASE dimension WHEN 4 THEN 700 ELSE many END) AS value \
         ORDER BY day DESC ON CONFLICT DO NOTHING"
    );
    let series = format!(
        "INSERT INTO click_days SELECT scope, scope_id, 0, hour - mod(hour, {DAY}), class, '', sum(clicks) \
         FROM click_rollups WHERE scope = 0 AND dimension = 0 GROUP BY 1, 2, 3, 4, 5 ORDER BY 4"
    );
    let visitors = format!(
        "INSERT INTO click_visitors SELECT scope, 1, {today} - day * {DAY}::bigint, 1000, NULL \
         FROM generate_series(0, 399) AS day CROSS JOIN (VALUES (2), (3)) AS scopes (scope)"
    );
    let spans = format!(
        "INSERT INTO click_spans SELECT scope, scope_id, dimension, day - mod(day, {SPAN}), class, value, sum(clicks) \
         FROM click_days WHERE scope <> 0 AND dimension <> 0 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 4"
    );
    let analyze = "VACUUM ANALYZE".to_owned();
    vec![of_links, of_all, days, series, spans, visitors, analyze]
}

/// Beside all that: one link that is followed in every hour of 400 days. It is one of the popular ones, and
/// its hours of the last month are these.
fn of_busy(link: i64, today: i64) -> String {
    let (begin, end) = (today - 399 * DAY, today + DAY);
    format!(
        "INSERT INTO click_rollups \
         SELECT 0, {link}, dimension, hour, 0, CASE dimension WHEN 0 THEN '' ELSE 'value-' || value END, 1 \
         FROM generate_series({begin}::bigint, {end}::bigint - 1, {HOUR}) AS hour CROSS JOIN {DIMENSIONS} \
         CROSS JOIN LATERAL generate_series(1, few) AS value ORDER BY hour"
    )
}

/// What a page of statistics asks for.
const BREAKDOWNS: &str = "by=app,os,device,referrer,country,language,via";

fn ask(api: &Api, path: &str, what: &str, questions: &[(&str, String)]) {
    for (name, query) in questions {
        let call = format!("{path}/stats?{query}");
        let once = || {
            let begun = Instant::now();
            let answer = api.call("GET", &call, &Value::Null);
            let took = begun.elapsed();
            assert_eq!(answer.status, 200, "{answer:?}");
            took
        };
        let first = milliseconds(once());
        let figures = Figures::new((1..TIMES).map(|_| once()).collect());
        println!("{what}: {name}: first {first:.1} ms, then {figures}");
    }
}

/// As connections of the admin are.
const PLAIN: &str = "SET max_parallel_workers_per_gather = 0";

/// The statements of `store/queries/statistics/numbers.rs`, with the most to read.
fn plans(first: i64, today: i64) -> [(&'static str, String); 4] {
    let part = |table: &str, time: &str, scope: u8, id: i64, from: i64, to: i64| {
        format!(
            "SELECT value, class, clicks FROM {table} WHERE scope = {scope} AND scope_id = {id} \
             AND dimension = 4 AND {time} >= {from} AND {time} < {to} AND class IN (0)"
        )
    };
    let values = |parts: &[String]| {
        format!(
            "SELECT value, CAST(sum(clicks) AS BIGINT) AS human FROM ({}) AS parts \
             GROUP BY value ORDER BY sum(clicks) DESC, value LIMIT 100",
            parts.join(" UNION ALL ")
        )
    };
    let series = format!(
        "SELECT day AS at, class, clicks FROM click_days WHERE scope = 0 AND scope_id = {first} \
         AND dimension = 0 AND day >= {} AND day < {} ORDER BY day",
        today - 29 * DAY,
        today + DAY
    );
    let (year, end) = (today - 399 * DAY, today + DAY);
    let spans = (
        (year + SPAN - 1).div_euclid(SPAN) * SPAN,
        end.div_euclid(SPAN) * SPAN,
    );
    let hours = |scope, id, days: i64| {
        let from = today - days * DAY;
        values(&[part("click_rollups", "hour", scope, id, from, end)])
    };
    [
        ("the series of a link", series),
        ("referrers of a link in 30 days", hours(0, first, 29)),
        (
            "referrers of everything in 400 days",
            values(&[
                part("click_days", "day", 3, 1, year, spans.0),
                part("click_spans", "span", 3, 1, spans.0, spans.1),
                part("click_days", "day", 3, 1, spans.1, end),
            ]),
        ),
        ("referrers of everything by hour, 14 days", hours(3, 1, 13)),
    ]
}
