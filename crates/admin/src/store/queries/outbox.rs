//! What waits to be published.

use diesel::prelude::*;
use suo_link::{
    time::Timestamp,
    wire::changes::{Change, Changes, MAX_CHANGES},
};

use super::{Conn, Outcome};
use crate::store::schema::outbox;

/// Rows of one statement; a row of 500 changes is some 50 KB.
const ROWS: usize = 16;

#[derive(Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
struct NewMessage {
    changes: Vec<u8>,
    change_count: i32,
    created_at: i64,
}

/// Puts changes into as few messages as they need.
pub(super) fn put(conn: &mut Conn, changes: Vec<Change>, now: Timestamp) -> Outcome<()> {
    let mut rest = changes.into_iter();
    let mut messages = Vec::new();
    loop {
        let part: Vec<Change> = rest.by_ref().take(MAX_CHANGES).collect();
        if part.is_empty() {
            break;
        }
        messages.push(NewMessage {
            change_count: part.len() as i32,
            changes: Changes(part).encode(),
            created_at: now.0,
        });
    }
    insert(conn, &messages)
}

/// A message without changes.
pub(super) fn put_nothing(conn: &mut Conn, now: Timestamp) -> Outcome<()> {
    let nothing = NewMessage {
        changes: Changes::default().encode(),
        change_count: 0,
        created_at: now.0,
    };
    insert(conn, &[nothing])
}

fn insert(conn: &mut Conn, messages: &[NewMessage]) -> Outcome<()> {
    for rows in messages.chunks(ROWS) {
        diesel::insert_into(outbox::table)
            .values(rows)
            .execute(conn)?;
    }
    Ok(())
}
