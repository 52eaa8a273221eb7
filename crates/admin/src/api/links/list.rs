//! `GET /links`

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use serde::Serialize;
use suo_link::{
    id::{DomainId, LinkId},
    link::Status,
};
use utoipa::ToSchema;

use super::LinkBody;
use crate::{
    api::{domains::named, failures::Lists},
    auth::Reader,
    problem::{Code, Finding, Problem},
    state::State,
    store::{Filter, StoredDomain},
};

/// Links of a page, unless asked for another number.
const LIMIT: usize = 20;

/// The most links of a page.
const MAX_LIMIT: usize = 100;

/// The fewest and the most characters of a search.
const SEARCH: std::ops::RangeInclusive<usize> = 2..=100;

const PARAMETERS: [&str; 7] = [
    "limit", "cursor", "search", "domain", "status", "tag", "code",
];

/// A page of links, newest first.
#[derive(Serialize, ToSchema)]
pub struct LinkPage {
    /// The links.
    pub data: Vec<LinkBody>,
    /// Ask with `?cursor=` for the next page; null: this is the last one.
    pub next_cursor: Option<String>,
}

/// List links
///
/// Newest first. Everything that is given must fit. Without `domain`, a `code` is looked for
/// on all domains.
#[utoipa::path(
    get,
    path = "/api/v1/links",
    tag = "links",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 unless given"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("search" = Option<String>, Query, description = "2 to 100 characters: part of a title, note or tag, the beginning of a code, or the host of the target"),
        ("tag" = Option<String>, Query, description = "A whole tag"),
        ("domain" = Option<String>, Query, description = "A domain's name"),
        ("code" = Option<String>, Query, description = "A whole code, primary or alias"),
        ("status" = Option<String>, Query, description = "active, paused or banned"),
    ),
    responses((status = 200, description = "A page of links", body = LinkPage), Lists),
    security(("key" = []))
)]
pub(crate) async fn list_links(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
) -> Result<HttpResponse, Problem> {
    let domains = state.ask(|store| store.domains()).await?;
    let filter = filter(request.query_string(), &domains)?;
    let page = state.ask(move |store| store.links(&filter)).await?;
    Ok(HttpResponse::Ok().json(LinkPage {
        data: page
            .links
            .iter()
            .map(|link| LinkBody::new(link, &domains))
            .collect(),
        next_cursor: page.next.map(LinkId::to_public),
    }))
}

fn filter(query: &str, domains: &[StoredDomain]) -> Result<Filter, Problem> {
    let mut filter = Filter {
        before: None,
        limit: LIMIT,
        domain: None,
        status: None,
        tag: None,
        code: None,
        search: None,
    };
    let pairs = Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|error| Problem::fields(vec![Finding::new("?", Code::WrongType, error)]))?;
    let pairs = pairs.into_inner();
    let mut errors = Vec::new();
    for (place, (name, value)) in pairs.iter().enumerate() {
        let outcome = if pairs[..place].iter().any(|(other, _)| other == name) {
            Err((Code::TooMany, "it is given more than once"))
        } else {
            read(&mut filter, name, value, domains)
        };
        if let Err((code, detail)) = outcome {
            errors.push(Finding::new(format!("?{name}"), code, detail));
        }
    }
    if errors.is_empty() {
        Ok(filter)
    } else {
        Err(Problem::fields(errors))
    }
}

/// What is wrong with a parameter.
type Wrong = (Code, &'static str);

/// Reads one parameter. An empty one counts as absent: forms send what nobody filled in.
fn read(
    filter: &mut Filter,
    name: &str,
    value: &str,
    domains: &[StoredDomain],
) -> Result<(), Wrong> {
    if !PARAMETERS.contains(&name) {
        return Err((Code::UnknownField, "there is no such parameter"));
    }
    if value.is_empty() {
        return Ok(());
    }
    if value.contains('\0') {
        return Err((Code::UnknownValue, "a text has no NUL characters"));
    }
    match name {
        "limit" => filter.limit = limit(value)?,
        "cursor" => filter.before = Some(cursor(value)?),
        "search" => filter.search = Some(search(value)?),
        "domain" => filter.domain = Some(domain(value, domains)?),
        "status" => filter.status = Some(status(value)?),
        "tag" => filter.tag = Some(value.to_owned()),
        _ => filter.code = Some(value.to_owned()),
    }
    Ok(())
}

fn limit(value: &str) -> Result<usize, Wrong> {
    let limit = value.parse().ok();
    limit
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or((Code::OutOfRange, "a number from 1 to 100"))
}

fn cursor(value: &str) -> Result<LinkId, Wrong> {
    LinkId::from_public(value).ok_or((Code::InvalidCursor, "a next_cursor is expected"))
}

fn search(value: &str) -> Result<String, Wrong> {
    let text = value.trim();
    let length = text.chars().count();
    let detail = "2 to 100 characters";
    if length < *SEARCH.start() {
        Err((Code::TooShort, detail))
    } else if length > *SEARCH.end() {
        Err((Code::TooLong, detail))
    } else {
        Ok(text.to_owned())
    }
}

fn domain(value: &str, domains: &[StoredDomain]) -> Result<DomainId, Wrong> {
    let known = named(domains, value).ok_or((Code::UnknownDomain, "there is no such domain"))?;
    Ok(known.domain.id)
}

fn status(value: &str) -> Result<Status, Wrong> {
    Status::from_name(value).ok_or((Code::UnknownValue, "active, paused or banned"))
}
