//! `DELETE /links/{id}`

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use super::read::{link_id, unknown};
use crate::{
    api::{
        failures::Deletes,
        if_match::{expected, other_version},
    },
    auth::Writer,
    problem::Problem,
    state::State,
    store::Deleted,
};

/// Delete a link
///
/// All its codes answer 404 at once and are free again.
#[utoipa::path(
    delete,
    path = "/api/v1/links/{id}",
    tag = "links",
    params(
        ("id" = String, Path, description = "The link's id"),
        ("If-Match" = Option<String>, Header, description = "The version that is to be deleted"),
    ),
    responses((status = 204, description = "It is gone"), Deletes),
    security(("key" = []))
)]
pub(crate) async fn delete_link(
    request: HttpRequest,
    state: Data<State>,
    _: Writer,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = link_id(&id)?;
    let expected = expected(request.headers());
    let now = state.now();
    match state
        .ask(move |store| store.delete_link(id, &expected, now))
        .await?
    {
        Deleted::Done => {
            state.relay.settled().await;
            Ok(HttpResponse::NoContent().finish())
        }
        Deleted::NotFound => Err(unknown()),
        Deleted::OtherVersion => Err(other_version()),
    }
}
