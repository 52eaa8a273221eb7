//! How an edge ends.

use std::{net::TcpStream, thread, time::Duration};

use suo_edge::serve::{Ending, Limits, StartError};
use suo_testkit::wait_until;

use super::{
    client::{Line, get, head},
    stage::{HOST, SLOW, Setting, Stage, link},
};

const PATIENCE: Duration = Duration::from_secs(20);
const CLEAN: Ending = Ending {
    cut: 0,
    lost_workers: 0,
};

fn stage(limits: Limits) -> Stage {
    Stage::set(Setting {
        limits,
        workers: 2,
        links: vec![("a", link("https://t.example/"))],
        ..Setting::default()
    })
}

/// A connection whose request is being looked up.
fn waiting(stage: &Stage) -> Line {
    let mut line = Line::open(stage.address());
    line.send(head("GET", HOST, &format!("/{SLOW}")));
    stage.wait_for_slow_lookup();
    line
}

#[test]
fn requests_under_way_finish_and_nothing_else_does() {
    let stage = stage(Limits::default());
    let mut waiting = waiting(&stage);
    let mut idle = Line::open(stage.address());
    idle.send(head("GET", HOST, "/a"));
    assert_eq!(idle.response().status, 302);
    let mut fresh = Line::open(stage.address());
    let ready = |path| get(stage.ops_address(), "ops", path).status;
    assert_eq!(ready("/ready"), 200);

    stage.stop();
    assert_eq!(idle.rest(), b"");
    assert_eq!(fresh.rest(), b"");
    let address = stage.address();
    wait_until("new connections to be refused", PATIENCE, || {
        TcpStream::connect(address).map_or(Ok(()), |_| Err("accepted"))
    });
    assert_eq!((ready("/ready"), ready("/live")), (503, 200));

    stage.release();
    let response = waiting.response();
    assert_eq!(response.status, 302);
    assert_eq!(response.header("connection"), Some("close"));
    assert_eq!(waiting.rest(), b"");
    assert_eq!(stage.join(), CLEAN);
}

#[test]
fn what_takes_too_long_is_cut_and_counted() {
    let stage = stage(Limits {
        drain: Duration::from_millis(100),
        ..Limits::default()
    });
    let mut waiting = waiting(&stage);
    stage.stop();
    assert_eq!(waiting.rest(), b"");
    let ending = stage.join();
    assert_eq!(ending.cut, 1);
    assert_eq!(ending.to_string(), "1 connection was cut");
}

#[test]
fn under_load_no_response_is_torn() {
    let stage = stage(Limits::default());
    let address = stage.address();
    let clients: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(move || {
                let mut line = Line::open(address);
                let mut answered = 0;
                loop {
                    line.try_send(head("GET", HOST, "/a"));
                    // It panics on a response that is not complete.
                    match line.try_response() {
                        Some(response) => assert_eq!(response.status, 302),
                        None => return answered,
                    }
                    answered += 1;
                }
            })
        })
        .collect();
    wait_until("some load", PATIENCE, || {
        let labels = r#"{outcome="redirect"}"#;
        let count = stage.metric("suo_edge_requests_total", labels);
        if count > 1000.0 { Ok(()) } else { Err(count) }
    });
    stage.stop();
    let answered: u32 = clients
        .into_iter()
        .map(|client| client.join().unwrap())
        .sum();
    assert!(answered > 1000);
    assert_eq!(stage.join(), CLEAN);
}

#[test]
fn a_port_in_use_is_an_error_that_names_the_setting() {
    let first = stage(Limits::default());
    let second = Stage::try_set(Setting {
        listen: first.address(),
        ..Setting::default()
    });
    let error = second.err().expect("the port is in use");
    assert!(matches!(error, StartError::Listen { .. }));
    let text = error.to_string();
    assert!(
        text.contains("in use") && text.contains("SUO_EDGE_LISTEN"),
        "{text}"
    );
}
