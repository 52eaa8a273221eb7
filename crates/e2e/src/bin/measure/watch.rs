//! Looks at one edge until it shows an edit.

use std::{
    io,
    sync::mpsc::{Receiver, Sender},
    time::{Duration, Instant},
};

use e2e::{api::Visits, keep_alive::KeepAlive, production::SEEN};

/// An edit that the API has answered.
#[derive(Clone)]
pub(crate) struct Edit {
    pub(crate) path: String,
    pub(crate) target: String,
    /// When the last byte of the API's answer was read.
    pub(crate) answered: Instant,
}

/// How an edge showed an edit.
pub(crate) struct Seen {
    /// From the API's answer until the edge's answer was read: the visit itself is in it.
    pub(crate) after: Duration,
    /// 1: it was there already.
    pub(crate) looks: usize,
}

/// Waits for edits to look for, over one connection, until the sender is gone.
pub(crate) fn watch(
    visits: &Visits,
    edits: &Receiver<Edit>,
    seen: &Sender<io::Result<Seen>>,
) -> io::Result<()> {
    let mut connection = KeepAlive::open(visits.address)?;
    for edit in edits {
        if seen.send(look(visits, &mut connection, &edit)).is_err() {
            break;
        }
    }
    Ok(())
}

fn look(visits: &Visits, connection: &mut KeepAlive, edit: &Edit) -> io::Result<Seen> {
    let mut looks = 0;
    loop {
        let answer = visits.get_over(connection, &edit.path)?;
        let after = edit.answered.elapsed();
        looks += 1;
        if answer.header("location") == Some(&edit.target) {
            return Ok(Seen { after, looks });
        }
        if answer.status != 302 || after > SEEN {
            let Edit { path, target, .. } = edit;
            return Err(io::Error::other(format!(
                "{path} does not lead to {target} after {after:?}: {answer:?}"
            )));
        }
    }
}
