//! Domains: few rows, one record for all of them.

use diesel::prelude::*;
use suo_link::{
    domain::{Domain, ShortUrl},
    id::DomainId,
    instance::{Instance, InstanceSecret},
    rev::{Generation, Rev},
    time::Timestamp,
    wire::{
        changes::Change,
        record::{Content, Record},
    },
};

use super::{Conn, Outcome, dialect, files, outbox};
use crate::store::{
    DefaultDomain, DomainAdded, DomainEdit, DomainPatched, Expected, NewDomain, StoreError,
    StoredDomain,
    rows::{DomainRow, InstanceRow, WORKSPACE},
    schema::{domains, instance, workspaces},
};

/// All domains, without their files.
pub(super) fn all(conn: &mut Conn) -> Outcome<Vec<StoredDomain>> {
    let rows = domains::table
        .order(domains::id)
        .select(DomainRow::as_select())
        .load(conn)?;
    let read = rows.into_iter().map(DomainRow::read);
    Ok(read.collect::<Result<_, _>>()?)
}

/// The record of all domains. The number is read before the rows: a record may be newer than
/// it says, never older.
pub(super) fn record(conn: &mut Conn, generation: Generation) -> Outcome<Vec<u8>> {
    let (number, secret) = instance::table
        .select((instance::domains_rev, instance::secret))
        .first::<(i64, Vec<u8>)>(conn)?;
    let rev = Rev {
        generation,
        number: number.unsigned_abs(),
    };
    let content = Content::Domains(Instance {
        domains: complete(conn)?,
        secret: instance_secret(secret)?,
    });
    Ok(Record { rev, content }.encode())
}

/// All domains with their files.
fn complete(conn: &mut Conn) -> Outcome<Vec<Domain>> {
    let domains = all(conn)?.into_iter().map(|stored| stored.domain);
    let mut files = files::by_domain(conn)?;
    let with_files = |domain: Domain| Domain {
        files: files.remove(&domain.id).unwrap_or_default(),
        ..domain
    };
    Ok(domains.map(with_files).collect())
}

/// What the instance's keys are made of.
pub(super) fn secret(conn: &mut Conn) -> Outcome<InstanceSecret> {
    instance_secret(instance::table.select(instance::secret).first(conn)?)
}

fn instance_secret(bytes: Vec<u8>) -> Outcome<InstanceSecret> {
    let secret = bytes.try_into().map(InstanceSecret::new);
    Ok(secret.map_err(|_| StoreError::broken("the instance's secret is not of 32 bytes"))?)
}

pub(super) fn ensure_default(
    conn: &mut Conn,
    url: &ShortUrl,
    now: Timestamp,
) -> Outcome<DefaultDomain> {
    let instance = dialect::lock_instance(conn)?;
    let domains = all(conn)?;
    if let Some(known) = domains
        .iter()
        .find(|stored| stored.domain.name == url.domain)
    {
        if known.scheme != url.scheme {
            set_scheme(conn, known.domain.id, url, now)?;
            announce(conn, now)?;
        }
        return Ok(DefaultDomain::Known);
    }
    let is_first = domains.is_empty();
    if is_first {
        make_workspace(conn, now)?;
    }
    let new = NewDomain {
        name: url.domain.clone(),
        scheme: url.scheme,
        case_sensitive: false,
        root_target: None,
        not_found_target: None,
    };
    insert(conn, &instance, &new, is_first, now)?;
    announce(conn, now)?;
    Ok(if is_first {
        DefaultDomain::Created
    } else {
        DefaultDomain::Added
    })
}

pub(super) fn add(conn: &mut Conn, new: &NewDomain, now: Timestamp) -> Outcome<DomainAdded> {
    let instance = dialect::lock_instance(conn)?;
    let same = domains::table.filter(domains::name.eq(new.name.as_str()));
    if diesel::select(diesel::dsl::exists(same)).get_result(conn)? {
        return Ok(DomainAdded::Taken);
    }
    let row = insert(conn, &instance, new, false, now)?;
    announce(conn, now)?;
    Ok(DomainAdded::Added(row.read()?))
}

pub(super) fn patch(
    conn: &mut Conn,
    id: DomainId,
    expected: &Expected,
    edit: &DomainEdit,
    now: Timestamp,
) -> Outcome<DomainPatched> {
    dialect::lock_instance(conn)?;
    let Some(mut row) = dialect::lock_domain(conn, id.0 as i32)? else {
        return Ok(DomainPatched::NotFound);
    };
    if !expected.fits(row.version.unsigned_abs()) {
        return Ok(DomainPatched::OtherVersion);
    }
    let other_case = edit
        .case_sensitive
        .is_some_and(|wanted| wanted != row.case_sensitive);
    if other_case && row.had_links {
        return Ok(DomainPatched::HadLinks);
    }
    if !apply(&mut row, edit) {
        return Ok(DomainPatched::Done(row.read()?));
    }
    row.version += 1;
    row.updated_at = now.0;
    update(conn, &row)?;
    announce(conn, now)?;
    Ok(DomainPatched::Done(row.read()?))
}

/// Freezes the case rules of domains that get their first link now. From then on they are
/// read without a lock.
pub(super) fn freeze_case(conn: &mut Conn, used: &[DomainId]) -> Outcome<Vec<StoredDomain>> {
    let domains = all(conn)?;
    let fresh: Vec<i32> = domains
        .iter()
        .filter(|stored| !stored.had_links && used.contains(&stored.domain.id))
        .map(|stored| stored.domain.id.0 as i32)
        .collect();
    if fresh.is_empty() {
        return Ok(domains);
    }
    diesel::update(domains::table.filter(domains::id.eq_any(fresh)))
        .set(domains::had_links.eq(true))
        .execute(conn)?;
    all(conn)
}

/// Whether the edit changed anything.
fn apply(row: &mut DomainRow, edit: &DomainEdit) -> bool {
    let before = (
        row.case_sensitive,
        row.root_target.clone(),
        row.not_found_target.clone(),
    );
    if let Some(case_sensitive) = edit.case_sensitive {
        row.case_sensitive = case_sensitive;
    }
    if let Some(target) = &edit.root_target {
        row.root_target.clone_from(target);
    }
    if let Some(target) = &edit.not_found_target {
        row.not_found_target.clone_from(target);
    }
    (before.0, &before.1, &before.2)
        != (row.case_sensitive, &row.root_target, &row.not_found_target)
}

pub(super) fn update(conn: &mut Conn, row: &DomainRow) -> Outcome<()> {
    diesel::update(domains::table.find(row.id))
        .set((
            domains::case_sensitive.eq(row.case_sensitive),
            domains::root_target.eq(&row.root_target),
            domains::not_found_target.eq(&row.not_found_target),
            domains::version.eq(row.version),
            domains::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

fn make_workspace(conn: &mut Conn, now: Timestamp) -> Outcome<()> {
    diesel::insert_into(workspaces::table)
        .values((
            workspaces::id.eq(WORKSPACE),
            workspaces::name.eq("default"),
            workspaces::created_at.eq(now.0),
        ))
        .execute(conn)?;
    Ok(())
}

fn insert(
    conn: &mut Conn,
    instance: &InstanceRow,
    new: &NewDomain,
    is_default: bool,
    now: Timestamp,
) -> Outcome<DomainRow> {
    let row = DomainRow {
        id: instance.last_domain + 1,
        workspace: WORKSPACE,
        name: new.name.as_str().to_owned(),
        scheme: new.scheme.as_str().to_owned(),
        is_default,
        case_sensitive: new.case_sensitive,
        root_target: new.root_target.clone(),
        not_found_target: new.not_found_target.clone(),
        had_links: false,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
    };
    diesel::insert_into(domains::table)
        .values(&row)
        .execute(conn)?;
    diesel::update(instance::table)
        .set(instance::last_domain.eq(row.id))
        .execute(conn)?;
    Ok(row)
}

fn set_scheme(conn: &mut Conn, id: DomainId, url: &ShortUrl, now: Timestamp) -> Outcome<()> {
    diesel::update(domains::table.find(id.0 as i32))
        .set((
            domains::scheme.eq(url.scheme.as_str()),
            domains::version.eq(domains::version + 1),
            domains::updated_at.eq(now.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives the domains' record a new number and puts it into the outbox.
pub(super) fn announce(conn: &mut Conn, now: Timestamp) -> Outcome<()> {
    let rev = dialect::next_rev(conn)?;
    diesel::update(instance::table)
        .set(instance::domains_rev.eq(rev))
        .execute(conn)?;
    let record = record(conn, Generation(0))?;
    outbox::put(conn, vec![Change::Domains { record }], now)
}
