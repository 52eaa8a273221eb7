//! Single answers: kept, listed, forgotten.

use suo_admin::{
    clicks::{Rules, count},
    settings::TimeZone,
    store::{EventFilter, Store},
};
use suo_link::{
    id::LinkId,
    time::Timestamp,
    wire::clicks::{Class, Click, Outcome},
};

use super::{
    clicks::{bring, click, name, shipment},
    on_both,
    place::{NOW, Place},
    statistics::people,
};

on_both!(
    single_answers_are_pages_from_new_to_old,
    single_answers_are_forgotten_by_their_day,
    pages_are_full_although_some_answers_cannot_be_read,
    no_answer_is_kept_where_none_shall_be,
);

const HOUR: i64 = 3_600_000;

fn page(store: &dyn Store, link: Option<LinkId>, before: Option<i64>) -> Vec<i64> {
    let filter = EventFilter {
        link,
        before,
        limit: 3,
    };
    let events = store.events(&filter).unwrap();
    events.iter().map(|event| event.id).collect()
}

fn single_answers_are_pages_from_new_to_old(place: &Place) {
    let links = ["a", "b"].map(|code| place.create(code, "https://a.example").id);
    let mut clicks: Vec<Click> = (0..8)
        .map(|n| Click {
            referrer: u16::from(n % 2 == 0),
            visitor: 77,
            lease: 5,
            ..click(links[n % 2], Class::Human, Outcome::Redirect)
        })
        .collect();
    clicks.push(click(LinkId(0), Class::Human, Outcome::NotFound));
    bring(&**place, &[shipment(name(1, 1), &clicks)]);
    bring(&**place, &[shipment(name(1, 1), &clicks)]);
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let ids = page(&**place, None, before);
        before = ids.last().copied();
        all.extend(&ids);
        if ids.len() < 3 {
            break;
        }
    }
    assert_eq!(all.len(), 9);
    assert!(all.is_sorted_by(|a, b| a > b));
    assert_eq!(place.last_event().unwrap(), all[0]);
    assert_eq!(page(&**place, Some(links[1]), None).len(), 3);
    let after = place.events_after(all[2], 10).unwrap();
    assert_eq!(
        after.iter().map(|event| event.id).collect::<Vec<_>>(),
        [all[1], all[0]]
    );
    assert_eq!(after[1].click.outcome, Outcome::NotFound);
    let first = &place.events_after(0, 1).unwrap()[0];
    let expected = Click {
        referrer: 0,
        visitor: 0,
        lease: 0,
        ..clicks[0]
    };
    assert_eq!(first.click, expected, "nothing tells visitors apart");
    assert_eq!(first.referrer.as_deref(), Some("a.example"));
    assert_eq!(first.code.as_deref(), Some("a"));
}

fn pages_are_full_although_some_answers_cannot_be_read(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    bring(&**place, &[shipment(name(1, 1), &people(link, 0..9))]);
    let all = page_of(&**place, 100);
    // Of a newer program: nobody knows such an outcome.
    let strange = &all[1..7];
    let ids: Vec<String> = strange.iter().map(ToString::to_string).collect();
    place.sql(&format!(
        "UPDATE click_events SET who = -1, what = -1, how = -1 WHERE id IN ({})",
        ids.join(", ")
    ));
    let kept = [all[0], all[7], all[8]];
    assert_eq!(page_of(&**place, 100), kept);
    assert_eq!(page_of(&**place, 2), kept[..2]);
    assert_eq!(page(&**place, Some(link), Some(all[0])), kept[1..]);
    let after: Vec<i64> = place
        .events_after(all[7], 2)
        .unwrap()
        .iter()
        .map(|event| event.id)
        .collect();
    assert_eq!(after, [all[0]]);
}

fn page_of(store: &dyn Store, limit: usize) -> Vec<i64> {
    let filter = EventFilter {
        limit,
        ..EventFilter::default()
    };
    let events = store.events(&filter).unwrap();
    events.iter().map(|event| event.id).collect()
}

fn single_answers_are_forgotten_by_their_day(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    let day = |number: i64| Timestamp(NOW.0 + number * 24 * HOUR);
    for number in 0..4 {
        let shipments = [shipment(name(1, number as u64 + 1), &people(link, 0..5))];
        let rules = Rules::of(TimeZone::UTC);
        // The last one comes a month later, into the place of the first.
        let now = if number == 3 { day(32) } else { day(number) };
        count(&**place, &rules, now, &shipments).unwrap();
    }
    let forget = |before| while place.forget_events(before, 2).unwrap() > 0 {};
    forget(day(0));
    assert_eq!(place.events_after(0, 100).unwrap().len(), 20);
    forget(day(2));
    assert_eq!(place.events_after(0, 100).unwrap().len(), 10);
    forget(day(33));
    assert_eq!(place.last_event().unwrap(), 0);
}

fn no_answer_is_kept_where_none_shall_be(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    let rules = Rules {
        events_days: 0,
        ..Rules::of(TimeZone::UTC)
    };
    let shipments = [shipment(name(1, 1), &people(link, 0..5))];
    count(&**place, &rules, NOW, &shipments).unwrap();
    assert_eq!(place.last_event().unwrap(), 0);
    assert_eq!(place.fold_visits(10).unwrap(), 1);
}
