//! What a client asks for.

use suo_link::{time::Timestamp, wire::clicks::Class};
use utoipa::IntoParams;

use super::period::Period;
use crate::{
    api::query::{Wrong, limit, read_parameters},
    clicks::{
        Hours,
        tally::{Dimension, Scope},
    },
    problem::{Code, Finding, Problem},
    store::{Interval, NumbersOf},
    time,
};

/// Values of a dimension, unless asked for another number.
const LIMIT: usize = 100;

/// The most values of a dimension.
const MAX_LIMIT: usize = 1000;

const PARAMETERS: [&str; 7] = ["from", "to", "interval", "by", "class", "limit", "format"];

/// The name of the breakdown by who asked.
pub(super) const BY_CLASS: &str = "class";

/// How the parameters are written, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is only shown")]
pub(super) struct Parameters {
    /// RFC 3339, or a day of the instance's zone such as `2026-11-23`; cut back to where an hour or a day
    /// begins. Unless given, 30 days or 24 hours before the end.
    from: Option<String>,
    /// The end, exclusive; likewise, but moved on. Unless given, now.
    to: Option<String>,
    /// `day` (unless given), at most 400 days; or `hour`, at most 14 days.
    interval: Option<String>,
    /// Breakdowns, separated by commas: class, app, os, device, referrer, country, language, via,
    /// outcome; of a link also variant and entry.
    by: Option<String>,
    /// Whose clicks breakdowns count, separated by commas: `human` (unless given), `preview`, `crawler`,
    /// `prefetch`; or `all`.
    class: Option<String>,
    /// Values of each breakdown, the most frequent first: 1 to 1000, 100 unless given.
    limit: Option<usize>,
    /// `json` (unless given), or `csv`: the series, or the one breakdown that is asked for.
    format: Option<String>,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Csv,
}

/// The parameters, understood.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) period: Period,
    pub(super) dimensions: Vec<Dimension>,
    /// Whether the classes are a breakdown, too.
    pub(super) is_by_class: bool,
    pub(super) classes: Vec<Class>,
    pub(super) limit: usize,
    pub(super) format: Format,
}

/// What was said so far.
struct Said {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    interval: Interval,
    dimensions: Vec<Dimension>,
    is_by_class: bool,
    classes: Vec<Class>,
    limit: usize,
    format: Format,
}

impl Question {
    pub(super) fn read(
        query: &str,
        scope: Scope,
        hours: &Hours,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let mut said = Said {
            from: None,
            to: None,
            interval: Interval::Day,
            dimensions: Vec::new(),
            is_by_class: false,
            classes: vec![Class::Human],
            limit: LIMIT,
            format: Format::Json,
        };
        read_parameters(query, &PARAMETERS, |name, value| {
            said.take(name, value, scope, hours)
        })?;
        said.understood(hours, now)
    }

    /// The sums that answer it.
    pub(super) fn numbers_of(&self, scope: Scope, id: i64, hours: &Hours) -> NumbersOf {
        NumbersOf {
            scope,
            id,
            interval: self.period.interval,
            from: self.period.from,
            to: self.period.to,
            first_day: hours.day(self.period.from).begins,
            dimensions: self.dimensions.clone(),
            classes: self.classes.clone(),
            limit: self.limit,
        }
    }
}

impl Said {
    fn take(&mut self, name: &str, value: &str, scope: Scope, hours: &Hours) -> Result<(), Wrong> {
        match name {
            "from" => self.from = Some(moment(value, hours)?),
            "to" => self.to = Some(moment(value, hours)?),
            "interval" => self.interval = interval(value)?,
            "by" => {
                for name in value.split(',') {
                    match name {
                        BY_CLASS => self.is_by_class = true,
                        name => self.dimensions.push(dimension(name, scope)?),
                    }
                }
                self.dimensions.sort_unstable();
                self.dimensions.dedup();
            }
            "class" => self.classes = classes(value)?,
            "limit" => self.limit = limit(value, MAX_LIMIT)?,
            _ => self.format = format(value)?,
        }
        Ok(())
    }

    fn understood(self, hours: &Hours, now: Timestamp) -> Result<Question, Problem> {
        let wrong =
            |name, code, detail: &str| Err(Problem::fields(vec![Finding::new(name, code, detail)]));
        let period = Period::new(hours, self.interval, (self.from, self.to), now);
        if period.from >= period.to {
            return match self.to {
                Some(_) => wrong("?to", Code::TimesOutOfOrder, "it must come after from"),
                None => wrong(
                    "?from",
                    Code::TimesOutOfOrder,
                    "it must come before now, or before a to",
                ),
            };
        }
        if let Some(excess) = period.excess() {
            return wrong("?from", Code::OutOfRange, &excess);
        }
        let breakdowns = self.dimensions.len() + usize::from(self.is_by_class);
        if self.format == Format::Csv && breakdowns > 1 {
            return wrong("?by", Code::TooMany, "a CSV holds one breakdown");
        }
        Ok(Question {
            period,
            dimensions: self.dimensions,
            is_by_class: self.is_by_class,
            classes: self.classes,
            limit: self.limit,
            format: self.format,
        })
    }
}

fn moment(value: &str, hours: &Hours) -> Result<Timestamp, Wrong> {
    let day = (value.len() == "2026-11-23".len()).then(|| hours.date(value));
    let detail =
        "RFC 3339, such as 2026-11-23T10:00:00Z (in a URL a + is %2B), or a day such as 2026-11-23";
    day.flatten()
        .or_else(|| time::from_text(value))
        .ok_or_else(|| (Code::InvalidTime, detail.to_owned()))
}

fn interval(value: &str) -> Result<Interval, Wrong> {
    match value {
        "hour" => Ok(Interval::Hour),
        "day" => Ok(Interval::Day),
        _ => Err((Code::UnknownValue, "hour or day".to_owned())),
    }
}

fn dimension(name: &str, scope: Scope) -> Result<Dimension, Wrong> {
    let known = Dimension::NAMED.iter();
    let found = known.clone().find(|(_, known)| *known == name);
    match found {
        Some((dimension, _)) if dimension.is_of(scope) => Ok(*dimension),
        Some(_) => {
            let detail = "codes and rules are a link's own: ask for the link's numbers";
            Err((Code::UnknownValue, detail.to_owned()))
        }
        None => {
            let names: Vec<&str> = known.map(|(_, name)| *name).collect();
            let detail = format!("of class, {}; separated by commas", names.join(", "));
            Err((Code::UnknownValue, detail))
        }
    }
}

fn classes(value: &str) -> Result<Vec<Class>, Wrong> {
    if value == "all" {
        return Ok(Class::ALL.to_vec());
    }
    let class = |name| {
        Class::from_name(name).ok_or_else(|| {
            let detail = "of human, preview, crawler, prefetch; separated by commas; or all";
            (Code::UnknownValue, detail.to_owned())
        })
    };
    let mut classes = Vec::new();
    for name in value.split(',') {
        let class = class(name)?;
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    Ok(classes)
}

fn format(value: &str) -> Result<Format, Wrong> {
    match value {
        "json" => Ok(Format::Json),
        "csv" => Ok(Format::Csv),
        _ => Err((Code::UnknownValue, "json or csv".to_owned())),
    }
}
