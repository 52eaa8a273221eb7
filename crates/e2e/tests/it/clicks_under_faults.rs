use std::time::Duration;

use e2e::{
    torture::{
        Pace,
        clicks::{Plan, Report, judge, run},
    },
    visitors::{Given, Seen},
};
use suo_testkit::Profile;

/// Some thousand redirects; a long run is `cargo xtask torture clicks`. How soon totals are right is
/// judged there: this machine has other things to do.
fn short(seed: u64, only: &[&str]) -> Report {
    let plan = Plan {
        seed,
        redirects: 3000,
        in_quiet: 500,
        rounds: 1,
        only: only.iter().map(ToString::to_string).collect(),
        visitors: 2,
        rest: Duration::ZERO,
        links: 5,
        pace: Pace {
            calm: Duration::from_millis(50)..Duration::from_millis(400),
            lasts: Duration::from_millis(50)..Duration::from_millis(800),
            between_writes: Duration::ZERO,
            batch: 0,
        },
        profile: Profile::Fast,
    };
    run(&plan, |_| {})
}

#[test]
fn every_click_is_counted_once_whatever_is_killed() {
    let report = short(5, &[]);
    assert_eq!(report.violations(), Vec::<String>::new(), "{report}");
    assert_eq!(report.faults.len(), 5, "{report}");
}

#[test]
fn with_no_edge_killed_as_much_is_counted_as_was_received() {
    let report = short(6, &["Redis", "Postgres", "an admin"]);
    assert_eq!(report.violations(), Vec::<String>::new(), "{report}");
    assert_eq!(report.given.seen, report.counted);
}

#[test]
fn the_judge_of_clicks_finds_one_too_many_and_one_too_few() {
    let seen = |human: u64| Seen::from([(("a".to_owned(), "human"), human)]);
    let given = Given {
        seen: seen(10),
        unanswered: seen(2),
    };
    for (counted, wrong) in [(9, 1), (10, 0), (12, 0), (13, 1)] {
        assert_eq!(judge(&given, &seen(counted)).len(), wrong, "{counted}");
    }
    assert_eq!(judge(&given, &Seen::new()).len(), 1);
    let other = Seen::from([(("b".to_owned(), "human"), 1)]);
    assert_eq!(
        judge(&Given::default(), &other).len(),
        1,
        "nobody was there"
    );
}
