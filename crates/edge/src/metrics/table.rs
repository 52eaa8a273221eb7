//! Every metric of the edge: name, meaning, where its number is read.

use super::{Kind, Metric, Reading, Sources};
use crate::clicks::Counts;
use crate::serve::connections::ConnectionCounts;

/// Every metric of the edge.
pub static METRICS: &[Metric] = &[
    counter(
        "suo_edge_requests_total",
        "Requests answered, by outcome",
        |from| Reading::By("outcome", from.outcomes()),
    ),
    counter(
        "suo_edge_bad_heads_total",
        "Request heads that were refused before anything was looked up, by reason",
        |from| bad_heads(from.connections.counts()),
    ),
    gauge(
        "suo_edge_connections",
        "Connections of visitors open now",
        |from| Reading::Number(from.connections.counts().open),
    ),
    counter(
        "suo_edge_connections_accepted_total",
        "Connections of visitors accepted",
        |from| Reading::Number(from.connections.counts().accepted),
    ),
    counter(
        "suo_edge_connections_refused_total",
        "Connections closed at once because too many were open",
        |from| Reading::Number(from.connections.counts().refused),
    ),
    counter(
        "suo_edge_cache_hits_total",
        "Questions answered from memory with a link",
        |from| Reading::Number(from.counters.cache_hits.total()),
    ),
    counter(
        "suo_edge_cache_absences_total",
        "Questions answered from memory with a remembered absence",
        |from| Reading::Number(from.counters.absences_served.total()),
    ),
    counter(
        "suo_edge_cache_misses_total",
        "Questions that memory could not answer",
        |from| Reading::Number(from.counters.cache_misses.total()),
    ),
    gauge(
        "suo_edge_lookups_in_flight",
        "Lookups under way now",
        |from| Reading::Number(from.counters.lookups_in_flight.value()),
    ),
    counter(
        "suo_edge_lookups_total",
        "Lookups begun; visitors who ask for the same code share one",
        |from| Reading::Number(from.counters.lookups.total()),
    ),
    counter(
        "suo_edge_lookups_failed_total",
        "Questions to Redis that it did not answer",
        |from| Reading::Number(from.counters.lookups_failed.total()),
    ),
    counter(
        "suo_edge_lookups_refused_total",
        "Lookups not begun because too many were under way",
        |from| Reading::Number(from.counters.lookups_refused.total()),
    ),
    counter(
        "suo_edge_resolves_total",
        "Questions to the admin, asked when Redis is not believed",
        |from| Reading::Number(from.counters.resolves.total()),
    ),
    counter(
        "suo_edge_resolves_failed_total",
        "Questions to the admin that it did not answer",
        |from| Reading::Number(from.counters.resolves_failed.total()),
    ),
    counter(
        "suo_edge_stale_answers_total",
        "Answers from memory that nobody could confirm",
        |from| Reading::Number(from.counters.stale_served.total()),
    ),
    counter(
        "suo_edge_doubts_total",
        "Questions that nobody could answer",
        |from| Reading::Number(from.counters.doubts.total()),
    ),
    counter(
        "suo_edge_unknown_records_total",
        "Records that are broken or that a newer suo wrote",
        |from| Reading::Number(from.counters.unknown_records.total()),
    ),
    counter(
        "suo_edge_notices_total",
        "Messages about changes that were applied",
        |from| Reading::Number(from.counters.notices.total()),
    ),
    counter(
        "suo_edge_unreadable_notices_total",
        "Messages about changes that could not be read",
        |from| Reading::Number(from.counters.unreadable_notices.total()),
    ),
    counter(
        "suo_edge_gaps_filled_total",
        "Gaps in what was heard that the stream filled",
        |from| Reading::Number(from.counters.gaps_filled.total()),
    ),
    counter(
        "suo_edge_gaps_unfilled_total",
        "Gaps that the stream could not fill: everything in memory is confirmed again",
        |from| Reading::Number(from.counters.gaps_unfilled.total()),
    ),
    gauge(
        "suo_edge_generation",
        "Generation of the last message applied; 0 before the first",
        |from| Reading::Number(from.counters.generation.value()),
    ),
    gauge(
        "suo_edge_applied_seq",
        "Sequence number of the last message applied, within its generation",
        |from| Reading::Number(from.counters.applied_seq.value()),
    ),
    gauge(
        "suo_edge_behind",
        "Messages published and not yet applied here",
        |from| Reading::Number(from.counters.behind.value()),
    ),
    gauge(
        "suo_edge_lag_seconds",
        "Seconds since this edge was last seen to be up to date; +Inf if it never was",
        lag,
    ),
    gauge(
        "suo_edge_deaf",
        "1 while this edge cannot hear of changes, else 0",
        |from| Reading::Number(from.counters.deaf.value()),
    ),
    counter(
        "suo_edge_clicks_dropped_total",
        "Answers that were not recorded, by reason",
        |from| clicks_dropped(&from.clicks),
    ),
    gauge(
        "suo_edge_clicks_waiting",
        "Clicks in closed segments that are not known to be in the database",
        |from| Reading::Number(from.clicks.clicks_waiting.value()),
    ),
    gauge(
        "suo_edge_visitor_key_shared",
        "Whether visitors are told apart by the key of the day that all edges share",
        |from| Reading::Number(from.clicks.visitor_key_shared.value()),
    ),
    gauge(
        "suo_edge_segments_waiting",
        "Closed segments of clicks that are not known to be in the database",
        |from| Reading::Number(from.clicks.segments_waiting.value()),
    ),
    counter(
        "suo_edge_segments_shipped_total",
        "Segments of clicks that were shipped, repetitions included",
        |from| Reading::Number(from.clicks.shipped.total()),
    ),
    gauge(
        "suo_edge_ready",
        "1 when the domains are known for certain and changes are heard, else 0",
        |from| Reading::Number(u64::from(from.links.is_ready())),
    ),
];

const fn counter(name: &'static str, help: &'static str, read: fn(&Sources) -> Reading) -> Metric {
    Metric {
        name,
        help,
        kind: Kind::Counter,
        read,
    }
}

const fn gauge(name: &'static str, help: &'static str, read: fn(&Sources) -> Reading) -> Metric {
    Metric {
        name,
        help,
        kind: Kind::Gauge,
        read,
    }
}

fn bad_heads(counts: ConnectionCounts) -> Reading {
    let numbers = vec![
        ("malformed", counts.malformed_heads),
        ("too_large", counts.large_heads),
        ("too_slow", counts.slow_heads),
    ];
    Reading::By("reason", numbers)
}

fn clicks_dropped(counts: &Counts) -> Reading {
    let numbers = vec![
        ("full", counts.dropped_full.value()),
        ("unwritable", counts.dropped_unwritable.value()),
    ];
    Reading::By("reason", numbers)
}

fn lag(from: &Sources) -> Reading {
    let lag = from.links.lag();
    Reading::Seconds(lag.map_or(f64::INFINITY, |lag| lag.as_secs_f64()))
}
