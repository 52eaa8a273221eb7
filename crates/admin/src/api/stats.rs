//! Sums of clicks: of a link, a tag, a domain, the workspace.

mod csv;
mod period;
mod question;
mod view;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use question::{Format, Parameters, Question};
pub use view::{PointBody, StatsBody, TotalsBody, ValueBody};

use super::{
    domains,
    failures::{Sums, SumsOf},
    links::read::{link_id, unknown},
};
use crate::{
    auth::Reader,
    clicks::tally::{Scope, tag_id},
    problem::Problem,
    state::State,
};

/// The workspace that everything is of.
const WORKSPACE: i64 = 1;

/// Sums of a link
///
/// Clicks of one link. Numbers are a second or two behind, visitors some seconds.
#[utoipa::path(
    get,
    path = "/api/v1/links/{id}/stats",
    tag = "statistics",
    params(("id" = String, Path, description = "The link's id"), Parameters),
    responses((status = 200, description = "Sums; or CSV, with `format=csv`", body = StatsBody), SumsOf),
    security(("key" = []))
)]
pub(crate) async fn of_link(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = link_id(&id)?;
    let link = state.ask(move |store| store.link(id)).await?;
    link.ok_or_else(unknown)?;
    answer(&request, &state, Scope::Link, id.0 as i64).await
}

/// Sums of a tag
///
/// Clicks of all links that bore the tag when they were followed. A tag that no link has borne has none.
#[utoipa::path(
    get,
    path = "/api/v1/tags/{tag}/stats",
    tag = "statistics",
    params(("tag" = String, Path, description = "The tag"), Parameters),
    responses((status = 200, description = "Sums; or CSV, with `format=csv`", body = StatsBody), Sums),
    security(("key" = []))
)]
pub(crate) async fn of_tag(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
    tag: Path<String>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &state, Scope::Tag, tag_id(&tag)).await
}

/// Sums of a domain
#[utoipa::path(
    get,
    path = "/api/v1/domains/{id}/stats",
    tag = "statistics",
    params(("id" = String, Path, description = "The domain's id"), Parameters),
    responses((status = 200, description = "Sums; or CSV, with `format=csv`", body = StatsBody), SumsOf),
    security(("key" = []))
)]
pub(crate) async fn of_domain(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = domains::patch::domain_id(&id)?;
    let domains = state.ask(|store| store.domains()).await?;
    let known = domains.iter().find(|known| known.domain.id == id);
    known.ok_or_else(domains::patch::unknown)?;
    answer(&request, &state, Scope::Domain, i64::from(id.0)).await
}

/// Sums of everything
#[utoipa::path(
    get,
    path = "/api/v1/stats",
    tag = "statistics",
    params(Parameters),
    responses((status = 200, description = "Sums; or CSV, with `format=csv`", body = StatsBody), Sums),
    security(("key" = []))
)]
pub(crate) async fn of_workspace(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
) -> Result<HttpResponse, Problem> {
    answer(&request, &state, Scope::Workspace, WORKSPACE).await
}

async fn answer(
    request: &HttpRequest,
    state: &State,
    scope: Scope,
    id: i64,
) -> Result<HttpResponse, Problem> {
    let hours = &state.rules.hours;
    let question = Question::read(request.query_string(), scope, hours, state.now())?;
    let of = question.numbers_of(scope, id, hours);
    let numbers = state.ask(move |store| store.numbers(&of)).await?;
    let body = StatsBody::new(&question, hours, &numbers);
    Ok(match question.format {
        Format::Json => HttpResponse::Ok().json(body),
        Format::Csv => csv::answer(&question, &body),
    })
}
