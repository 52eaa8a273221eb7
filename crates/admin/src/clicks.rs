//! Counts what edges have shipped: each segment once, whatever comes twice.
//!
//! [`count`] is all that there is to it; production feeds it from a stream in Redis ([`intake`]), the
//! quick start from a function call. [`tally`] says what is counted under which names, and [`audit`] whether
//! it adds up.

pub mod audit;
pub mod block;
mod day_keys;
mod hours;
#[cfg(feature = "redis")]
pub mod intake;
mod rules;
pub mod sketch;
pub mod tally;
pub mod upkeep;
pub mod visits;

pub use day_keys::day_keys;
pub use hours::{Day, Hours};
pub use rules::{EVENTS_DAYS, MAX_EVENTS_DAYS, Rules};
use suo_link::{
    time::Timestamp,
    wire::clicks::{Segment, SegmentName},
};

use crate::store::{Store, StoreError, Watermark};

/// A segment as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// What it is called.
    pub name: SegmentName,
    /// Its bytes.
    pub segment: Vec<u8>,
}

/// Counts segments; what cannot be read or counted is put aside, and does not keep up the rest.
/// Returns how far their journals are counted now.
///
/// # Errors
/// If the database is away: then nothing, or a part of it, was counted, and all of it may come
/// again.
pub fn count(
    store: &dyn Store,
    rules: &Rules,
    now: Timestamp,
    shipments: &[Shipment],
) -> Result<Vec<Watermark>, StoreError> {
    let mut watermarks = Vec::new();
    let mut segments = Vec::with_capacity(shipments.len());
    for shipment in shipments {
        match Segment::decode(&shipment.segment) {
            Ok(segment) if segment.name == shipment.name => segments.push((segment, shipment)),
            Ok(_) => watermarks.push(park(store, shipment, "it bears another name", now)?),
            Err(error) => watermarks.push(park(store, shipment, &error.to_string(), now)?),
        }
    }
    let (segments, shipments): (Vec<Segment>, Vec<&Shipment>) = segments.into_iter().unzip();
    match store.count_clicks(&segments, rules, now) {
        Ok(counted) => watermarks.extend(counted),
        Err(StoreError::Broken(error)) => {
            tracing::warn!(%error, "a segment of clicks cannot be counted; which one?");
            for (segment, shipment) in segments.iter().zip(shipments) {
                watermarks.extend(count_one(store, rules, now, segment, shipment)?);
            }
        }
        Err(error) => return Err(error),
    }
    Ok(watermarks)
}

fn count_one(
    store: &dyn Store,
    rules: &Rules,
    now: Timestamp,
    segment: &Segment,
    shipment: &Shipment,
) -> Result<Vec<Watermark>, StoreError> {
    match store.count_clicks(std::slice::from_ref(segment), rules, now) {
        Err(StoreError::Broken(error)) => Ok(vec![park(store, shipment, &error.to_string(), now)?]),
        outcome => outcome,
    }
}

fn park(
    store: &dyn Store,
    shipment: &Shipment,
    reason: &str,
    now: Timestamp,
) -> Result<Watermark, StoreError> {
    tracing::error!(segment = %shipment.name, reason, "a segment of clicks is parked");
    store.park_clicks(shipment.name, &shipment.segment, reason, now)
}
