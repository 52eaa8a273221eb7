//! `GET /links/{id}`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use suo_link::id::LinkId;

use super::{LinkBody, view};
use crate::{
    api::failures::Reads,
    auth::Reader,
    problem::{Name, Problem},
    state::State,
};

/// Read a link
#[utoipa::path(
    get,
    path = "/api/v1/links/{id}",
    tag = "links",
    params(("id" = String, Path, description = "The link's id")),
    responses((status = 200, description = "The link", body = LinkBody), Reads),
    security(("key" = []))
)]
pub(crate) async fn read_link(
    state: Data<State>,
    _: Reader,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = link_id(&id)?;
    let (link, domains) = state
        .ask(move |store| Ok((store.link(id)?, store.domains()?)))
        .await?;
    let link = LinkBody::new(&link.ok_or_else(unknown)?, &domains);
    Ok(view::reply(StatusCode::OK, &link.etag(), &link))
}

/// The link that a path names; what is no id names none.
pub(in crate::api) fn link_id(text: &str) -> Result<LinkId, Problem> {
    LinkId::from_public(text).ok_or_else(unknown)
}

pub(in crate::api) fn unknown() -> Problem {
    Problem::new(Name::NotFound, "there is no link with this id")
}
