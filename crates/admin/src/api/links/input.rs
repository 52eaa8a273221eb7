//! Links as clients write them.

use std::num::NonZeroU64;

use serde_json::{Map, Value};
use suo_link::{
    code::{Code, CodeError},
    id::DomainId,
    link::{ForwardQuery, RedirectStatus, Status},
    policy::PasswordHash,
    time::Timestamp,
};

use super::policy;
use crate::{
    api::{domains::named, fields::Fields, target::TargetRules},
    problem::{self, Finding},
    store::{IfExists, LinkEdit, LinkFields, NewLink, StoredDomain, StoredLink},
};

/// The most characters of a title, a note and a tag, and the most tags.
const TITLE: usize = 500;
const NOTE: usize = 5000;
const TAG: usize = 64;
const TAGS: usize = 50;

/// The highest `max_clicks`.
const MAX_CLICKS: u64 = 1_000_000_000_000;

const SERVED: [&str; 13] = [
    "domain",
    "code",
    "target",
    "title",
    "note",
    "tags",
    "status",
    "redirect_status",
    "starts_at",
    "expires_at",
    "expired_target",
    "max_clicks",
    "forward_query",
];

const IF_EXISTS: &str = "if_exists";

/// Members of a reply that a client may send back.
const IGNORED: [&str; 9] = [
    "id",
    "short_url",
    "version",
    "created_at",
    "updated_at",
    "clicks",
    "clicks_left",
    "clicks_leased",
    "password_set",
];

/// What a link is read with, beside what was sent.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) rules: TargetRules<'a>,
    /// From [`policy::password::hashed`].
    pub(crate) password: Option<&'a PasswordHash>,
    pub(crate) now: Timestamp,
}

/// Something that was read, and what is doubtful about it; or all that is wrong.
pub(crate) type Read<T> = Result<(T, Vec<Finding>), Vec<Finding>>;

/// Reads a link to be created; `base` is the JSON pointer to it.
pub(crate) fn new_link(
    members: &Map<String, Value>,
    base: &str,
    reading: Reading<'_>,
) -> Read<NewLink> {
    let mut fields = Fields::new(members, base);
    fields.only(
        &[&SERVED[..], &policy::SERVED, &[IF_EXISTS]].concat(),
        &IGNORED,
    );
    let mut warnings = Vec::new();
    let domain = domain(&mut fields, reading.rules.domains);
    let code = code(&mut fields).flatten();
    let if_exists =
        fields.choice(
            IF_EXISTS,
            &[IfExists::Create, IfExists::Return],
            |choice| match choice {
                IfExists::Create => "create",
                IfExists::Return => "return",
            },
        );
    if !fields.has("target") {
        fields.refuse("target", problem::Code::Required, "a link needs a target");
    }
    let link = overlay(
        &mut fields,
        LinkFields::plain(String::new(), String::new()),
        reading,
        &mut warnings,
    );
    fields.finish()?;
    let if_exists = if_exists.flatten().unwrap_or(IfExists::Create);
    Ok((
        NewLink {
            domain,
            code,
            fields: link,
            if_exists,
        },
        warnings,
    ))
}

/// Reads what becomes of a link.
pub(crate) fn edit(
    members: &Map<String, Value>,
    link: &StoredLink,
    reading: Reading<'_>,
) -> Read<LinkEdit> {
    let mut fields = Fields::new(members, "");
    fields.only(&[&SERVED[..], &policy::SERVED].concat(), &IGNORED);
    let mut warnings = Vec::new();
    let is_own =
        |name| named(reading.rules.domains, name).is_some_and(|own| own.domain.id == link.domain);
    if let Some(domain) = fields.text("domain")
        && !domain.is_some_and(is_own)
    {
        let detail = "a link stays on its domain: create another link there";
        fields.refuse("domain", problem::Code::Immutable, detail);
    }
    let code = code(&mut fields);
    if code == Some(None) {
        fields.refuse(
            "code",
            problem::Code::Required,
            "a link keeps a code: name another one",
        );
    }
    let edited = overlay(&mut fields, link.fields.clone(), reading, &mut warnings);
    fields.finish()?;
    Ok((
        LinkEdit {
            code: code.flatten(),
            fields: edited,
        },
        warnings,
    ))
}

/// The domain that is named, or the default one.
fn domain(fields: &mut Fields<'_>, domains: &[StoredDomain]) -> DomainId {
    let known = match fields.text("domain").flatten() {
        Some(name) => named(domains, name),
        None => domains.iter().find(|known| known.domain.is_default),
    };
    match known {
        Some(known) => known.domain.id,
        None => {
            let detail = "there is no such domain: GET /domains lists those that there are";
            fields.refuse("domain", problem::Code::UnknownDomain, detail);
            DomainId(0)
        }
    }
}

fn code(fields: &mut Fields<'_>) -> Option<Option<Code>> {
    let Some(text) = fields.text("code")? else {
        return Some(None);
    };
    match Code::parse(text) {
        Ok(code) => Some(Some(code)),
        Err(error) => {
            let code = match error {
                CodeError::Reserved => problem::Code::ReservedCode,
                CodeError::TooLong => problem::Code::TooLong,
                CodeError::Empty | CodeError::BadCharacter(_) => problem::Code::InvalidCode,
            };
            fields.refuse("code", code, error);
            None
        }
    }
}

/// What is given replaces, null goes back to what a new link has, what is absent stays.
fn overlay(
    fields: &mut Fields<'_>,
    mut link: LinkFields,
    reading: Reading<'_>,
    warnings: &mut Vec<Finding>,
) -> LinkFields {
    let rules = reading.rules;
    match rules.read(fields, "target", warnings) {
        Some(Some(target)) => {
            link.target_host = target.host().canonical().to_owned();
            link.target = target.as_str().to_owned();
        }
        Some(None) => fields.refuse("target", problem::Code::Required, "a link needs a target"),
        None => {}
    }
    set(
        &mut link.expired_target,
        rules
            .read(fields, "expired_target", warnings)
            .map(|target| target.map(|target| target.as_str().to_owned())),
    );
    set(&mut link.title, fields.bounded("title", TITLE));
    set(&mut link.note, fields.bounded("note", NOTE));
    set(&mut link.tags, tags(fields));
    set(
        &mut link.status,
        fields
            .choice("status", Status::ALL, Status::as_str)
            .map(|status| status.unwrap_or(Status::Active)),
    );
    set(&mut link.redirect_status, redirect_status(fields));
    let forward = fields.choice("forward_query", ForwardQuery::ALL, ForwardQuery::as_str);
    set(
        &mut link.forward_query,
        forward.map(|forward| forward.unwrap_or(ForwardQuery::Off)),
    );
    set(&mut link.max_clicks, max_clicks(fields));
    set(&mut link.starts_at, fields.time("starts_at"));
    set(&mut link.expires_at, fields.time("expires_at"));
    if let (Some(start), Some(end)) = (link.starts_at, link.expires_at)
        && end <= start
        && (fields.has("starts_at") || fields.has("expires_at"))
    {
        let detail = "the end must come after the start";
        fields.refuse("expires_at", problem::Code::TimesOutOfOrder, detail);
    }
    link.policy = policy::overlay(fields, link.policy, reading, warnings);
    link
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

fn redirect_status(fields: &mut Fields<'_>) -> Option<RedirectStatus> {
    let Some(number) = fields.number("redirect_status")? else {
        return Some(RedirectStatus::Found);
    };
    let status = u16::try_from(number)
        .ok()
        .and_then(RedirectStatus::from_u16);
    if status.is_none() {
        let detail = "one of 301, 302, 307, 308";
        fields.refuse("redirect_status", problem::Code::UnknownValue, detail);
    }
    status
}

fn max_clicks(fields: &mut Fields<'_>) -> Option<Option<NonZeroU64>> {
    let Some(number) = fields.number("max_clicks")? else {
        return Some(None);
    };
    let most = NonZeroU64::new(number).filter(|most| most.get() <= MAX_CLICKS);
    if most.is_none() {
        let detail = format!("1 to {MAX_CLICKS}, or null");
        fields.refuse("max_clicks", problem::Code::OutOfRange, detail);
    }
    most.map(Some)
}

/// In the given order, none twice.
fn tags(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for tag in fields.texts("tags")? {
        let tag = tag.trim();
        if tag.is_empty() || tag.chars().count() > TAG || tag.contains('\0') {
            let detail = format!("a tag has 1 to {TAG} characters");
            fields.refuse("tags", problem::Code::TooLong, detail);
            return None;
        }
        if !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    if tags.len() > TAGS {
        fields.refuse(
            "tags",
            problem::Code::TooMany,
            format_args!("at most {TAGS} tags"),
        );
        return None;
    }
    Some(tags)
}
