//! What goes on while something else is measured: visits and edits at a bounded rate.

use std::{
    io,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use e2e::{
    api::{Api, Visits},
    keep_alive::KeepAlive,
};
use serde_json::json;

/// Visits these paths in turn, so many a second, until the sender of `end` is gone.
/// How long each took.
pub(crate) fn visit(
    visits: &Visits,
    paths: &[String],
    rate: u32,
    end: &Receiver<()>,
) -> io::Result<Vec<Duration>> {
    let mut connection = KeepAlive::open(visits.address)?;
    let mut paths = paths.iter().cycle();
    at_rate(rate, end, |_| {
        let path = paths.next().ok_or(io::ErrorKind::NotFound)?;
        match visits.get_over(&mut connection, path)? {
            answer if answer.status == 302 => Ok(()),
            other => Err(io::Error::other(format!("{path}: {other:?}"))),
        }
    })
}

/// Edits the links of these ids in turn, so many a second, until the sender of `end` is gone.
pub(crate) fn edit(
    api: &Api,
    ids: &[String],
    rate: u32,
    end: &Receiver<()>,
) -> io::Result<Vec<Duration>> {
    let mut connection = KeepAlive::open(api.address)?;
    let mut ids = ids.iter().cycle();
    at_rate(rate, end, |number| {
        let id = ids.next().ok_or(io::ErrorKind::NotFound)?;
        let body = json!({ "target": format!("https://example.com/beside/{number}") });
        patch(api, &mut connection, id, &body)
    })
}

/// Changes a link.
pub(crate) fn patch(
    api: &Api,
    connection: &mut KeepAlive,
    id: &str,
    change: &serde_json::Value,
) -> io::Result<()> {
    let body = change.to_string();
    let path = format!("/links/{id}");
    match api.call_over(connection, "PATCH", &path, body.as_bytes())? {
        answer if answer.status == 200 => Ok(()),
        other => Err(io::Error::other(format!("{id}: {other:?}"))),
    }
}

/// Acts so many times a second; what is late is not made up for.
fn at_rate(
    rate: u32,
    end: &Receiver<()>,
    mut act: impl FnMut(usize) -> io::Result<()>,
) -> io::Result<Vec<Duration>> {
    let mut took = Vec::new();
    if rate == 0 {
        return Ok(took);
    }
    let period = Duration::from_secs(1) / rate;
    let mut due = Instant::now() + period;
    loop {
        let pause = due.saturating_duration_since(Instant::now());
        if end.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            return Ok(took);
        }
        let start = Instant::now();
        act(took.len())?;
        took.push(start.elapsed());
        due = (due + period).max(start);
    }
}
