//! `DELETE /api-keys/{id}`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::key_id;
use crate::{
    api::failures::DeletesKey,
    auth::Writer,
    problem::{Name, Problem},
    state::State,
    store::KeyDeleted,
};

/// Delete an API key
///
/// It stops working at once, also if it is the one that this request bears. A key deletes keys of
/// its own scopes at most. If no key is left, the next start makes one and prints it.
#[utoipa::path(
    delete,
    path = "/api/v1/api-keys/{id}",
    tag = "api keys",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 204, description = "It is gone"), DeletesKey),
    security(("key" = []))
)]
pub(crate) async fn delete_api_key(
    state: Data<State>,
    Writer(caller): Writer,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::new(Name::NotFound, "there is no API key with this id");
    let id = key_id(&id).ok_or_else(unknown)?;
    let by = caller.scopes;
    match state.ask(move |store| store.delete_api_key(id, by)).await? {
        KeyDeleted::Done => Ok(HttpResponse::NoContent().finish()),
        KeyDeleted::NotFound => Err(unknown()),
        KeyDeleted::MayDoMore => Err(Problem::new(
            Name::Forbidden,
            "a key deletes keys of its own scopes at most",
        )),
    }
}
