//! Root files of domains: few and small, part of the record of all domains.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Integer};
use suo_link::{
    domain::files::{MAX_FILES, RootFile},
    id::DomainId,
    time::Timestamp,
};

use super::{Conn, Outcome, dialect, domains};
use crate::store::{
    Expected, FileDeleted, FilePut, StoredFile,
    rows::{DomainRow, FileRow},
    schema::domain_files,
};

/// What clients are told of all files, in order.
pub(super) fn list(conn: &mut Conn) -> Outcome<Vec<StoredFile>> {
    let rows = domain_files::table
        .order((domain_files::domain, domain_files::path))
        .select((
            domain_files::domain,
            domain_files::path,
            // Bytes, in both databases.
            sql::<Integer>("length(body)"),
            domain_files::updated_at,
        ))
        .load::<(i32, String, i32, i64)>(conn)?;
    let file = |(domain, path, size, updated_at): (i32, _, i32, _)| StoredFile {
        domain: DomainId(domain.unsigned_abs()),
        path,
        size: size.unsigned_abs(),
        updated_at: Timestamp(updated_at),
    };
    Ok(rows.into_iter().map(file).collect())
}

/// The files of each domain that has any, in order.
pub(super) fn by_domain(conn: &mut Conn) -> Outcome<HashMap<DomainId, Vec<RootFile>>> {
    let rows = domain_files::table
        .order((domain_files::domain, domain_files::path))
        .select(FileRow::as_select())
        .load(conn)?;
    let mut files: HashMap<DomainId, Vec<RootFile>> = HashMap::new();
    for row in rows {
        let domain = DomainId(row.domain.unsigned_abs());
        files.entry(domain).or_default().push(RootFile {
            path: row.path.into(),
            body: row.body.into(),
        });
    }
    Ok(files)
}

pub(super) fn put(
    conn: &mut Conn,
    id: DomainId,
    expected: &Expected,
    file: &RootFile,
    now: Timestamp,
) -> Outcome<FilePut> {
    dialect::lock_instance(conn)?;
    let Some(row) = dialect::lock_domain(conn, id.0 as i32)? else {
        return Ok(FilePut::NotFound);
    };
    if !expected.fits(row.version.unsigned_abs()) {
        return Ok(FilePut::OtherVersion);
    }
    let old = body(conn, row.id, &file.path)?;
    if old.as_deref() == Some(&*file.body) {
        return Ok(FilePut::Replaced(row.read()?));
    }
    let others = domain_files::table.filter(domain_files::domain.eq(row.id));
    if old.is_none() && others.count().get_result::<i64>(conn)? >= MAX_FILES as i64 {
        return Ok(FilePut::TooMany);
    }
    write(conn, row.id, file, now)?;
    let changed = changed(conn, row, now)?.read()?;
    Ok(match old {
        None => FilePut::Created(changed),
        Some(_) => FilePut::Replaced(changed),
    })
}

pub(super) fn delete(
    conn: &mut Conn,
    id: DomainId,
    expected: &Expected,
    path: &str,
    now: Timestamp,
) -> Outcome<FileDeleted> {
    dialect::lock_instance(conn)?;
    let Some(row) = dialect::lock_domain(conn, id.0 as i32)? else {
        return Ok(FileDeleted::NotFound);
    };
    if body(conn, row.id, path)?.is_none() {
        return Ok(FileDeleted::NotFound);
    }
    if !expected.fits(row.version.unsigned_abs()) {
        return Ok(FileDeleted::OtherVersion);
    }
    diesel::delete(domain_files::table.find((row.id, path))).execute(conn)?;
    changed(conn, row, now)?;
    Ok(FileDeleted::Done)
}

fn body(conn: &mut Conn, domain: i32, path: &str) -> Outcome<Option<Vec<u8>>> {
    let body = domain_files::table
        .find((domain, path))
        .select(domain_files::body)
        .first(conn)
        .optional()?;
    Ok(body)
}

fn write(conn: &mut Conn, domain: i32, file: &RootFile, now: Timestamp) -> Outcome<()> {
    let row = FileRow {
        domain,
        path: file.path.to_string(),
        body: file.body.to_vec(),
        updated_at: now.0,
    };
    diesel::insert_into(domain_files::table)
        .values(&row)
        .on_conflict((domain_files::domain, domain_files::path))
        .do_update()
        .set(&row)
        .execute(conn)?;
    Ok(())
}

/// A domain's files are part of it: their change is a change of the domain.
fn changed(conn: &mut Conn, mut row: DomainRow, now: Timestamp) -> Outcome<DomainRow> {
    row.version += 1;
    row.updated_at = now.0;
    domains::update(conn, &row)?;
    domains::announce(conn, now)?;
    Ok(row)
}
