//! The body of the record that all edges hold whole: the secret, then the domains.

use super::{text, url};
use crate::{
    domain::{
        Domain, DomainName, Scheme,
        files::{self, MAX_FILES, RootFile},
    },
    id::DomainId,
    instance::{Instance, InstanceSecret},
    wire::{
        WireError,
        codec::{Reader, put_bytes, put_length},
    },
};

const IS_DEFAULT: u8 = 1;
const IS_CASE_SENSITIVE: u8 = 2;
const IS_PLAIN_HTTP: u8 = 4;

pub(super) fn put(out: &mut Vec<u8>, instance: &Instance) {
    out.extend_from_slice(instance.secret.as_bytes());
    put_length(out, instance.domains.len());
    for domain in &instance.domains {
        put_domain(out, domain);
    }
}

fn put_domain(out: &mut Vec<u8>, domain: &Domain) {
    out.extend_from_slice(&domain.id.0.to_be_bytes());
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    out.push(
        flag(domain.is_default, IS_DEFAULT)
            | flag(domain.case_sensitive, IS_CASE_SENSITIVE)
            | flag(domain.scheme == Scheme::Http, IS_PLAIN_HTTP),
    );
    put_bytes(out, domain.name.as_str().as_bytes());
    for target in [&domain.root_target, &domain.not_found_target] {
        put_bytes(out, target.as_deref().unwrap_or("").as_bytes());
    }
    put_length(out, domain.files.len());
    for file in &domain.files {
        put_bytes(out, file.path.as_bytes());
        put_bytes(out, &file.body);
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Instance, WireError> {
    let secret = InstanceSecret::new(reader.array()?);
    let count = reader.length()?;
    let domains = (0..count)
        .map(|_| domain(reader))
        .collect::<Result<_, _>>()?;
    Ok(Instance { domains, secret })
}

fn domain(reader: &mut Reader<'_>) -> Result<Domain, WireError> {
    let id = DomainId(reader.u32()?);
    let flags = reader.u8()?;
    // No default port is left in a stored name, so the scheme makes no difference here.
    let name = DomainName::parse(reader.text()?, Scheme::Https).map_err(|_| WireError::Value)?;
    Ok(Domain {
        id,
        name,
        scheme: if flags & IS_PLAIN_HTTP == 0 {
            Scheme::Https
        } else {
            Scheme::Http
        },
        is_default: flags & IS_DEFAULT != 0,
        case_sensitive: flags & IS_CASE_SENSITIVE != 0,
        root_target: optional_url(reader.bytes()?)?,
        not_found_target: optional_url(reader.bytes()?)?,
        files: files(reader)?,
    })
}

fn optional_url(section: &[u8]) -> Result<Option<Box<str>>, WireError> {
    if section.is_empty() {
        Ok(None)
    } else {
        url(section).map(Some)
    }
}

fn files(reader: &mut Reader<'_>) -> Result<Vec<RootFile>, WireError> {
    let count = reader.length()?;
    if count > MAX_FILES {
        return Err(WireError::Value);
    }
    (0..count).map(|_| file(reader)).collect()
}

fn file(reader: &mut Reader<'_>) -> Result<RootFile, WireError> {
    let path = text(reader.bytes()?)?;
    let body = reader.bytes()?;
    if files::check_path(path).is_err() || !files::is_body(body) {
        return Err(WireError::Value);
    }
    Ok(RootFile {
        path: path.into(),
        body: body.into(),
    })
}
