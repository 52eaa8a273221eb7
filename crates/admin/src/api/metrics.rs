//! `GET /metrics`: Prometheus text, for whoever bears the internal token or a key that may read.

use std::{fmt::Write, sync::atomic::Ordering::Relaxed};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};

use crate::{
    auth::Reader,
    clicks::audit::audit,
    problem::Problem,
    state::State,
    store::{Depth, Period},
};

/// Every metric of the admin: name and help text are an interface.
pub const TABLE: [(&str, &str); 12] = [
    (
        "suo_admin_outbox_age_seconds",
        "Age of the oldest change that is not published; 0: none waits",
    ),
    (
        "suo_admin_generation",
        "The life of the instance's history in which positions count",
    ),
    (
        "suo_admin_numbered_seq",
        "The highest seq that was given to a message",
    ),
    (
        "suo_admin_published_seq",
        "The highest seq that was published",
    ),
    (
        "suo_admin_rebuild_running",
        "1 while an admin rebuilds the projection in Redis",
    ),
    (
        "suo_admin_clicks_counted",
        "Answers in segments that were counted, of all outcomes",
    ),
    (
        "suo_admin_clicks_dropped",
        "Answers that edges could not record, as far as their segments tell",
    ),
    (
        "suo_admin_segments_parked",
        "Segments of clicks that could not be read or counted",
    ),
    (
        "suo_admin_segments_in_stream",
        "Segments of clicks that wait in Redis to be counted; 0 in the quick start",
    ),
    (
        "suo_admin_segments_applied_twice",
        "Segments of clicks that were counted more than once; anything but 0 is a bug or broken data",
    ),
    (
        "suo_admin_clicks_mismatch",
        "Answers of the last two days by which sums differ from what counted segments held",
    ),
    (
        "suo_admin_clicks_withheld",
        "Clicks of limited links in blocks whose time was over a minute ago: their edge has not come back",
    ),
];

/// How far back sums are looked at for a metric; `audit` looks at all.
const RECENT: i64 = 48 * 3600 * 1000;

/// In milliseconds; an edge that was only away for a moment is back by then.
const A_MINUTE: i64 = 60_000;

/// What the admin can say about publication. Not part of the API document.
pub(crate) async fn metrics(
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let is_internal = state
        .internal_token
        .as_ref()
        .is_some_and(|token| token.is_borne_by(&request));
    if !is_internal {
        Reader::from_request(&request, &mut Payload::None).await?;
    }
    let now = state.now();
    let recent = Period {
        from: Some(now.plus(-RECENT)),
        to: None,
    };
    let (relay, oldest, clicks, audit, withheld) = state
        .ask(move |store| {
            Ok((
                store.relay_state()?,
                store.outbox_oldest()?,
                store.clicks_state()?,
                audit(store, None, &recent, Depth::Workspace)?,
                store.leases_overdue(now.plus(-A_MINUTE))?,
            ))
        })
        .await?;
    let is_rebuilding = relay.rebuild_until.is_some_and(|until| until > now);
    let values = [
        oldest.map_or(0.0, |oldest| now.since(oldest) as f64 / 1000.0),
        f64::from(relay.generation.0),
        relay.numbered as f64,
        relay.published as f64,
        f64::from(u8::from(is_rebuilding)),
        clicks.counted as f64,
        (clicks.dropped.full + clicks.dropped.unwritable) as f64,
        clicks.parked as f64,
        state.segments_in_stream.load(Relaxed) as f64,
        audit.applied_twice as f64,
        audit.mismatch() as f64,
        withheld as f64,
    ];
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(text(values)))
}

fn text(values: [f64; TABLE.len()]) -> String {
    TABLE
        .iter()
        .zip(values)
        .fold(String::new(), |mut text, ((name, help), value)| {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}"
            );
            text
        })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_manual_names_every_metric() {
        let manual = include_str!("../../../../docs/operations.md");
        for (name, _) in super::TABLE {
            assert!(manual.contains(&format!("`{name}`")), "{name}");
        }
    }
}
