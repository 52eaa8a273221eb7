//! What people read on a link, made findable: tags, and pairs of neighbouring characters of
//! all texts.

use diesel::prelude::*;
use suo_link::id::LinkId;

use super::{Conn, Outcome};
use crate::store::{
    LinkFields,
    rows::NewTagRow,
    schema::{link_grams, link_tags},
};

/// Rows of one statement: two or three values each, and SQLite takes 32 766.
const ROWS: usize = 8000;

#[derive(Insertable, PartialEq, Eq, PartialOrd, Ord)]
#[diesel(table_name = link_grams, treat_none_as_default_value = false)]
struct GramRow {
    gram: i64,
    link: i64,
}

/// Writes tags and pairs of new links.
pub(super) fn insert<'a>(
    conn: &mut Conn,
    links: impl Iterator<Item = (LinkId, &'a LinkFields)> + Clone,
) -> Outcome<()> {
    let tags: Vec<_> = links
        .clone()
        .flat_map(|(id, fields)| tag_rows(id, fields))
        .collect();
    for rows in tags.chunks(ROWS) {
        diesel::insert_into(link_tags::table)
            .values(rows)
            .execute(conn)?;
    }
    let mut grams: Vec<_> = links
        .flat_map(|(id, fields)| gram_rows(id, fields))
        .collect();
    grams.sort_unstable();
    for rows in grams.chunks(ROWS) {
        diesel::insert_into(link_grams::table)
            .values(rows)
            .execute(conn)?;
    }
    Ok(())
}

/// Removes tags and pairs of a link with these fields.
pub(super) fn remove(conn: &mut Conn, id: LinkId, fields: &LinkFields) -> Outcome<()> {
    let link = id.0 as i64;
    diesel::delete(link_tags::table.filter(link_tags::link.eq(link))).execute(conn)?;
    for grams in of_fields(fields).chunks(ROWS) {
        let rows = link_grams::table
            .filter(link_grams::gram.eq_any(grams))
            .filter(link_grams::link.eq(link));
        diesel::delete(rows).execute(conn)?;
    }
    Ok(())
}

/// Exchanges tags and pairs where the texts differ.
pub(super) fn replace(
    conn: &mut Conn,
    id: LinkId,
    old: &LinkFields,
    new: &LinkFields,
) -> Outcome<()> {
    if (&old.title, &old.note, &old.tags) == (&new.title, &new.note, &new.tags) {
        return Ok(());
    }
    remove(conn, id, old)?;
    insert(conn, std::iter::once((id, new)))
}

/// The pairs of neighbouring characters of a text in lower case, each once, in order.
pub(super) fn of_text(text: &str) -> Vec<i64> {
    let mut grams = Vec::new();
    push(&mut grams, text);
    grams.sort_unstable();
    grams.dedup();
    grams
}

fn of_fields(fields: &LinkFields) -> Vec<i64> {
    let mut grams = Vec::new();
    let texts = [&fields.title, &fields.note].into_iter().flatten();
    texts
        .chain(&fields.tags)
        .for_each(|text| push(&mut grams, text));
    grams.sort_unstable();
    grams.dedup();
    grams
}

fn push(grams: &mut Vec<i64>, text: &str) {
    let text = text.to_lowercase();
    let pairs = text.chars().zip(text.chars().skip(1));
    grams.extend(
        pairs.map(|(first, second)| {
            i64::from(u32::from(first)) << 32 | i64::from(u32::from(second))
        }),
    );
}

fn tag_rows(id: LinkId, fields: &LinkFields) -> impl Iterator<Item = NewTagRow<'_>> {
    let link = id.0 as i64;
    let places = fields.tags.iter().zip(0..);
    places.map(move |(tag, position)| NewTagRow {
        link,
        tag,
        position,
    })
}

fn gram_rows(id: LinkId, fields: &LinkFields) -> impl Iterator<Item = GramRow> {
    let link = id.0 as i64;
    let row = move |gram| GramRow { gram, link };
    of_fields(fields).into_iter().map(row)
}
