//! What edges and rebuilds ask: records by code, records by bucket.

use std::collections::{HashMap, HashSet};

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Integer, Text},
};
use suo_link::{
    id::DomainId,
    rev::{Generation, Position},
    wire::{
        names::{Bucket, LinkKey},
        sighting::{Answer, Question},
    },
};

use super::{Conn, Outcome, codes::link_key, domains, relay};
use crate::store::{
    rows::RecordRow,
    schema::{codes, links},
};

/// Keys of one statement.
const ROWS: usize = 5000;

/// The marker is read first: messages that have a number are committed, so everything up to
/// the highest number is in the rows read after it. The highest *published* number would be
/// as true but too low: an edge hears a notice before the relay has noted its publication.
pub(super) fn answer(conn: &mut Conn, question: &Question) -> Outcome<Answer> {
    let relay = relay::state(conn)?;
    let marker = Position {
        generation: relay.generation,
        seq: relay.numbered,
    };
    let records = match question {
        Question::Domains => vec![Some(domains::record(conn, marker.generation)?)],
        Question::Links(keys) => records(conn, keys, marker.generation)?,
    };
    Ok(Answer { marker, records })
}

pub(super) fn bucket_page(
    conn: &mut Conn,
    bucket: Bucket,
    after: Option<&LinkKey>,
    limit: usize,
) -> Outcome<Vec<(LinkKey, Vec<u8>)>> {
    let generation = relay::state(conn)?.generation;
    let (domain, code) = after.map_or((0, ""), |key| (key.domain.0 as i32, key.code.as_str()));
    let rows = codes::table
        .inner_join(links::table)
        .filter(codes::bucket.eq(bucket.number() as i16))
        // A comparison of rows, which both databases look up in the index.
        .filter(
            sql::<Bool>("(codes.domain, codes.code_key) > (")
                .bind::<Integer, _>(domain)
                .sql(", ")
                .bind::<Text, _>(code)
                .sql(")"),
        )
        .order((codes::domain, codes::code_key))
        .limit(limit as i64)
        .select((codes::domain, codes::code_key, RecordRow::as_select()))
        .load::<(i32, String, RecordRow)>(conn)?;
    let entry = |(domain, code, row): (i32, String, RecordRow)| {
        Ok((link_key(domain, &code)?, row.encode(generation)?))
    };
    rows.into_iter().map(entry).collect()
}

pub(super) fn known(conn: &mut Conn, keys: &[LinkKey]) -> Outcome<Vec<bool>> {
    let mut known = vec![false; keys.len()];
    for (domain, places) in by_domain(keys) {
        for places in places.chunks(ROWS) {
            let rows = codes::table
                .filter(codes::domain.eq(domain.0 as i32))
                .filter(codes::code_key.eq_any(texts(keys, places)))
                .select(codes::code_key)
                .load::<String>(conn)?;
            let rows: HashSet<String> = rows.into_iter().collect();
            for &place in places {
                known[place] = rows.contains(keys[place].code.as_str());
            }
        }
    }
    Ok(known)
}

fn records(
    conn: &mut Conn,
    keys: &[LinkKey],
    generation: Generation,
) -> Outcome<Vec<Option<Vec<u8>>>> {
    let mut records = vec![None; keys.len()];
    for (domain, places) in by_domain(keys) {
        for places in places.chunks(ROWS) {
            let rows = codes::table
                .inner_join(links::table)
                .filter(codes::domain.eq(domain.0 as i32))
                .filter(codes::code_key.eq_any(texts(keys, places)))
                .select((codes::code_key, RecordRow::as_select()))
                .load::<(String, RecordRow)>(conn)?;
            let mut found = HashMap::with_capacity(rows.len());
            for (code, row) in rows {
                found.insert(code, row.encode(generation)?);
            }
            for &place in places {
                records[place] = found.get(keys[place].code.as_str()).cloned();
            }
        }
    }
    Ok(records)
}

/// The places of the keys of each domain.
fn by_domain(keys: &[LinkKey]) -> HashMap<DomainId, Vec<usize>> {
    let mut places: HashMap<DomainId, Vec<usize>> = HashMap::new();
    for (place, key) in keys.iter().enumerate() {
        places.entry(key.domain).or_default().push(place);
    }
    places
}

fn texts<'a>(keys: &'a [LinkKey], places: &[usize]) -> Vec<&'a str> {
    places
        .iter()
        .map(|&place| keys[place].code.as_str())
        .collect()
}
