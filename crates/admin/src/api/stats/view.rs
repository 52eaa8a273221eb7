//! Sums as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use suo_link::wire::clicks::Class;
use utoipa::ToSchema;

use super::question::{BY_CLASS, Question};
use crate::{
    clicks::Hours,
    store::{ClickTotals, Interval, Numbers},
    time,
};

/// Sums over a time.
#[derive(Serialize, ToSchema)]
pub struct StatsBody {
    /// When the first point begins.
    pub from: String,
    /// When the last point ends.
    pub to: String,
    /// How long points are: hour or day.
    pub interval: &'static str,
    /// The zone in which hours and days begin.
    pub zone: String,
    /// Clicks by who asked.
    pub class_totals: TotalsBody,
    /// People, of all days of which a part is in the time: an estimate from some hundred on.
    pub visitors: u64,
    /// What `visitors` counts. `visitors` of one day: everybody once. `visitor_days` of several: whoever came on
    /// three days counts as three, because nobody can be recognised on another day.
    pub visitors_are: &'static str,
    /// Clicks by hour or day, without gaps.
    pub series: Vec<PointBody>,
    /// For each dimension that is asked for the most frequent values.
    pub breakdowns: BTreeMap<&'static str, Vec<ValueBody>>,
}

/// Clicks by who asked.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct TotalsBody {
    /// Of people.
    pub human: u64,
    /// Of programs that fetch previews.
    pub preview: u64,
    /// Of other programs.
    pub crawler: u64,
    /// Of browsers in advance.
    pub prefetch: u64,
}

/// Clicks of an hour or a day.
#[derive(Serialize, ToSchema)]
pub struct PointBody {
    /// When it begins.
    pub at: String,
    /// By who asked.
    #[serde(flatten)]
    pub clicks: TotalsBody,
    /// People, in a series by day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub visitors: Option<u64>,
}

/// Clicks with a value; those of the classes that are asked for.
#[derive(Serialize, ToSchema)]
pub struct ValueBody {
    /// The value.
    pub value: String,
    /// Of people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub human: Option<u64>,
    /// Of programs that fetch previews.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub preview: Option<u64>,
    /// Of other programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub crawler: Option<u64>,
    /// Of browsers in advance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub prefetch: Option<u64>,
}

impl StatsBody {
    pub(super) fn new(question: &Question, hours: &Hours, numbers: &Numbers) -> Self {
        let period = &question.period;
        let (series, sum) = series(question, hours, numbers);
        let mut breakdowns = BTreeMap::new();
        for (dimension, values) in &numbers.breakdowns {
            let value = |(value, clicks): &(String, ClickTotals)| {
                ValueBody::new(value, clicks, &question.classes)
            };
            breakdowns.insert(dimension.name(), values.iter().map(value).collect());
        }
        if question.is_by_class {
            let who = Class::ALL.iter().filter(|class| sum.of(**class) > 0);
            let value = |class: &Class| ValueBody::new(class.as_str(), &sum, &[*class]);
            breakdowns.insert(BY_CLASS, who.map(value).collect());
        }
        let is_one_day = hours.day(period.from).ends >= period.to;
        Self {
            from: time::to_text(period.from),
            to: time::to_text(period.to),
            interval: match period.interval {
                Interval::Hour => "hour",
                Interval::Day => "day",
            },
            zone: hours.zone().to_owned(),
            class_totals: TotalsBody::new(&sum),
            visitors: numbers.visitors.iter().map(|(_, visitors)| visitors).sum(),
            visitors_are: if is_one_day {
                "visitors"
            } else {
                "visitor_days"
            },
            series,
            breakdowns,
        }
    }
}

/// The points, and all of them together.
fn series(question: &Question, hours: &Hours, numbers: &Numbers) -> (Vec<PointBody>, ClickTotals) {
    let points = question.period.points(hours);
    let mut clicks = vec![ClickTotals::default(); points.len()];
    let mut people = vec![0; points.len()];
    let mut sum = ClickTotals::default();
    // What begins within a point is of it, also where an hour was cut in another zone.
    let place = |at| points.partition_point(|point| *point <= at).checked_sub(1);
    for (at, class, count) in &numbers.series {
        if let Some(point) = place(*at).and_then(|place| clicks.get_mut(place)) {
            point.add(*class, *count);
        }
        sum.add(*class, *count);
    }
    for (day, visitors) in &numbers.visitors {
        if let Some(point) = place(*day).and_then(|place| people.get_mut(place)) {
            *point += visitors;
        }
    }
    let is_by_day = question.period.interval == Interval::Day;
    let body = |((at, clicks), visitors): ((&_, &ClickTotals), u64)| PointBody {
        at: time::to_text(*at),
        clicks: TotalsBody::new(clicks),
        visitors: is_by_day.then_some(visitors),
    };
    let bodies = points.iter().zip(&clicks).zip(people).map(body).collect();
    (bodies, sum)
}

impl TotalsBody {
    fn new(clicks: &ClickTotals) -> Self {
        Self {
            human: clicks.of(Class::Human),
            preview: clicks.of(Class::Preview),
            crawler: clicks.of(Class::Crawler),
            prefetch: clicks.of(Class::Prefetch),
        }
    }
}

impl ValueBody {
    fn new(value: &str, clicks: &ClickTotals, classes: &[Class]) -> Self {
        let of = |class| classes.contains(&class).then(|| clicks.of(class));
        Self {
            value: value.to_owned(),
            human: of(Class::Human),
            preview: of(Class::Preview),
            crawler: of(Class::Crawler),
            prefetch: of(Class::Prefetch),
        }
    }
}
