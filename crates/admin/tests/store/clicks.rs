//! Segments of clicks count once, whoever brings them and how often.

use std::borrow::Cow;

use suo_admin::{
    clicks::{Rules, Shipment, count},
    settings::TimeZone,
    store::{Store, Watermark},
};
use suo_link::{
    id::LinkId,
    platform::{App, Device, Os},
    time::Timestamp,
    wire::clicks::{
        Class, Click, Dropped, JournalId, NO_REFERRER, Outcome, Row, SegmentName, Via, segment,
    },
};

use super::{
    on_both,
    place::{DOMAIN, NOW, Place},
};

on_both!(
    segments_count_once_in_any_order,
    many_admins_count_every_segment_once,
    what_is_no_click_is_not_in_totals,
    what_cannot_be_read_is_parked_and_keeps_nothing_up,
    journals_are_forgotten_when_they_are_old,
    edits_leave_clicks_as_they_are,
    scans_of_people_are_counted_over_all_hours,
);

pub(crate) fn click(link: LinkId, class: Class, outcome: Outcome) -> Click {
    Click {
        link,
        domain: DOMAIN,
        at: NOW,
        outcome,
        class,
        via: Via::Click,
        entry: Click::entry_of("a"),
        app: App::None,
        os: Os::Ios,
        device: Device::Mobile,
        referrer: NO_REFERRER,
        country: None,
        language: None,
        variant: None,
        lease: 0,
        visitor: 1,
    }
}

pub(crate) fn name(journal: u8, number: u64) -> SegmentName {
    SegmentName {
        journal: JournalId([journal; 16]),
        number,
    }
}

pub(crate) fn shipment(name: SegmentName, clicks: &[Click]) -> Shipment {
    after(0, name, clicks)
}

/// The same, of an edge that was told that everything up to `confirmed` is counted.
pub(crate) fn after(confirmed: u64, name: SegmentName, clicks: &[Click]) -> Shipment {
    let rows: Vec<Row> = clicks.iter().map(Click::row).collect();
    let dropped = Dropped {
        full: name.number,
        unwritable: 0,
    };
    let hosts: [Cow<'_, str>; 1] = ["a.example".into()];
    Shipment {
        name,
        segment: segment::encode(name, confirmed, dropped, &hosts, &rows),
    }
}

/// A segment of so many clicks of a person.
pub(crate) fn humans(name: SegmentName, link: LinkId, clicks: usize) -> Shipment {
    let click = Click {
        referrer: 1,
        ..click(link, Class::Human, Outcome::Redirect)
    };
    shipment(name, &vec![click; clicks])
}

pub(crate) fn bring(store: &dyn Store, shipments: &[Shipment]) -> Vec<Watermark> {
    count(store, &Rules::of(TimeZone::UTC), NOW, shipments).unwrap()
}

fn applied(store: &dyn Store, shipments: &[Shipment]) -> u64 {
    bring(store, shipments).last().unwrap().applied
}

fn followed(place: &Place, link: LinkId, class: Class) -> u64 {
    place.link(link).unwrap().unwrap().clicks.of(class)
}

fn segments_count_once_in_any_order(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    let of = |number: u64| humans(name(1, number), link, 10 * number as usize);
    assert_eq!(applied(&**place, &[of(2)]), 0, "the first one is missing");
    assert_eq!(applied(&**place, &[of(2), of(2)]), 0);
    assert_eq!(applied(&**place, &[of(4), of(1)]), 2);
    assert_eq!(applied(&**place, &[of(1), of(2), of(4)]), 2);
    assert_eq!(followed(place, link, Class::Human), 70);
    assert_eq!(applied(&**place, &[of(3)]), 4);
    assert_eq!(applied(&**place, &[of(1), of(2), of(3), of(4)]), 4);
    assert_eq!(followed(place, link, Class::Human), 100);
    let state = place.clicks_state().unwrap();
    assert_eq!(
        (state.counted, state.dropped.full, state.parked),
        (100, 4, 0)
    );
}

fn many_admins_count_every_segment_once(place: &Place) {
    let links: Vec<LinkId> = (0..5)
        .map(|n| place.create(&format!("c{n}"), "https://a.example").id)
        .collect();
    place.at_once(4, |thread, store| {
        for number in 0..20 {
            let number = if thread % 2 == 0 { number } else { 19 - number };
            let of = |journal: usize| {
                let link = links[(journal + number) % links.len()];
                humans(name(journal as u8, number as u64 + 1), link, 3)
            };
            let journals = if thread < 2 { [0, 1, 2] } else { [2, 1, 0] };
            bring(store, &journals.map(of));
        }
    });
    let all: u64 = links
        .iter()
        .map(|link| followed(place, *link, Class::Human))
        .sum();
    assert_eq!(all, 3 * 20 * 3);
    assert_eq!(applied(&**place, &[humans(name(0, 1), links[0], 1)]), 20);
}

fn what_is_no_click_is_not_in_totals(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    let mut clicks = Vec::new();
    for class in Class::ALL {
        for outcome in Outcome::ALL {
            clicks.push(click(link, *class, *outcome));
        }
    }
    clicks.push(click(LinkId(0), Class::Human, Outcome::NotFound));
    bring(&**place, &[shipment(name(1, 1), &clicks)]);
    for class in Class::ALL {
        assert_eq!(followed(place, link, *class), 2, "a redirect and a card");
    }
    assert_eq!(place.clicks_state().unwrap().counted, clicks.len() as u64);
}

fn scans_of_people_are_counted_over_all_hours(place: &Place) {
    let links = ["a", "b"].map(|code| place.create(code, "https://a.example").id);
    let scan = |link, class, hours: i64| Click {
        via: Via::Scan,
        at: Timestamp(NOW.0 + hours * 3_600_000),
        ..click(link, class, Outcome::Redirect)
    };
    let clicks = [
        click(links[0], Class::Human, Outcome::Redirect),
        scan(links[0], Class::Human, 0),
        scan(links[0], Class::Human, 5),
        scan(links[0], Class::Crawler, 0),
        scan(links[1], Class::Human, 0),
    ];
    bring(&**place, &[shipment(name(1, 1), &clicks)]);
    let scans = links.map(|link| place.scans(link).unwrap());
    assert_eq!(scans, [2, 1]);
    assert_eq!(followed(place, links[0], Class::Human), 3);
}

fn what_cannot_be_read_is_parked_and_keeps_nothing_up(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    let mut broken = humans(name(1, 1), link, 5);
    broken.segment.truncate(60);
    let mut renamed = humans(name(1, 2), link, 5);
    renamed.name.number = 3;
    let second = humans(name(1, 2), link, 5);
    bring(&**place, &[broken.clone(), second, renamed]);
    bring(&**place, &[broken]);
    assert_eq!(place.clicks_state().unwrap().parked, 2);
    assert_eq!(followed(place, link, Class::Human), 5);
    assert_eq!(applied(&**place, &[humans(name(1, 4), link, 1)]), 4);
}

fn journals_are_forgotten_when_they_are_old(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    bring(
        &**place,
        &[humans(name(1, 1), link, 1), humans(name(2, 7), link, 1)],
    );
    assert_eq!(place.forget_journals(NOW, 10).unwrap(), 0);
    assert_eq!(place.forget_journals(Timestamp(NOW.0 + 1), 1).unwrap(), 1);
    assert_eq!(place.forget_journals(Timestamp(NOW.0 + 1), 10).unwrap(), 1);
    assert_eq!(followed(place, link, Class::Human), 2);
}

fn edits_leave_clicks_as_they_are(place: &Place) {
    let link = place.create("a", "https://a.example");
    bring(&**place, &[humans(name(1, 1), link.id, 3)]);
    let edited = place.edit(link.id, |fields| fields.title = Some("b".into()), None);
    assert_eq!(super::place::patched(edited).clicks.of(Class::Human), 3);
}
