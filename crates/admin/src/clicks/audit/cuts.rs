//! Sums by day held against sums by hour, and sums by span against sums by day: all of them are written in the
//! same transactions.

use std::collections::BTreeSet;

use suo_link::time::Timestamp;

use super::{Finding, sums::SCOPES};
use crate::{
    clicks::tally::{Dimension, Scope},
    store::Cuts,
    time,
};

/// Sums that are not what they should be.
pub(super) fn differences(cuts: &Cuts) -> Vec<Finding> {
    let mut findings = of_days(cuts);
    findings.extend(of_spans(cuts));
    findings
}

fn of_days(cuts: &Cuts) -> Vec<Finding> {
    // Breakdowns of links are kept by hour alone.
    let is_by_day =
        |scope, dimension| scope != Scope::Link as i16 || dimension == Dimension::Total as i16;
    let keys: BTreeSet<_> = cuts.hours.keys().chain(cuts.days.keys()).collect();
    let difference = |key: &(i16, i16)| {
        let (scope, dimension) = *key;
        let of_hours = cuts.hours.get(key).filter(|_| is_by_day(scope, dimension));
        let expected = of_hours.copied().unwrap_or(0);
        let found = cuts.days.get(key).copied().unwrap_or(0);
        (found != expected).then(|| Finding::Days {
            scope: scope_name(scope),
            dimension: dimension_name(dimension),
            expected,
            found,
        })
    };
    keys.into_iter().filter_map(difference).collect()
}

fn of_spans(cuts: &Cuts) -> Vec<Finding> {
    let keys: BTreeSet<_> = cuts.days_of_spans.keys().chain(cuts.spans.keys()).collect();
    let difference = |key: &(i64, i16, i16)| {
        let (at, scope, dimension) = *key;
        // A series is asked for by day alone.
        let is_by_span = dimension != Dimension::Total as i16;
        let of_days = cuts.days_of_spans.get(key).filter(|_| is_by_span);
        let expected = of_days.copied().unwrap_or(0);
        let found = cuts.spans.get(key).copied().unwrap_or(0);
        (found != expected).then(|| Finding::Span {
            span: time::to_text(Timestamp(at)),
            scope: scope_name(scope),
            dimension: dimension_name(dimension),
            expected,
            found,
        })
    };
    keys.into_iter().filter_map(difference).collect()
}

fn scope_name(number: i16) -> &'static str {
    let scope = SCOPES.iter().find(|(scope, _)| *scope as i16 == number);
    scope.map_or("unknown scope", |(_, name)| name)
}

fn dimension_name(number: i16) -> &'static str {
    let mut named = Dimension::NAMED.iter();
    let dimension = named.find(|(dimension, _)| *dimension as i16 == number);
    match dimension {
        Some((_, name)) => name,
        None if number == Dimension::Total as i16 => "total",
        None => "unknown dimension",
    }
}
