//! Blocks of clicks, for links that people may follow only so often.
//!
//! For each link: what is consumed and what is in blocks never exceeds the limit that it had when the
//! last block was granted. A block ends in one of two ways: its journal gives it back and says how
//! much of it was used, or all of its journal is counted, and with it every click that it paid for.
//! Locks are taken in one order by everybody: holders, then limits, then blocks, each by key.

mod ending;
mod usage;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use suo_link::{
    time::Timestamp,
    wire::leases::{Ask, Reply, Request, Standing},
};

pub(super) use ending::{apply, end};
pub(super) use usage::{begin, forget, overdue, remove, usage};

use super::{Conn, Outcome, dialect};
use crate::{
    clicks::block::{self, block},
    random::Random,
    store::{
        StoreError,
        schema::{click_holders, click_leases, click_limits, links},
    },
};

/// How long an edge uses a block, in milliseconds; here it is only written down.
const LIFE: i64 = 2000;

/// A block that is out.
struct Block {
    id: i64,
    link: i64,
    size: i64,
    used: i64,
}

/// Hears what a journal says of its blocks, and grants what it asks for. `None`: something later was
/// heard from this journal.
pub(super) fn lease(
    conn: &mut Conn,
    request: &Request,
    now: Timestamp,
    random: Random,
) -> Outcome<Option<Reply>> {
    if !take_turn(conn, request, now)? {
        return Ok(None);
    }
    let limits = limits(conn, &request.asks)?;
    let closed = closed(conn, request)?;
    let asked = request.asks.iter().map(|ask| ask.link.0 as i64);
    let limited = asked.filter(|link| matches!(limits.get(link), Some(Some(_))));
    let limited: BTreeSet<i64> = limited.collect();
    let touched = closed.iter().map(|(block, _)| block.link);
    let locked: BTreeSet<i64> = touched.chain(limited.iter().copied()).collect();
    let mut consumed = lock(conn, &limited, &locked)?;
    settle(conn, &closed, &mut consumed)?;
    let mut office = Office {
        leased: leased(conn, &limited)?,
        holders: holders(conn, now)?,
        consumed,
        limits,
        request,
        now,
        random,
    };
    let standings = request.asks.iter().map(|ask| office.stand(conn, *ask));
    let standings = standings.collect::<Outcome<_>>()?;
    Ok(Some(Reply { standings }))
}

/// Whether this is the latest that was heard from the journal; its row is locked from here on.
fn take_turn(conn: &mut Conn, request: &Request, now: Timestamp) -> Outcome<bool> {
    let journal = request.journal.0.as_slice();
    diesel::insert_into(click_holders::table)
        .values((
            click_holders::journal.eq(journal),
            click_holders::turn.eq(0),
            click_holders::seen_at.eq(now.0),
        ))
        .on_conflict(click_holders::journal)
        .do_nothing()
        .execute(conn)?;
    let last = dialect::lock_holder(conn, journal)?;
    let turn = i64::try_from(request.turn).unwrap_or(i64::MAX);
    if turn <= last {
        return Ok(false);
    }
    diesel::update(click_holders::table.find(journal))
        .set((
            click_holders::turn.eq(turn),
            click_holders::seen_at.eq(now.0),
        ))
        .execute(conn)?;
    Ok(true)
}

/// What the links allow; those that there are.
fn limits(conn: &mut Conn, asks: &[Ask]) -> Outcome<HashMap<i64, Option<i64>>> {
    let ids: Vec<i64> = asks.iter().map(|ask| ask.link.0 as i64).collect();
    let rows = links::table
        .filter(links::id.eq_any(ids))
        .select((links::id, links::max_clicks))
        .load::<(i64, Option<i64>)>(conn)?;
    Ok(rows.into_iter().collect())
}

/// The journal's blocks that it does not hold, and how much of them was used. One that it does not
/// know was never used: the answer that granted it was lost.
fn closed(conn: &mut Conn, request: &Request) -> Outcome<Vec<(Block, i64)>> {
    let said: HashMap<u64, u64> = request
        .closed
        .iter()
        .map(|closed| (closed.lease, closed.used))
        .collect();
    let held: BTreeSet<u64> = request.held.iter().copied().collect();
    let blocks = blocks(conn, request.journal.0.as_slice())?.into_iter();
    let closed = blocks.filter(|block| !held.contains(&(block.id as u64)));
    let used = |block: Block| {
        let said = said.get(&(block.id as u64)).copied().unwrap_or(0);
        let said = i64::try_from(said).unwrap_or(i64::MAX);
        let used = said.max(block.used).min(block.size);
        (block, used)
    };
    Ok(closed.map(used).collect())
}

/// A journal's blocks, by number.
fn blocks(conn: &mut Conn, journal: &[u8]) -> Outcome<Vec<Block>> {
    let rows = click_leases::table
        .filter(click_leases::journal.eq(journal))
        .order(click_leases::id)
        .select((
            click_leases::id,
            click_leases::link,
            click_leases::size,
            click_leases::used,
        ))
        .load::<(i64, i64, i64, i64)>(conn)?;
    let block = |(id, link, size, used)| Block {
        id,
        link,
        size,
        used,
    };
    Ok(rows.into_iter().map(block).collect())
}

/// How much of each of these links is consumed, kept from others until the transaction ends; `needed` ones
/// get a row if they have none.
fn lock(
    conn: &mut Conn,
    needed: &BTreeSet<i64>,
    all: &BTreeSet<i64>,
) -> Outcome<BTreeMap<i64, i64>> {
    for link in needed {
        diesel::insert_into(click_limits::table)
            .values((click_limits::link.eq(link), click_limits::consumed.eq(0)))
            .on_conflict(click_limits::link)
            .do_nothing()
            .execute(conn)?;
    }
    let all: Vec<i64> = all.iter().copied().collect();
    Ok(dialect::lock_limits(conn, &all)?.into_iter().collect())
}

/// Takes blocks back: what was used is consumed, the rest is free. The links are locked.
fn settle(
    conn: &mut Conn,
    closed: &[(Block, i64)],
    consumed: &mut BTreeMap<i64, i64>,
) -> Outcome<()> {
    let mut changed = BTreeSet::new();
    for (block, used) in closed {
        // The row of a link that was deleted is gone.
        if let Some(consumed) = consumed.get_mut(&block.link) {
            *consumed += used;
            changed.insert(block.link);
        }
    }
    for link in changed {
        let now = consumed.get(&link).copied().unwrap_or(0);
        diesel::update(click_limits::table.find(link))
            .set(click_limits::consumed.eq(now))
            .execute(conn)?;
    }
    let mut ids: Vec<i64> = closed.iter().map(|(block, _)| block.id).collect();
    ids.sort_unstable();
    for id in ids {
        diesel::delete(click_leases::table.find(id)).execute(conn)?;
    }
    Ok(())
}

/// How much of each of these links is in blocks.
fn leased(conn: &mut Conn, links: &BTreeSet<i64>) -> Outcome<HashMap<i64, i64>> {
    let links: Vec<i64> = links.iter().copied().collect();
    let rows = click_leases::table
        .filter(click_leases::link.eq_any(&links))
        .select((click_leases::link, click_leases::size))
        .load::<(i64, i64)>(conn)?;
    let mut leased = HashMap::new();
    for (link, size) in rows {
        *leased.entry(link).or_default() += size;
    }
    Ok(leased)
}

/// How many journals have asked for something lately.
fn holders(conn: &mut Conn, now: Timestamp) -> Outcome<u64> {
    let count: i64 = click_holders::table
        .filter(click_holders::seen_at.ge(now.0 - block::SEEN))
        .filter(click_holders::ends_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(count.unsigned_abs())
}

/// What blocks are granted with.
struct Office<'a> {
    limits: HashMap<i64, Option<i64>>,
    consumed: BTreeMap<i64, i64>,
    leased: HashMap<i64, i64>,
    holders: u64,
    request: &'a Request,
    now: Timestamp,
    random: Random,
}

impl Office<'_> {
    fn stand(&mut self, conn: &mut Conn, ask: Ask) -> Outcome<Standing> {
        let link = ask.link.0 as i64;
        let most = match self.limits.get(&link) {
            None => return Ok(Standing::Unknown),
            Some(None) => return Ok(Standing::Unlimited),
            Some(Some(most)) => *most,
        };
        let consumed = self.consumed.get(&link).copied().unwrap_or(0);
        if consumed >= most {
            return Ok(Standing::UsedUp);
        }
        let leased = self.leased.entry(link).or_default();
        let Ok(left @ 1..) = u64::try_from(most - consumed - *leased) else {
            return Ok(Standing::Elsewhere);
        };
        if ask.wanted == 0 {
            return Ok(Standing::Open);
        }
        let units = block(left, self.holders, u64::from(ask.wanted));
        *leased += units as i64;
        let lease = number(self.random)?;
        diesel::insert_into(click_leases::table)
            .values((
                click_leases::id.eq(lease),
                click_leases::link.eq(link),
                click_leases::journal.eq(self.request.journal.0.as_slice()),
                click_leases::size.eq(units as i64),
                click_leases::used.eq(0),
                click_leases::expires_at.eq(self.now.0 + LIFE),
            ))
            .execute(conn)?;
        Ok(Standing::Granted {
            lease: lease.unsigned_abs(),
            units,
        })
    }
}

/// A number that no block has or had, also if the database is set back: what is in journals names
/// blocks.
fn number(random: Random) -> Outcome<i64> {
    let mut bytes = [0; 8];
    random(&mut bytes).map_err(StoreError::Broken)?;
    Ok((i64::from_be_bytes(bytes) & i64::MAX).max(1))
}
