//! `DELETE /qr/logos/{logo}`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::hex::from_hex;
use crate::{
    api::failures::DeletesLogo,
    auth::Writer,
    problem::{Name, Problem},
    state::State,
};

/// Delete a logo
///
/// Pictures that were made with it remain what they are.
#[utoipa::path(
    delete,
    path = "/api/v1/qr/logos/{logo}",
    tag = "qr",
    params(("logo" = String, Path, description = "The logo's name")),
    responses((status = 204, description = "It is gone"), DeletesLogo),
    security(("key" = []))
)]
pub(crate) async fn delete_logo(
    state: Data<State>,
    _: Writer,
    logo: Path<String>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::new(Name::NotFound, "there is no logo of this name");
    let hash = from_hex(&logo).ok_or_else(unknown)?;
    if state.ask(move |store| store.delete_logo(&hash)).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(unknown())
    }
}
