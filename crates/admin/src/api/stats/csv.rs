//! Sums as a table, for spreadsheets.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS},
};
use suo_link::wire::clicks::Class;

use super::{
    question::Question,
    view::{PointBody, StatsBody, ValueBody},
};
use crate::csv::{BYTE_ORDER_MARK, row};

/// The series, or the one breakdown that was asked for.
pub(super) fn answer(question: &Question, body: &StatsBody) -> HttpResponse {
    let table = match body.breakdowns.iter().next() {
        Some((name, values)) => breakdown(question, name, values),
        None => series(&body.series),
    };
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"stats.csv\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body([BYTE_ORDER_MARK, &table].concat())
}

fn series(points: &[PointBody]) -> String {
    let mut head = vec!["at", "human", "preview", "crawler", "prefetch"];
    let has_visitors = points.iter().any(|point| point.visitors.is_some());
    if has_visitors {
        head.push("visitors");
    }
    let mut table = row(&head);
    for point in points {
        let clicks = point.clicks;
        let numbers = [
            clicks.human,
            clicks.preview,
            clicks.crawler,
            clicks.prefetch,
        ];
        let numbers = numbers.into_iter().chain(point.visitors);
        table += &line(&point.at, numbers);
    }
    table
}

fn breakdown(question: &Question, name: &str, values: &[ValueBody]) -> String {
    let classes = if question.is_by_class {
        Class::ALL
    } else {
        &question.classes
    };
    let names = classes.iter().map(|class| class.as_str());
    let mut table = row(&[name].into_iter().chain(names).collect::<Vec<_>>());
    for value in values {
        let number = |class: &Class| {
            let number = match class {
                Class::Human => value.human,
                Class::Preview => value.preview,
                Class::Crawler => value.crawler,
                Class::Prefetch => value.prefetch,
            };
            number.unwrap_or(0)
        };
        table += &line(&value.value, classes.iter().map(number));
    }
    table
}

fn line(name: &str, numbers: impl Iterator<Item = u64>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    let fields = [name].into_iter().chain(numbers.iter().map(String::as_str));
    row(&fields.collect::<Vec<_>>())
}
