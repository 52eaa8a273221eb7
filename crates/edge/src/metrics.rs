//! What the operator can watch. Names and help texts are an interface: dashboards and alerts
//! rely on them, and `docs/operations.md` lists them all.

mod table;

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, text},
    metrics::{MetricType, exemplar::Exemplar},
    registry::Registry,
};

use crate::{
    clicks::Counts,
    counters::Counters,
    links::Links,
    outcome::{Outcome, Outcomes},
    serve::connections::Connections,
};
pub use table::METRICS;

/// The media type of what [`Metrics::text`] returns.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One metric of the edge.
pub struct Metric {
    /// As it is scraped; counters end in `_total`.
    pub name: &'static str,
    /// What it counts or measures, and in which unit.
    pub help: &'static str,
    /// Whether it can fall.
    pub kind: Kind,
    read: fn(&Sources) -> Reading,
}

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, until a restart.
    Counter,
    /// It rises and falls.
    Gauge,
}

/// What a metric says at one moment.
enum Reading {
    Number(u64),
    Seconds(f64),
    /// Label, and a number for each of its values.
    By(&'static str, Vec<(&'static str, u64)>),
}

/// Where the numbers come from.
pub(crate) struct Sources {
    pub(crate) links: Arc<Links>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) connections: Arc<Connections>,
    /// One for each worker.
    pub(crate) outcomes: Vec<Arc<Outcomes>>,
    pub(crate) clicks: Arc<Counts>,
}

impl Sources {
    fn outcomes(&self) -> Vec<(&'static str, u64)> {
        let total = |outcome: Outcome| Outcomes::total(&self.outcomes, outcome);
        let pair = |outcome: Outcome| (outcome.as_str(), total(outcome));
        Outcome::ALL.map(pair).to_vec()
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").finish_non_exhaustive()
    }
}

/// All metrics as text.
#[derive(Debug)]
pub(crate) struct Metrics(Registry);

impl Metrics {
    pub(crate) fn new(sources: Sources) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(sources));
        Self(registry)
    }

    /// The text that Prometheus scrapes.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.0)?;
        Ok(text)
    }
}

impl Collector for Sources {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        for metric in METRICS {
            let kind = match metric.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
            };
            // The encoder adds the suffix by itself.
            let name = metric.name.trim_end_matches("_total");
            let encoder = encoder.encode_descriptor(name, metric.help, None, kind)?;
            encode(encoder, metric.kind, &(metric.read)(self))?;
        }
        Ok(())
    }
}

fn encode(mut encoder: MetricEncoder<'_>, kind: Kind, reading: &Reading) -> fmt::Result {
    match reading {
        Reading::Number(number) => encode_number(&mut encoder, kind, *number),
        Reading::Seconds(seconds) => encoder.encode_gauge(seconds),
        Reading::By(label, numbers) => numbers.iter().try_for_each(|(value, number)| {
            let labels = [(*label, *value)];
            encode_number(&mut encoder.encode_family(&labels)?, kind, *number)
        }),
    }
}

fn encode_number(encoder: &mut MetricEncoder<'_>, kind: Kind, number: u64) -> fmt::Result {
    const NONE: Option<&Exemplar<[(&str, &str); 0], u64>> = None;
    match kind {
        Kind::Counter => encoder.encode_counter(&number, NONE),
        Kind::Gauge => encoder.encode_gauge(&number),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_manual_names_every_metric() {
        let manual = include_str!("../../../docs/operations.md");
        for metric in super::METRICS {
            assert!(
                manual.contains(&format!("`{}`", metric.name)),
                "{}",
                metric.name
            );
        }
    }
}
