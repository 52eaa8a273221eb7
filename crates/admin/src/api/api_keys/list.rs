//! `GET /api-keys`

use actix_web::{HttpResponse, web::Data};

use super::ApiKeyBody;
use crate::{
    api::{failures::Lists, items::List},
    auth::Reader,
    problem::Problem,
    state::State,
};

/// List API keys
#[utoipa::path(
    get,
    path = "/api/v1/api-keys",
    tag = "api keys",
    responses((status = 200, description = "All keys, newest first, without the keys themselves", body = List<ApiKeyBody>), Lists),
    security(("key" = []))
)]
pub(crate) async fn list_api_keys(state: Data<State>, _: Reader) -> Result<HttpResponse, Problem> {
    let keys = state.ask(|store| store.api_keys()).await?;
    Ok(HttpResponse::Ok().json(List {
        data: keys.iter().map(ApiKeyBody::from).collect(),
    }))
}
