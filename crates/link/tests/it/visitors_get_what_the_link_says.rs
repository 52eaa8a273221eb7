use suo_link::{
    id::LinkId,
    link::{ForwardQuery, Link, RedirectStatus, Status},
    policy::{self, Decision, SplitKey},
    time::Timestamp,
    visitor::Visitor,
};

const KEY: SplitKey = SplitKey::new([1; 16]);

fn decide<'a>(link: &'a Link, visitor: &Visitor<'_>, now: Timestamp) -> Decision<'a> {
    policy::decide(link, visitor, now, &KEY)
}

fn asks(query: &str) -> Visitor<'_> {
    Visitor {
        query: Some(query),
        ..Visitor::default()
    }
}

fn link() -> Link {
    Link {
        id: LinkId(1),
        status: Status::Active,
        redirect_status: RedirectStatus::Found,
        forward_query: ForwardQuery::Off,
        target: "https://example.com/a?b=1#c".into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
        max_clicks: None,
        policy: None,
    }
}

fn location(link: &Link, query: &str) -> String {
    match decide(link, &asks(query), Timestamp(0)) {
        Decision::Redirect(redirect) => redirect.location.into_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plain_link_redirects_to_its_target() {
    let link = link();
    let Decision::Redirect(redirect) = decide(&link, &Visitor::default(), Timestamp(0)) else {
        panic!("no redirect");
    };
    assert_eq!(redirect.location, "https://example.com/a?b=1#c");
    assert_eq!(redirect.status, RedirectStatus::Found);
    assert!(!redirect.cacheable);
}

#[test]
fn times_are_intervals_that_hold_their_start_and_not_their_end() {
    let link = Link {
        starts_at: Some(Timestamp(10)),
        expires_at: Some(Timestamp(20)),
        ..link()
    };
    let at = |now| decide(&link, &Visitor::default(), Timestamp(now));
    assert_eq!(at(9), Decision::NotStarted);
    assert!(matches!(at(10), Decision::Redirect(_)));
    assert!(matches!(at(19), Decision::Redirect(_)));
    assert_eq!(at(20), Decision::Expired);
}

#[test]
fn the_first_reason_not_to_answer_wins() {
    let over = Link {
        starts_at: Some(Timestamp(9)),
        expires_at: Some(Timestamp(0)),
        ..link()
    };
    let now = Timestamp(5);
    let of = |status| Link {
        status,
        ..over.clone()
    };
    assert_eq!(
        decide(&of(Status::Banned), &Visitor::default(), now),
        Decision::Banned
    );
    assert_eq!(
        decide(&of(Status::Paused), &Visitor::default(), now),
        Decision::Paused
    );
    assert_eq!(
        decide(&over, &Visitor::default(), now),
        Decision::NotStarted
    );
}

#[test]
fn an_expired_link_may_lead_elsewhere_and_is_never_remembered() {
    let link = Link {
        redirect_status: RedirectStatus::MovedPermanently,
        forward_query: ForwardQuery::Append,
        expires_at: Some(Timestamp(0)),
        expired_target: Some("https://example.com/over".into()),
        ..link()
    };
    let Decision::Redirect(redirect) = decide(&link, &asks("x=1"), Timestamp(0)) else {
        panic!("no redirect");
    };
    assert_eq!(redirect.location, "https://example.com/over");
    assert_eq!((redirect.status.as_u16(), redirect.cacheable), (302, false));
}

#[test]
fn only_permanent_redirects_that_nothing_can_end_are_cacheable() {
    let cacheable = |link: &Link| match decide(link, &Visitor::default(), Timestamp(5)) {
        Decision::Redirect(redirect) => redirect.cacheable,
        other => panic!("{other:?}"),
    };
    for status in RedirectStatus::ALL {
        let link = Link {
            redirect_status: *status,
            ..link()
        };
        assert_eq!(cacheable(&link), matches!(status.as_u16(), 301 | 308));
        assert!(!cacheable(&Link {
            starts_at: Some(Timestamp(0)),
            ..link.clone()
        }));
        assert!(!cacheable(&Link {
            expires_at: Some(Timestamp(9)),
            ..link
        }));
    }
}

#[test]
fn the_visitors_query_is_dropped_appended_or_put_in_place() {
    let with = |forward_query| Link {
        forward_query,
        ..link()
    };
    assert_eq!(
        location(&with(ForwardQuery::Off), "b=2"),
        "https://example.com/a?b=1#c"
    );
    assert_eq!(
        location(&with(ForwardQuery::Append), "b=2"),
        "https://example.com/a?b=1&b=2#c"
    );
    assert_eq!(
        location(&with(ForwardQuery::Override), "b=2"),
        "https://example.com/a?b=2#c"
    );
    assert_eq!(
        location(&with(ForwardQuery::Append), ""),
        "https://example.com/a?b=1#c"
    );
}
