//! Rows of the instance and its domains.

use diesel::prelude::*;
use suo_link::{
    domain::{Domain, DomainName, Scheme},
    id::DomainId,
    time::Timestamp,
};

use crate::store::{
    StoreError, StoredDomain,
    schema::{domain_files, domains, instance},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = instance)]
pub(in crate::store) struct InstanceRow {
    pub(in crate::store) last_domain: i32,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = domains, treat_none_as_default_value = false)]
pub(in crate::store) struct DomainRow {
    pub(in crate::store) id: i32,
    pub(in crate::store) workspace: i32,
    pub(in crate::store) name: String,
    pub(in crate::store) scheme: String,
    pub(in crate::store) is_default: bool,
    pub(in crate::store) case_sensitive: bool,
    pub(in crate::store) root_target: Option<String>,
    pub(in crate::store) not_found_target: Option<String>,
    pub(in crate::store) had_links: bool,
    pub(in crate::store) version: i64,
    pub(in crate::store) created_at: i64,
    pub(in crate::store) updated_at: i64,
}

impl DomainRow {
    pub(in crate::store) fn read(self) -> Result<StoredDomain, StoreError> {
        let scheme = Scheme::from_name(&self.scheme)
            .ok_or_else(|| StoreError::broken("a domain has an unknown scheme"))?;
        let name = DomainName::parse(&self.name, scheme).map_err(StoreError::broken)?;
        Ok(StoredDomain {
            domain: Domain {
                id: DomainId(self.id.unsigned_abs()),
                name,
                scheme,
                is_default: self.is_default,
                case_sensitive: self.case_sensitive,
                root_target: self.root_target.map(String::into_boxed_str),
                not_found_target: self.not_found_target.map(String::into_boxed_str),
                files: Vec::new(),
            },
            scheme,
            had_links: self.had_links,
            version: self.version.unsigned_abs(),
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = domain_files, treat_none_as_default_value = false)]
pub(in crate::store) struct FileRow {
    pub(in crate::store) domain: i32,
    pub(in crate::store) path: String,
    pub(in crate::store) body: Vec<u8>,
    pub(in crate::store) updated_at: i64,
}
