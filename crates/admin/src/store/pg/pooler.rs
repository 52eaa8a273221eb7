//! Whether a connection pooler hands out server sessions by the transaction.
//!
//! Behind such a pooler two statements of one connection may run in two sessions. A prepared
//! statement of one client is then called by another one under the same name, and a setting of
//! a session is somebody else's. So it must be known before anything is prepared.

use diesel::{
    connection::{AnsiTransactionManager, TransactionManager},
    prelude::*,
    sql_types::Integer,
};

use super::{Conn, connect};
use crate::store::{StoreError, error::Failure};

/// How often it is looked. Other clients of the pooler may take the session that would tell.
const ROUNDS: usize = 4;

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Whether statements of `line` run in sessions that other connections use in between.
pub(super) fn shares_sessions(line: &mut Conn, url: &str) -> Result<bool, StoreError> {
    let mut other = connect(url)?;
    for _ in 0..ROUNDS {
        if is_shared(line, &mut other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Twice in a row, as a pooler may go round; then with the likeliest session taken.
fn is_shared(line: &mut Conn, other: &mut Conn) -> Result<bool, Failure> {
    let own = session(line)?;
    if session(line)? != own {
        return Ok(true);
    }
    AnsiTransactionManager::begin_transaction(other)?;
    // If the other one has our session, ours would have to wait for it.
    let is_shared = session(other)? == own || session(line)? != own;
    AnsiTransactionManager::rollback_transaction(other)?;
    Ok(is_shared)
}

/// Never prepared under a name.
fn session(line: &mut Conn) -> Result<i32, Failure> {
    let session =
        diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result::<Session>(line)?;
    Ok(session.pid)
}
