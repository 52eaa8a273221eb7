//! Sums that are kept and told: visitors, referrers, days.

use std::borrow::Cow;

use suo_admin::{
    clicks::{
        Rules, Shipment, count,
        tally::{Dimension, Scope, tag_id},
    },
    settings::TimeZone,
    store::{Interval, Numbers, NumbersOf, Store},
};
use suo_link::{
    id::LinkId,
    time::Timestamp,
    wire::clicks::{Class, Click, Dropped, OTHER_REFERRER, Outcome, Row, segment},
};

use super::{
    clicks::{bring, click, name, shipment},
    on_both,
    place::{DOMAIN, NOW, Place, new},
};

on_both!(
    people_are_visitors_once_a_day_in_every_scope,
    many_admins_fold_every_visit,
    a_closed_day_keeps_its_number,
    hosts_beyond_the_bound_are_other,
    admins_share_the_bound_of_hosts,
    series_are_by_hour_and_by_day_of_the_zone,
    a_long_time_is_summed_up_by_every_day_in_it,
);

const HOUR: i64 = 3_600_000;

/// 32 days.
const SPAN: i64 = 768 * HOUR;

fn of(scope: Scope, id: i64, dimensions: &[Dimension]) -> NumbersOf {
    let day = Rules::of(TimeZone::UTC).hours.day(NOW);
    NumbersOf {
        scope,
        id,
        interval: Interval::Day,
        from: day.begins,
        to: day.ends,
        first_day: day.begins,
        dimensions: dimensions.to_vec(),
        classes: vec![Class::Human],
        limit: 1000,
    }
}

fn visitors(store: &dyn Store, scope: Scope, id: i64) -> u64 {
    let numbers = store.numbers(&of(scope, id, &[])).unwrap();
    numbers.visitors.iter().map(|(_, visitors)| visitors).sum()
}

pub(crate) fn people(link: LinkId, visitors: std::ops::Range<u64>) -> Vec<Click> {
    let human = |visitor| Click {
        visitor: visitor + 1,
        ..click(link, Class::Human, Outcome::Redirect)
    };
    visitors.map(human).collect()
}

fn people_are_visitors_once_a_day_in_every_scope(place: &Place) {
    let mut link = new(Some("a"), "https://a.example");
    link.fields.tags = vec!["t".into()];
    let tagged = super::place::created(place.create_as(link)).id;
    let other = place.create("b", "https://a.example").id;
    let mut clicks = people(tagged, 0..50);
    clicks.extend(people(tagged, 20..60));
    clicks.extend(people(other, 50..80));
    for class in [Class::Crawler, Class::Preview, Class::Prefetch] {
        let program = click(other, class, Outcome::Redirect);
        clicks.push(Click {
            visitor: 999,
            ..program
        });
    }
    clicks.push(Click {
        visitor: 0,
        ..clicks[0]
    });
    bring(&**place, &[shipment(name(1, 1), &clicks)]);
    assert_eq!(
        visitors(&**place, Scope::Link, tagged.0 as i64),
        0,
        "not yet"
    );
    assert_eq!(place.fold_visits(10).unwrap(), 1);
    assert_eq!(place.fold_visits(10).unwrap(), 0);
    bring(&**place, &[shipment(name(1, 2), &people(tagged, 0..10))]);
    assert_eq!(place.fold_visits(10).unwrap(), 1);
    for (scope, id, expected) in [
        (Scope::Link, tagged.0 as i64, 60),
        (Scope::Link, other.0 as i64, 30),
        (Scope::Tag, tag_id("t"), 60),
        (Scope::Domain, i64::from(DOMAIN.0), 80),
        (Scope::Workspace, 1, 80),
    ] {
        assert_eq!(visitors(&**place, scope, id), expected, "{scope:?}");
    }
}

fn many_admins_fold_every_visit(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    place.at_once(4, |thread, store| {
        for number in 0..10 {
            let begin = thread as u64 * 100 + number * 10;
            let clicks = people(link, begin..begin + 10);
            bring(store, &[shipment(name(thread as u8, number + 1), &clicks)]);
            store.fold_visits(3).unwrap();
        }
    });
    while place.fold_visits(7).unwrap() > 0 {}
    let visitors = visitors(&**place, Scope::Link, link.0 as i64);
    assert!((398..=402).contains(&visitors), "{visitors} of 400");
}

fn a_closed_day_keeps_its_number(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    bring(&**place, &[shipment(name(1, 1), &people(link, 0..30))]);
    place.fold_visits(10).unwrap();
    let day = of(Scope::Link, 0, &[]).from;
    assert_eq!(place.close_visitors(day, 100).unwrap(), 0);
    assert_eq!(place.close_visitors(day.plus(1), 2).unwrap(), 2);
    assert_eq!(place.close_visitors(day.plus(1), 100).unwrap(), 1);
    bring(&**place, &[shipment(name(1, 2), &people(link, 0..60))]);
    place.fold_visits(10).unwrap();
    assert_eq!(visitors(&**place, Scope::Link, link.0 as i64), 30);
}

/// A segment of one click from each host.
fn from_hosts(number: u64, link: LinkId, hosts: std::ops::Range<usize>) -> Shipment {
    let names: Vec<Cow<'_, str>> = hosts.map(|n| format!("h{n:04}.example").into()).collect();
    let human = click(link, Class::Human, Outcome::Redirect);
    let from = |referrer| Click { referrer, ..human }.row();
    let mut rows: Vec<Row> = (1..=names.len()).map(|place| from(place as u16)).collect();
    rows.push(from(OTHER_REFERRER));
    let name = name(number as u8, 1);
    let segment = segment::encode(name, 0, Dropped::default(), &names, &rows);
    Shipment { name, segment }
}

fn referrers(store: &dyn Store, scope: Scope, id: i64) -> Vec<(String, u64)> {
    let numbers = store
        .numbers(&of(scope, id, &[Dimension::Referrer]))
        .unwrap();
    let (_, values) = numbers.breakdowns.into_iter().next().unwrap();
    let human =
        |(value, clicks): (String, suo_admin::store::ClickTotals)| (value, clicks.of(Class::Human));
    values.into_iter().map(human).collect()
}

fn hosts_beyond_the_bound_are_other(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    bring(&**place, &[from_hosts(1, link, 0..150)]);
    bring(&**place, &[from_hosts(2, link, 100..260)]);
    bring(
        &**place,
        &[from_hosts(3, link, 0..10), from_hosts(4, link, 300..310)],
    );
    let of_link = referrers(&**place, Scope::Link, link.0 as i64);
    assert_eq!(of_link.len(), 201);
    assert_eq!(of_link[0], ("other".to_owned(), 4 + 60 + 10));
    assert_eq!(
        of_link.iter().map(|(_, clicks)| clicks).sum::<u64>(),
        150 + 160 + 20 + 4
    );
    assert!(of_link.contains(&("h0005.example".to_owned(), 2)));
    assert_eq!(referrers(&**place, Scope::Workspace, 1).len(), 271);
    let day = of(Scope::Link, 0, &[]).from;
    assert_eq!(place.forget_hosts(day, 100).unwrap(), 0);
    assert_eq!(place.forget_hosts(day.plus(1), 100).unwrap(), 3);
}

fn admins_share_the_bound_of_hosts(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    place.at_once(4, |thread, store| {
        let begin = thread * 100;
        bring(
            store,
            &[from_hosts(thread as u64 + 1, link, begin..begin + 100)],
        );
    });
    let of_link = referrers(&**place, Scope::Link, link.0 as i64);
    assert_eq!(of_link.len(), 201);
    assert_eq!(of_link.iter().map(|(_, clicks)| clicks).sum::<u64>(), 404);
}

fn series_are_by_hour_and_by_day_of_the_zone(place: &Place) {
    let rules = Rules::of(TimeZone::get("Asia/Shanghai").unwrap());
    let link = place.create("a", "https://a.example").id;
    let midnight = rules.hours.day(NOW).begins;
    let at = |hours: i64| Click {
        at: midnight.plus(hours * HOUR),
        ..click(link, Class::Human, Outcome::Redirect)
    };
    let clicks = [at(-1), at(0), at(1), at(1), at(23), at(24)];
    count(&**place, &rules, NOW, &[shipment(name(1, 1), &clicks)]).unwrap();
    let read = |interval, from: i64, to: i64| -> Numbers {
        let of = NumbersOf {
            interval,
            from: midnight.plus(from * HOUR),
            to: midnight.plus(to * HOUR),
            ..of(Scope::Link, link.0 as i64, &[Dimension::Os])
        };
        place.numbers(&of).unwrap()
    };
    let day = read(Interval::Day, 0, 24);
    assert_eq!(day.series, [(midnight, Class::Human, 4)]);
    assert_eq!(day.breakdowns[0].1[0].1.of(Class::Human), 4);
    let hours = read(Interval::Hour, 0, 24).series;
    let hours: Vec<(i64, u64)> = hours
        .iter()
        .map(|(at, _, clicks)| ((at.0 - midnight.0) / HOUR, *clicks))
        .collect();
    assert_eq!(hours, [(0, 1), (1, 2), (23, 1)]);
    let days = read(Interval::Day, -24, 48).series;
    assert_eq!(
        days.iter().map(|(.., clicks)| *clicks).collect::<Vec<_>>(),
        [1, 4, 1]
    );
    let of_domain = NumbersOf {
        from: midnight,
        to: midnight.plus(24 * HOUR),
        ..of(Scope::Domain, 1, &[Dimension::Os])
    };
    let of_domain = place.numbers(&of_domain).unwrap();
    assert_eq!(of_domain.series, day.series);
    assert_eq!(of_domain.breakdowns, day.breakdowns);
}

/// Two hundred days of two zones, of each as many clicks as its number says: whatever is asked for, no day is missing and
/// none is there twice.
fn a_long_time_is_summed_up_by_every_day_in_it(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    let rules =
        ["Asia/Shanghai", "America/New_York"].map(|zone| Rules::of(TimeZone::get(zone).unwrap()));
    let mut days: Vec<(Timestamp, u64)> = Vec::new();
    for (number, rules) in rules.iter().enumerate() {
        let mut clicks = Vec::new();
        for day in 1..=100_u64 {
            let at = NOW.plus((100 * number as i64 + day as i64) * 24 * HOUR);
            let human = click(link, Class::Human, Outcome::Redirect);
            let crawler = click(link, Class::Crawler, Outcome::Redirect);
            clicks.extend((0..day % 7).map(|_| Click { at, ..human }));
            clicks.push(Click { at, ..crawler });
            days.push((rules.hours.day(at).begins, day % 7));
        }
        count(
            &**place,
            rules,
            NOW,
            &[shipment(name(1, number as u64 + 1), &clicks)],
        )
        .unwrap();
    }
    let mut spans = 0;
    for (first, last) in [
        (0, 199),
        (0, 150),
        (1, 70),
        (17, 131),
        (30, 95),
        (40, 72),
        (60, 64),
        (99, 101),
    ] {
        let (from, to) = (days[first].0, days[last].0);
        let asked = days
            .iter()
            .filter(|(begins, _)| from <= *begins && *begins < to);
        let expected: (u64, u64) = asked.fold((0, 0), |sum, day| (sum.0 + day.1, sum.1 + 1));
        spans = spans.max(to.0 / SPAN - from.0 / SPAN);
        for (classes, expected) in [
            (vec![Class::Human], (expected.0, 0)),
            (vec![Class::Crawler], (0, expected.1)),
            (vec![Class::Crawler, Class::Human], expected),
        ] {
            for scope in [Scope::Domain, Scope::Workspace] {
                let of = NumbersOf {
                    from,
                    to,
                    classes: classes.clone(),
                    ..of(scope, 1, &[Dimension::Os])
                };
                let numbers = place.numbers(&of).unwrap();
                let values = &numbers.breakdowns[0].1;
                let sum = values
                    .first()
                    .map(|(_, sum)| (sum.of(Class::Human), sum.of(Class::Crawler)));
                assert_eq!(sum, Some(expected), "days {first} to {last}, {classes:?}");
            }
        }
    }
    assert!(spans > 3, "whole spans are among what was asked for");
}
