//! A test of the test: histories made by hand, with and without faults in them.

use std::time::Duration;

use e2e::torture::{
    clock::{Moment, Span},
    history::{History, State, Target, Ticket},
    judge::{Read, Seen, Verdict, Wrong, judge},
    order::{Call, Order},
    windows::{Announced, Edges, Effects, Windows},
};

const BOUND: Duration = Duration::from_secs(1);

fn at(millis: u64) -> Moment {
    Moment::of_millis(millis)
}

fn span(sent: u64, answered: u64) -> Span {
    Span {
        sent: at(sent),
        answered: at(answered),
    }
}

fn leads(number: u32) -> State {
    State::Leads(Target { link: 7, number })
}

fn seen(state: State) -> Seen {
    Seen::State(state)
}

/// A write that was answered.
fn wrote(history: &mut History, state: State, sent: u64, known: u64) {
    let ticket = history.begin(state, at(sent));
    history.settle(ticket, at(known));
}

/// A write whose answer was lost.
fn lost(history: &mut History, state: State, sent: u64) -> Ticket {
    let ticket = history.begin(state, at(sent));
    history.leave_open(ticket);
    ticket
}

/// Made after 1 s, edited after 10 s, deleted after 20 s, made again after 30 s.
fn life() -> History {
    let mut history = History::new();
    wrote(&mut history, leads(1), 1_000, 1_010);
    wrote(&mut history, leads(2), 10_000, 10_020);
    wrote(&mut history, State::Absent, 20_000, 20_010);
    wrote(&mut history, leads(3), 30_000, 30_010);
    history
}

/// What edge 0 shows from `sent` on, 5 ms later.
fn judged(history: &History, windows: &Windows, sent: u64, seen: Seen) -> Verdict {
    let span = span(sent, sent + 5);
    let edge = 0;
    judge(history, windows, &Read { edge, span, seen })
}

fn calm() -> Windows {
    Windows::new(BOUND, false)
}

/// A fault from 11 s to 15 s.
fn fault(effects: Effects) -> Windows {
    let mut windows = calm();
    let window = windows.open("a fault", at(11_000), effects);
    windows.close(window, at(15_000));
    windows
}

const DEAF: Effects = Effects {
    deaf: Edges::ALL,
    unasked: Edges::NONE,
    away: Edges::NONE,
    announced: Announced::InTime,
};

const ISOLATED: Effects = Effects {
    unasked: Edges::ALL,
    ..DEAF
};

fn is_right(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Right(_))
}

#[test]
fn what_was_right_at_some_instant_is_right() {
    let (history, calm) = (life(), calm());
    for (sent, state) in [
        (500, State::Absent),
        // While the write is under way, both.
        (1_002, State::Absent),
        (1_002, leads(1)),
        (10_010, leads(1)),
        (10_010, leads(2)),
        (20_500, State::Absent),
        (31_000, leads(3)),
    ] {
        let verdict = judged(&history, &calm, sent, seen(state));
        assert_eq!(verdict, Verdict::Right(Duration::ZERO), "{state} at {sent}");
    }
}

#[test]
fn a_stale_redirect_is_found_beyond_the_bound() {
    let (history, calm) = (life(), calm());
    let within = judged(&history, &calm, 10_900, seen(leads(1)));
    assert_eq!(within, Verdict::Right(Duration::from_millis(880)));
    let beyond = judged(&history, &calm, 11_100, seen(leads(1)));
    let stale = Duration::from_millis(1_080);
    assert_eq!(beyond, Verdict::Wrong(Wrong::Stale(stale)));
}

#[test]
fn a_redirect_of_a_deleted_link_is_stale() {
    let verdict = judged(&life(), &calm(), 25_000, seen(leads(2)));
    let stale = Duration::from_millis(4_990);
    assert_eq!(verdict, Verdict::Wrong(Wrong::Stale(stale)));
}

#[test]
fn a_lost_write_is_found_as_the_one_before_it_that_never_goes() {
    let windows = fault(DEAF);
    let verdict = judged(&life(), &windows, 19_000, seen(leads(1)));
    assert!(
        matches!(verdict, Verdict::Wrong(Wrong::Stale(_))),
        "{verdict:?}"
    );
}

#[test]
fn a_target_of_another_link_is_found_whatever_is_broken() {
    let foreign = State::Leads(Target { link: 8, number: 1 });
    for seen in [seen(foreign), seen(leads(9)), Seen::Elsewhere] {
        for windows in [calm(), fault(ISOLATED)] {
            let verdict = judged(&life(), &windows, 12_000, seen);
            assert_eq!(verdict, Verdict::Wrong(Wrong::NeverWritten), "{seen}");
        }
    }
}

#[test]
fn a_target_from_the_future_is_found() {
    let verdict = judged(&life(), &calm(), 9_000, seen(leads(2)));
    assert_eq!(verdict, Verdict::Wrong(Wrong::NeverWritten));
}

#[test]
fn a_false_404_is_found_whatever_is_broken() {
    for effects in [DEAF, ISOLATED] {
        let verdict = judged(&life(), &fault(effects), 14_000, seen(State::Absent));
        let absence = Duration::from_millis(12_990);
        assert_eq!(verdict, Verdict::Wrong(Wrong::FalseAbsence(absence)));
    }
    let verdict = judged(&life(), &calm(), 31_500, seen(State::Absent));
    let absence = Duration::from_millis(1_490);
    assert_eq!(verdict, Verdict::Wrong(Wrong::FalseAbsence(absence)));
}

#[test]
fn an_edge_that_can_ask_nobody_may_show_what_was_right_when_it_was_cut_off() {
    let history = life();
    assert!(is_right(judged(
        &history,
        &fault(ISOLATED),
        14_500,
        seen(leads(1))
    )));
    let asks = judged(&history, &fault(DEAF), 14_500, seen(leads(1)));
    assert!(matches!(asks, Verdict::Wrong(Wrong::Stale(_))), "{asks:?}");
}

#[test]
fn what_cannot_be_announced_is_not_there_for_edges_that_only_know_redis() {
    let mut history = History::new();
    wrote(&mut history, leads(1), 11_200, 11_210);
    for (announced, is_allowed) in [(Announced::Later, true), (Announced::Late, false)] {
        let windows = fault(Effects {
            announced,
            ..Effects::default()
        });
        let verdict = judged(&history, &windows, 15_500, seen(State::Absent));
        assert_eq!(is_right(verdict), is_allowed, "{announced:?}: {verdict:?}");
        let late = judged(&history, &windows, 16_100, seen(State::Absent));
        assert!(
            matches!(late, Verdict::Wrong(Wrong::FalseAbsence(_))),
            "{late:?}"
        );
    }
}

#[test]
fn what_is_announced_late_may_be_seen_late() {
    let windows = fault(Effects {
        announced: Announced::Late,
        ..Effects::default()
    });
    let history = life();
    let from_before = judged(&history, &windows, 14_000, seen(leads(1)));
    assert!(is_right(from_before), "{from_before:?}");
    let late = judged(&history, &windows, 16_100, seen(leads(1)));
    assert!(matches!(late, Verdict::Wrong(Wrong::Stale(_))), "{late:?}");
}

#[test]
fn an_edge_is_right_within_the_bound_of_regained_contact() {
    let history = life();
    assert!(is_right(judged(
        &history,
        &fault(ISOLATED),
        15_900,
        seen(leads(1))
    )));
    let late = judged(&history, &fault(ISOLATED), 16_100, seen(leads(1)));
    assert!(matches!(late, Verdict::Wrong(Wrong::Stale(_))), "{late:?}");
}

#[test]
fn a_fault_of_one_edge_excuses_no_other() {
    let deaf = Effects {
        deaf: Edges::only(1),
        unasked: Edges::only(1),
        ..Effects::default()
    };
    let verdict = judged(&life(), &fault(deaf), 14_500, seen(leads(1)));
    assert!(
        matches!(verdict, Verdict::Wrong(Wrong::Stale(_))),
        "{verdict:?}"
    );
}

#[test]
fn doubt_is_excused_during_a_fault_alone() {
    let history = life();
    assert_eq!(
        judged(&history, &fault(DEAF), 15_900, Seen::Doubt),
        Verdict::Excused
    );
    for windows in [fault(DEAF), calm()] {
        let verdict = judged(&history, &windows, 16_100, Seen::Doubt);
        assert_eq!(verdict, Verdict::Wrong(Wrong::Doubt));
    }
}

#[test]
fn no_answer_is_excused_while_the_edge_is_away_alone() {
    let away = Effects {
        away: Edges::only(0),
        ..Effects::default()
    };
    let history = life();
    assert_eq!(
        judged(&history, &fault(away), 12_000, Seen::Broken),
        Verdict::Excused
    );
    let verdict = judged(&history, &fault(ISOLATED), 12_000, Seen::Broken);
    assert_eq!(verdict, Verdict::Wrong(Wrong::Broken));
    let verdict = judged(&history, &fault(ISOLATED), 12_000, Seen::Status(500));
    assert_eq!(verdict, Verdict::Wrong(Wrong::Status(500)));
}

#[test]
fn a_write_whose_answer_was_lost_may_come_true_late_or_never() {
    let mut history = life();
    let ticket = lost(&mut history, leads(4), 40_000);
    assert!(is_right(judged(&history, &calm(), 50_000, seen(leads(3)))));
    assert!(is_right(judged(&history, &calm(), 50_000, seen(leads(4)))));
    let early = judged(&history, &calm(), 39_000, seen(leads(4)));
    assert_eq!(early, Verdict::Wrong(Wrong::NeverWritten));

    history.settle(ticket, at(51_000));
    let verdict = judged(&history, &calm(), 52_500, seen(leads(3)));
    assert!(
        matches!(verdict, Verdict::Wrong(Wrong::Stale(_))),
        "{verdict:?}"
    );
}

#[test]
fn a_write_that_was_refused_is_never_seen() {
    let mut history = life();
    let ticket = lost(&mut history, leads(4), 40_000);
    history.void(ticket);
    let verdict = judged(&history, &calm(), 50_000, seen(leads(4)));
    assert_eq!(verdict, Verdict::Wrong(Wrong::NeverWritten));
}

fn call(sent: u64, answered: u64, version: u64, is_write: bool) -> Call {
    Call {
        span: span(sent, answered),
        version,
        state: leads(u32::try_from(version).unwrap_or(0)),
        is_write,
    }
}

fn contradicts(calls: &[Call]) -> bool {
    let mut order = Order::default();
    calls.iter().any(|call| order.add(*call).is_some())
}

#[test]
fn versions_in_the_order_of_time_are_one_history() {
    assert!(!contradicts(&[
        call(0, 10, 1, true),
        call(20, 30, 2, true),
        call(25, 35, 1, false),
        call(40, 50, 2, false),
        // Two at once, answered in the other order.
        call(60, 80, 4, true),
        call(60, 70, 3, true),
    ]));
}

#[test]
fn contradictions_of_the_api_are_found() {
    let first = call(0, 10, 5, true);
    let lost_write = [first, call(20, 30, 4, false)];
    let write_on_an_old_version = [first, call(20, 30, 5, true)];
    let read_told_later = [call(20, 30, 4, false), first];
    let two_contents = [
        first,
        Call {
            state: leads(9),
            ..call(5, 30, 5, false)
        },
    ];
    for calls in [
        lost_write,
        write_on_an_old_version,
        read_told_later,
        two_contents,
    ] {
        assert!(contradicts(&calls), "{calls:?}");
    }
}
