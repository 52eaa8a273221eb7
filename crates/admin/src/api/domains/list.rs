//! `GET /domains`

use actix_web::{HttpResponse, web::Data};

use super::DomainBody;
use crate::{
    api::{failures::Lists, items::List},
    auth::Reader,
    problem::Problem,
    state::State,
};

/// List domains
#[utoipa::path(
    get,
    path = "/api/v1/domains",
    tag = "domains",
    responses((status = 200, description = "All domains", body = List<DomainBody>), Lists),
    security(("key" = []))
)]
pub(crate) async fn list_domains(state: Data<State>, _: Reader) -> Result<HttpResponse, Problem> {
    let (domains, files) = state
        .ask(|store| Ok((store.domains()?, store.files()?)))
        .await?;
    let body = |domain| DomainBody::new(domain, &files);
    let data = domains.iter().map(body).collect();
    Ok(HttpResponse::Ok().json(List { data }))
}
