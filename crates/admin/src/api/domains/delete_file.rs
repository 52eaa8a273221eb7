//! `DELETE /domains/{id}/files/{path}`

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use suo_link::domain::files::check_path;

use super::patch::domain_id;
use crate::{
    api::{
        failures::Deletes,
        if_match::{expected, other_version},
    },
    auth::Writer,
    problem::{Name, Problem},
    state::State,
    store::FileDeleted,
};

/// Delete a file of a domain
///
/// The edges answer 404 for it at once.
#[utoipa::path(
    delete,
    path = "/api/v1/domains/{id}/files/{path}",
    tag = "domains",
    params(
        ("id" = String, Path, description = "The domain's id"),
        ("path" = String, Path, description = "The file's path, as the domain lists it"),
        ("If-Match" = Option<String>, Header, description = "The version of the domain that the change is meant for"),
    ),
    responses((status = 204, description = "It is gone"), Deletes),
    security(("key" = []))
)]
pub(crate) async fn delete_file(
    request: HttpRequest,
    state: Data<State>,
    _: Writer,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, path) = path.into_inner();
    let id = domain_id(&id)?;
    let (expected, now) = (expected(request.headers()), state.now());
    // What can't be a path is no file's, and a NUL is nothing that every database takes.
    let unknown = || Problem::new(Name::NotFound, "the domain has no such file");
    check_path(&path).map_err(|_| unknown())?;
    match state
        .ask(move |store| store.delete_file(id, &expected, &path, now))
        .await?
    {
        FileDeleted::Done => {
            state.relay.settled().await;
            Ok(HttpResponse::NoContent().finish())
        }
        FileDeleted::NotFound => Err(unknown()),
        FileDeleted::OtherVersion => Err(other_version()),
    }
}
