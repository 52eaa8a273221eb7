//! The OpenAPI document: generated from the handlers, with every route and every error.

use std::sync::LazyLock;

use actix_web::{HttpResponse, Responder};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{api_keys, domains, events, health, links, qr, simulate, stats};
use crate::problem::{Code, Problem};

/// All of it.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "suo",
        description = "Short links. Errors are problem documents (RFC 9457) with `type` `urn:suo:problem:<name>`."
    ),
    paths(
        links::create::create_link,
        links::list::list_links,
        links::batch::create_links,
        links::read::read_link,
        links::patch::patch_link,
        links::delete::delete_link,
        stats::of_link,
        stats::of_tag,
        stats::of_domain,
        stats::of_workspace,
        events::list_events,
        events::live::watch_events,
        simulate::simulate,
        qr::picture::svg,
        qr::picture::png,
        qr::decode::decode,
        qr::add_logo::add_logo,
        qr::delete_logo::delete_logo,
        api_keys::create::create_api_key,
        api_keys::list::list_api_keys,
        api_keys::delete::delete_api_key,
        domains::create::create_domain,
        domains::list::list_domains,
        domains::patch::patch_domain,
        domains::put_file::put_file,
        domains::delete_file::delete_file,
        health::health,
        document
    ),
    components(schemas(Problem, Code)),
    modifiers(&Key)
)]
pub struct Api;

/// The API key as a security scheme.
struct Key;

impl Modify for Key {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    Api::openapi()
        .to_json()
        .unwrap_or_else(|error| error.to_string())
});

/// This document
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "operation",
    responses((status = 200, description = "OpenAPI", content_type = "application/json"))
)]
pub(crate) async fn document() -> impl Responder {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(DOCUMENT.as_str())
}
