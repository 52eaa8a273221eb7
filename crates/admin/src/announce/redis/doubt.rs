//! Tells edges of what they may have believed wrongly.
//!
//! A bucket whose marker was behind looked whole until somebody compared it with the database.
//! An edge that has not heard of what was lost there, because it is younger, believed it, and
//! nothing that is published later about other links would tell it.

use redis::Pipeline;
use suo_link::wire::names::{Bucket, Names};

use super::{
    line::Line,
    scripts::{LOST, SCRIPTS},
};
use crate::{announce::AnnounceError, clock::Clock, store::Store};

/// If one of these buckets looked whole and was not, all edges will look up everything again.
/// Only when that is certain does the bucket forget it; until then every relay finds it.
pub(super) fn tell(
    line: &mut Line,
    names: &Names,
    store: &dyn Store,
    clock: &Clock,
    buckets: &[Bucket],
) -> Result<(), AnnounceError> {
    let doubted = doubted(line, names, buckets)?;
    if doubted.is_empty() {
        return Ok(());
    }
    tracing::warn!(
        buckets = doubted.len(),
        "Redis was set back or has evicted keys: edges look up everything again"
    );
    store.put_doubt(clock())?;
    let mut pipeline = Pipeline::new();
    for bucket in doubted {
        pipeline
            .cmd("EVALSHA")
            .arg(SCRIPTS.forget.get_hash())
            .arg(1)
            .arg(names.marker(bucket));
    }
    let _forgotten: Vec<Option<bool>> = line.run_in_part(&pipeline)?;
    Ok(())
}

fn doubted(
    line: &mut Line,
    names: &Names,
    buckets: &[Bucket],
) -> Result<Vec<Bucket>, AnnounceError> {
    if buckets.is_empty() {
        return Ok(Vec::new());
    }
    let mut pipeline = Pipeline::new();
    for bucket in buckets {
        pipeline.cmd("GET").arg(names.marker(*bucket));
    }
    let markers: Vec<Option<Option<String>>> = line.run_in_part(&pipeline)?;
    let is_lost =
        |marker: &Option<Option<String>>| marker.iter().flatten().any(|marker| marker == LOST);
    let found = buckets.iter().zip(markers);
    Ok(found
        .filter(|(_, marker)| is_lost(marker))
        .map(|(bucket, _)| *bucket)
        .collect())
}
