//! An audit sees whatever does not add up, and nothing else.

use std::slice;

use suo_admin::{
    clicks::audit::{Audit, Finding, Seen, audit},
    store::{Depth, Period},
};
use suo_link::{
    time::Timestamp,
    wire::clicks::{Class, Outcome},
};

use super::{
    clicks::{after, bring, click, humans, name, shipment},
    on_both,
    place::{NOW, Place},
};

on_both!(
    what_was_counted_adds_up,
    a_period_has_what_was_answered_in_it,
    broken_data_is_found,
    a_segment_that_is_counted_twice_is_told,
    what_is_on_its_way_is_told_from_what_came_again,
    a_journal_goes_on_after_the_database_was_set_back,
    forgotten_journals_stay_in_the_ledger,
);

const ALL: Period = Period {
    from: None,
    to: None,
};

const HOUR: i64 = 3_600_000;

fn look(place: &Place) -> Audit {
    audit(&**place, None, &ALL, Depth::All).unwrap()
}

fn quick_look(place: &Place) -> Audit {
    audit(&**place, None, &ALL, Depth::Workspace).unwrap()
}

/// Every class and outcome, with tags, repetitions, gaps and something unreadable.
fn fill(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    place.edit(
        link,
        |fields| fields.tags = vec!["x".into(), "y".into()],
        None,
    );
    let mut clicks = Vec::new();
    for class in Class::ALL {
        for outcome in Outcome::ALL {
            clicks.push(click(link, *class, *outcome));
        }
    }
    clicks.push(suo_link::wire::clicks::Click {
        at: NOW.plus(HOUR),
        ..click(suo_link::id::LinkId(0), Class::Human, Outcome::NotFound)
    });
    let mut broken = humans(name(2, 2), link, 5);
    broken.segment.truncate(60);
    let first = shipment(name(1, 1), &clicks);
    bring(&**place, &[first.clone(), humans(name(1, 3), link, 7)]);
    bring(&**place, &[first, broken, humans(name(2, 1), link, 3)]);
}

fn what_was_counted_adds_up(place: &Place) {
    assert!(look(place).adds_up, "nothing yet");
    fill(place);
    let found = look(place);
    assert_eq!(found.findings, []);
    let answers = (Class::ALL.len() * Outcome::ALL.len()) as u64 + 1 + 7 + 3;
    assert_eq!(found.counted.answers, answers);
    assert_eq!(found.counted.clicks, 2 * Class::ALL.len() as u64 + 7 + 3);
    assert_eq!((found.counted.segments, found.counted.journals), (3, 2));
    assert_eq!(
        found.in_flight.awaited, 1,
        "the second of the first journal"
    );
    assert_eq!((found.parked.in_period, found.parked.ever), (1, 1));
    assert_eq!(found.dropped, 3 + 1, "each journal's last word");
    assert_eq!(found.applied_twice, 0);
    assert_eq!(quick_look(place).findings, []);
    assert!(
        found.to_string().ends_with("Everything adds up."),
        "{found}"
    );
    let state = place.clicks_state().unwrap();
    assert_eq!(state.counted, answers);
}

fn a_period_has_what_was_answered_in_it(place: &Place) {
    fill(place);
    let begin = NOW.0 - NOW.0.rem_euclid(HOUR);
    let at = |from: Option<i64>, to: Option<i64>| {
        let period = Period {
            from: from.map(Timestamp),
            to: to.map(Timestamp),
        };
        let found = audit(&**place, None, &period, Depth::All).unwrap();
        assert_eq!(found.findings, []);
        found.counted.answers
    };
    let all = at(None, None);
    assert_eq!(at(Some(begin + HOUR), None), 1);
    assert_eq!(at(None, Some(begin + HOUR)), all - 1);
    assert_eq!(at(Some(begin), Some(begin + 2 * HOUR)), all);
    assert_eq!(at(Some(begin + 2 * HOUR), None), 0);
}

/// Damage to one table, each found by itself.
const DAMAGE: [(&str, &str); 15] = [
    (
        "click_segments",
        "DELETE FROM click_segments WHERE number = 3",
    ),
    (
        "click_ledger",
        "DELETE FROM click_ledger WHERE journal IN (SELECT journal FROM click_journals WHERE applied = 2)",
    ),
    (
        "click_journals",
        "DELETE FROM click_journals WHERE applied = 2",
    ),
    ("click_totals", "DELETE FROM click_totals"),
    ("click_rollups", "DELETE FROM click_rollups WHERE scope = 3"),
    (
        "click_journals",
        "UPDATE click_journals SET applied = applied - 1 WHERE applied = 2",
    ),
    (
        "click_journals",
        "UPDATE click_journals SET applied = applied + 1 WHERE applied = 2",
    ),
    (
        "click_totals",
        "UPDATE click_totals SET crawler = crawler + 1",
    ),
    (
        "click_ledger",
        "UPDATE click_ledger SET clicks = clicks - 1",
    ),
    ("click_days", "DELETE FROM click_days WHERE scope = 0"),
    (
        "click_days",
        "UPDATE click_days SET clicks = clicks + 1 WHERE scope = 1 AND dimension = 2",
    ),
    (
        "click_days",
        "UPDATE click_days SET day = day + 3000000000 WHERE scope = 3 AND dimension = 8",
    ),
    ("click_spans", "DELETE FROM click_spans WHERE scope = 2"),
    (
        "click_spans",
        "UPDATE click_spans SET clicks = clicks - 1 WHERE scope = 3 AND dimension = 10",
    ),
    (
        "click_spans",
        "UPDATE click_spans SET span = span + 2764800000 WHERE scope = 1 AND dimension = 3",
    ),
];

fn broken_data_is_found(place: &Place) {
    fill(place);
    let tables = [
        "click_journals",
        "click_segments",
        "click_ledger",
        "click_totals",
        "click_rollups",
        "click_days",
        "click_spans",
    ];
    for table in tables {
        place.sql(&format!(
            "CREATE TABLE kept_{table} AS SELECT * FROM {table}"
        ));
    }
    let check = |table: &str, damage: &str| {
        place.sql(damage);
        let found = look(place);
        assert!(!found.adds_up, "{damage}");
        assert!(found.to_string().contains("does NOT add up"), "{found}");
        let repair = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}");
        place.sql(&repair);
    };
    DAMAGE
        .iter()
        .for_each(|(table, damage)| check(table, damage));
    // One more in any sum of the roll-ups; no tag can be held against anything in what only some clicks
    // have, and in outcomes. Entries are links' own.
    let each = [0, 1, 2, 3, 8];
    for (scope, some) in [(0, &[4, 9, 10][..]), (1, &[]), (2, &[4, 10]), (3, &[4, 10])] {
        for dimension in each.iter().chain(some) {
            let rows = format!("scope = {scope} AND dimension = {dimension} AND class = 0");
            let damage = format!(
                "UPDATE click_rollups SET clicks = clicks + 1 WHERE {rows} AND \
                 value IN (SELECT MIN(value) FROM click_rollups WHERE {rows}) AND \
                 scope_id IN (SELECT MIN(scope_id) FROM click_rollups WHERE {rows})"
            );
            check("click_rollups", &damage);
        }
    }
    assert!(look(place).adds_up, "all is repaired");
}

fn a_segment_that_is_counted_twice_is_told(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    bring(&**place, &[humans(name(1, 2), link, 5)]);
    place.sql("DELETE FROM click_segments");
    bring(&**place, &[humans(name(1, 2), link, 5)]);
    let found = look(place);
    assert_eq!((found.applied_twice, found.counted.clicks), (1, 10));
    assert_eq!(quick_look(place).applied_twice, 1);
}

fn what_is_on_its_way_is_told_from_what_came_again(place: &Place) {
    fill(place);
    let mut seen = Seen {
        segments: vec![
            (name(1, 1), Some(9)),
            (name(1, 2), Some(10)),
            (name(1, 3), Some(11)),
            (name(3, 1), Some(12)),
            (name(3, 2), None),
        ],
        taken: 2,
        ..Seen::default()
    };
    seen.confirmed.insert(name(2, 1).journal, 2);
    // Of an old journal, or of another database.
    seen.confirmed.insert(name(9, 1).journal, 77);
    let found = |seen: &Seen| audit(&**place, Some(seen), &ALL, Depth::All).unwrap();
    let before = found(&seen);
    assert_eq!(before.findings, []);
    let stream = before.in_flight.in_stream.unwrap();
    assert_eq!((stream.segments, stream.answers), (2, 22));
    assert_eq!(
        (stream.repeated, stream.unreadable, stream.taken),
        (2, 1, 2)
    );

    seen.confirmed.insert(name(1, 1).journal, 2);
    let ahead = Finding::ConfirmedOnly {
        journal: name(1, 1).journal.to_string(),
        confirmed: 2,
        applied: 1,
    };
    assert_eq!(found(&seen).findings, [ahead]);
}

fn a_journal_goes_on_after_the_database_was_set_back(place: &Place) {
    let link = place.create("a", "https://a.example").id;
    let counted = [1, 2, 4].map(|number| humans(name(1, number), link, 3));
    assert_eq!(bring(&**place, &counted)[0].applied, 2);
    // The edge has let go of 1 to 5, of which 3 and 5 are nowhere any more.
    let person = click(link, Class::Human, Outcome::Redirect);
    let later = after(5, name(1, 7), &[person]);
    assert_eq!(bring(&**place, slice::from_ref(&later))[0].applied, 5);
    assert_eq!(
        bring(&**place, &[later, humans(name(1, 6), link, 1)])[0].applied,
        7
    );
    // What comes too late after all is taken for counted.
    assert_eq!(
        bring(&**place, &[humans(name(1, 3), link, 3)])[0].applied,
        7
    );
    let found = look(place);
    assert_eq!(
        (found.findings, found.lost, found.applied_twice),
        (Vec::new(), 2, 0)
    );
    assert_eq!((found.counted.clicks, found.counted.segments), (11, 5));
}

fn forgotten_journals_stay_in_the_ledger(place: &Place) {
    fill(place);
    let before = look(place).counted;
    assert_eq!(place.forget_journals(NOW.plus(1), 1).unwrap(), 1);
    assert_eq!(place.forget_journals(NOW.plus(1), 10).unwrap(), 1);
    let after = look(place);
    assert_eq!(after.findings, []);
    assert_eq!(
        (
            after.counted.answers,
            after.counted.clicks,
            after.counted.journals
        ),
        (before.answers, before.clicks, 0)
    );
    assert_eq!(place.clicks_state().unwrap().counted, before.answers);
}
