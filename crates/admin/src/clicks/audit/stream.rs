//! What Redis holds of clicks, without taking anything from it.

use std::collections::HashMap;

use redis::{FromRedisValue, Pipeline};
use suo_link::wire::clicks::Segment;

use super::Seen;
use crate::{
    announce::{
        AnnounceError,
        redis::{Line, RedisTarget},
    },
    clicks::intake::{Entry, Fields, GROUP, entry},
};

/// Entries of one question: a few megabytes.
const PAGE: usize = 64;

/// Looks at the stream and at what edges were told.
///
/// # Errors
/// If Redis cannot be asked.
pub fn look(target: &RedisTarget) -> Result<Seen, AnnounceError> {
    let mut line = Line::new(target);
    let (stream, applied) = (target.names.clicks(), target.names.applied());
    let mut seen = Seen {
        taken: taken(&mut line, &stream)?,
        ..Seen::default()
    };
    let confirmed: HashMap<String, u64> = run(&mut line, redis::cmd("HGETALL").arg(&applied))?;
    for (journal, number) in confirmed {
        // Whatever else somebody has put there tells nothing.
        if let Ok(journal) = journal.parse() {
            seen.confirmed.insert(journal, number);
        }
    }
    let mut after = "-".to_owned();
    loop {
        let mut page = redis::cmd("XRANGE");
        page.arg(&stream).arg(&after).arg("+");
        page.arg("COUNT").arg(PAGE);
        let entries: Vec<(String, Fields)> = run(&mut line, &page)?;
        let Some((last, _)) = entries.last() else {
            return Ok(seen);
        };
        after = format!("({last}");
        seen.segments
            .extend(entries.into_iter().map(|(id, fields)| {
                let Entry { shipment, .. } = entry(id, fields);
                let segment = Segment::decode(&shipment.segment).ok();
                let is_its_own = |segment: &Segment| segment.name == shipment.name;
                let answers = segment.filter(is_its_own).map(|it| it.clicks.len() as u64);
                (shipment.name, answers)
            }));
    }
}

/// Entries that an admin has taken and not confirmed.
fn taken(line: &mut Line, stream: &str) -> Result<u64, AnnounceError> {
    type Summary = (u64, redis::Value, redis::Value, redis::Value);
    match run::<Summary>(line, redis::cmd("XPENDING").arg(stream).arg(GROUP)) {
        Ok((taken, ..)) => Ok(taken),
        // No admin has ever read here.
        Err(AnnounceError::Refused(why)) if why.contains("NOGROUP") => Ok(0),
        Err(error) => Err(error),
    }
}

fn run<T: FromRedisValue>(line: &mut Line, command: &redis::Cmd) -> Result<T, AnnounceError> {
    let mut pipeline = Pipeline::new();
    pipeline.add_command(command.clone());
    let (value,): (T,) = line.run(&pipeline)?;
    Ok(value)
}
