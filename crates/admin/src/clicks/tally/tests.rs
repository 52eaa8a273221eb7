use jiff::tz::TimeZone;
use suo_link::{
    id::{DomainId, LinkId},
    platform::{App, Device, Os},
    policy::Variant,
    time::Timestamp,
    visitor::Country,
    wire::clicks::{
        Class, Click, Dropped, JournalId, LanguageCode, NO_REFERRER, OTHER_REFERRER, Outcome,
        Segment, SegmentName, Via,
    },
};

use super::{Facts, Key, Scope, Tally, tag_id};
use crate::clicks::Hours;

const LINK: LinkId = LinkId(42);
const HOUR: i64 = 3_600_000;

fn click() -> Click {
    Click {
        link: LINK,
        domain: DomainId(2),
        at: Timestamp(10 * HOUR + 5),
        outcome: Outcome::Redirect,
        class: Class::Human,
        via: Via::Scan,
        entry: Click::entry_of("a"),
        app: App::Wechat,
        os: Os::Ios,
        device: Device::Mobile,
        referrer: NO_REFERRER,
        country: Country::parse("CN"),
        language: LanguageCode::parse("zh"),
        variant: Some(Variant { rule: 1, target: 0 }),
        lease: 0,
        visitor: 0,
    }
}

fn segment(hosts: &[&str], clicks: Vec<Click>) -> Segment {
    Segment {
        name: SegmentName {
            journal: JournalId([0; 16]),
            number: 1,
        },
        confirmed: 0,
        dropped: Dropped::default(),
        hosts: hosts.iter().map(|host| (*host).into()).collect(),
        clicks,
    }
}

fn facts() -> Facts {
    let mut facts = Facts::default();
    facts.tags.insert(LINK, vec!["t".into()]);
    facts.codes.insert((LINK, Click::entry_of("a")), "A".into());
    facts
}

/// The rows of a scope as text.
fn rows(segments: &[Segment], scope: Scope) -> Vec<String> {
    let tally = Tally::of(segments, &Hours::of(TimeZone::UTC));
    let rows = tally.rows(&facts(), 1);
    let text = |(key, clicks): (Key, u64)| {
        let (hour, class) = (key.hour.0 / HOUR, key.class.as_str());
        format!(
            "{} {:?} {hour} {class} {:?} {clicks}",
            key.id, key.dimension, key.value
        )
    };
    rows.into_iter()
        .filter(|(key, _)| key.scope == scope)
        .map(text)
        .collect()
}

#[test]
fn a_click_counts_once_in_each_dimension() {
    let expected = [
        "42 Total 10 human \"\" 1",
        "42 App 10 human \"wechat\" 1",
        "42 Os 10 human \"ios\" 1",
        "42 Device 10 human \"mobile\" 1",
        "42 Country 10 human \"CN\" 1",
        "42 Language 10 human \"zh\" 1",
        "42 Variant 10 human \"2.1\" 1",
        "42 Via 10 human \"scan\" 1",
        "42 Entry 10 human \"A\" 1",
        "42 Outcome 10 human \"redirect\" 1",
    ];
    assert_eq!(rows(&[segment(&[], vec![click()])], Scope::Link), expected);
}

#[test]
fn links_tags_domains_and_the_workspace_are_summed_up() {
    let other = Click {
        link: LinkId(7),
        ..click()
    };
    let segments = [segment(&[], vec![click(), other, click()])];
    let total = |scope, id: i64| {
        let wanted = format!("{id} Total 10 human \"\" ");
        let rows = rows(&segments, scope);
        let of = rows
            .iter()
            .find_map(|row| row.strip_prefix(&wanted))
            .map(str::to_owned);
        of.unwrap()
    };
    assert_eq!(total(Scope::Link, 42), "2");
    assert_eq!(total(Scope::Link, 7), "1");
    assert_eq!(total(Scope::Tag, tag_id("t")), "2");
    assert_eq!(total(Scope::Domain, 2), "3");
    assert_eq!(total(Scope::Workspace, 1), "3");
    for scope in [Scope::Tag, Scope::Domain, Scope::Workspace] {
        let rows = rows(&segments, scope);
        let is_links_own = |row: &String| row.contains("Entry") || row.contains("Variant");
        assert!(!rows.iter().any(is_links_own), "{rows:#?}");
    }
}

#[test]
fn people_who_clicked_are_visitors_once_a_day() {
    let by = |visitor, class, outcome| Click {
        visitor,
        class,
        outcome,
        ..click()
    };
    let clicks = vec![
        by(7, Class::Human, Outcome::Redirect),
        by(7, Class::Human, Outcome::Card),
        by(0, Class::Human, Outcome::Redirect),
        by(8, Class::Crawler, Outcome::Redirect),
        by(9, Class::Human, Outcome::Guide),
        by(5, Class::Human, Outcome::Redirect),
    ];
    let hours = Hours::of(TimeZone::get("Asia/Shanghai").unwrap());
    let tally = Tally::of(&[segment(&[], clicks)], &hours);
    let visits = tally.visits(&facts(), 1, &hours);
    assert_eq!(visits.len(), 1);
    assert_eq!(visits[0].visitors, [5, 7]);
    assert_eq!(visits[0].day, Timestamp(-8 * HOUR));
    let scopes = [
        (Scope::Domain, 2),
        (Scope::Workspace, 1),
        (Scope::Link, 42),
        (Scope::Tag, tag_id("t")),
    ];
    assert_eq!(visits[0].places, scopes);
}

#[test]
fn answers_that_are_no_clicks_count_by_their_outcome_alone() {
    let guided = Click {
        outcome: Outcome::Guide,
        ..click()
    };
    let nowhere = Click {
        link: LinkId(0),
        outcome: Outcome::NotFound,
        ..click()
    };
    let segments = [segment(&[], vec![guided, nowhere])];
    assert_eq!(
        rows(&segments, Scope::Link),
        ["42 Outcome 10 human \"guide\" 1"]
    );
    let expected = [
        "2 Outcome 10 human \"guide\" 1",
        "2 Outcome 10 human \"not_found\" 1",
    ];
    assert_eq!(rows(&segments, Scope::Domain), expected);
}

#[test]
fn referrers_of_several_segments_are_the_same_hosts() {
    let from = |referrer| Click {
        referrer,
        ..click()
    };
    let segments = [
        segment(&["a.example", "b.example"], vec![from(2), from(1)]),
        segment(
            &["b.example"],
            vec![from(1), from(OTHER_REFERRER), from(NO_REFERRER)],
        ),
    ];
    let rows = rows(&segments, Scope::Link);
    let referrers: Vec<&String> = rows.iter().filter(|row| row.contains("Referrer")).collect();
    let expected = [
        "42 Referrer 10 human \"a.example\" 1",
        "42 Referrer 10 human \"b.example\" 2",
        "42 Referrer 10 human \"other\" 1",
    ];
    assert_eq!(referrers, expected);
}

#[test]
fn hours_and_classes_are_apart_and_lost_codes_have_a_number() {
    let later = Click {
        at: Timestamp(11 * HOUR),
        class: Class::Crawler,
        entry: 0xab,
        ..click()
    };
    let rows = rows(&[segment(&[], vec![click(), later])], Scope::Link);
    assert!(
        rows.contains(&"42 Total 10 human \"\" 1".to_owned()),
        "{rows:#?}"
    );
    assert!(
        rows.contains(&"42 Total 11 crawler \"\" 1".to_owned()),
        "{rows:#?}"
    );
    assert!(
        rows.contains(&"42 Entry 11 crawler \"#000000ab\" 1".to_owned()),
        "{rows:#?}"
    );
}
