use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use e2e::{
    api::text,
    production::Instance,
    quick_start::Place,
    visitors::{Visitors, all_are_counted},
};
use serde_json::json;
use suo_testkit::{Program, Signal, wait_until};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn who_asks_again_does_not_wait_for_requests_under_way() {
    let mut place = Place::new();
    let suo = place.start();
    let _unfinished = stall(suo.api.address);
    ask_until_it_ends(&suo.program);

    let instance = Instance::new();
    let admin = instance.admin();
    let _unfinished = stall(admin.api.address);
    ask_until_it_ends(&admin.program);
}

#[test]
fn clicks_that_an_edge_had_no_time_for_are_counted_after_the_next_start() {
    let instance = Instance::new();
    let admin = instance.admin();
    let mut edge = instance.edge(&[&admin]);
    let links = [admin
        .api
        .create(&json!({ "target": "https://example.com/" }))];
    instance.redis.kill();
    let visitors = Visitors::of(&[&edge], &[text(&links[0], "code").to_owned()]);
    wait_until("clicks wait", PATIENCE, || {
        match edge.metric("suo_edge_clicks_waiting") {
            waiting if waiting > 0.0 => Ok(()),
            waiting => Err(waiting),
        }
    });
    let (seen, _) = visitors.finish();
    ask_until_it_ends(&edge.program);

    instance.redis.restart_empty();
    edge.start_again();
    edge.wait();
    all_are_counted(&admin.api, &links, &seen);
}

/// A request whose body is waited for and never comes.
fn stall(address: SocketAddr) -> TcpStream {
    let mut line = TcpStream::connect(address).expect("a line");
    let head = "POST /create HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
        content-type: application/x-www-form-urlencoded\r\ncontent-length: 9\r\n\r\n";
    line.write_all(head.as_bytes()).expect("a line");
    let mut answer = [0; 12];
    line.read_exact(&mut answer).expect("a wish to go on");
    assert_eq!(&answer, b"HTTP/1.1 100");
    line
}

fn ask_until_it_ends(program: &Program) {
    let status = wait_until("the end", PATIENCE, || {
        program.signal(Signal::TERM);
        program.ended().ok_or("it runs")
    });
    assert_eq!(status.code(), Some(1));
    program.wait_for_line(|line| line.contains("asked again: ends at once"));
}
