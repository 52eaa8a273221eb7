//! Every URL of the admin, on one screen.

use actix_web::{
    HttpRequest, Resource,
    http::Method,
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    api::{api_keys, docs, domains, events, health, links, metrics, qr, simulate, stats},
    front::{self, Visit, elsewhere},
    internal,
    state::{State, share_patience},
};

/// Declares the routes once: for actix, for `Allow`, and for the test of the OpenAPI document.
macro_rules! routes {
    ($($path:literal => { $($method:ident $handler:path),+ })+) => {
        /// Paths behind `/api/v1`, and their methods.
        pub const TABLE: &[(&str, &[&str])] = &[$(($path, &[$(stringify!($method)),+])),+];

        fn resources() -> Vec<Resource> {
            vec![$(
                resource($path, &[$(stringify!($method)),+])
                    $(.route(web::method(Method::$method).to($handler)))+
            ),+]
        }
    };
}

routes! {
    "/links" => { GET links::list::list_links, POST links::create::create_link }
    "/links/batch" => { POST links::batch::create_links }
    "/links/{id}" => { GET links::read::read_link, PATCH links::patch::patch_link, DELETE links::delete::delete_link }
    "/links/{id}/stats" => { GET stats::of_link }
    "/tags/{tag}/stats" => { GET stats::of_tag }
    "/domains/{id}/stats" => { GET stats::of_domain }
    "/stats" => { GET stats::of_workspace }
    "/events" => { GET events::list_events }
    "/events/live" => { GET events::live::watch_events }
    "/links/{id}/qr.svg" => { GET qr::picture::svg }
    "/links/{id}/qr.png" => { GET qr::picture::png }
    "/qr/logos" => { POST qr::add_logo::add_logo }
    "/qr/logos/{logo}" => { DELETE qr::delete_logo::delete_logo }
    "/qr/decode" => { POST qr::decode::decode }
    "/simulate" => { POST simulate::simulate }
    "/api-keys" => { GET api_keys::list::list_api_keys, POST api_keys::create::create_api_key }
    "/api-keys/{id}" => { DELETE api_keys::delete::delete_api_key }
    "/domains" => { GET domains::list::list_domains, POST domains::create::create_domain }
    "/domains/{id}" => { PATCH domains::patch::patch_domain }
    "/domains/{id}/files/{path}" => { PUT domains::put_file::put_file, DELETE domains::delete_file::delete_file }
    "/health" => { GET health::health }
    "/openapi.json" => { GET docs::document }
}

/// Sets all routes up.
pub fn configure(config: &mut ServiceConfig) {
    for (page, document) in [
        ("/docs", "/api/v1/openapi.json"),
        ("/api/v1/docs", "/api/v1/openapi.json"),
    ] {
        config.service(web::redirect(page, format!("{page}/")));
        // By default the page has a service of somebody else look at the document.
        let settings = Config::from(document).validator_url("none");
        let swagger = SwaggerUi::new(format!("{page}/{{_:.*}}")).config(settings);
        config.service(swagger);
    }
    let mut api = web::scope("/api/v1");
    for resource in resources() {
        api = api.service(resource);
    }
    config
        .service(resource("/", &["GET"]).route(web::get().to(front::home::home)))
        .service(
            resource("/create", &["GET", "POST"])
                .route(web::get().to(front::home::back))
                .route(web::post().to(front::create::create)),
        )
        .service(
            resource("/decode", &["GET", "POST"])
                .route(web::get().to(front::home::back))
                .route(web::post().to(front::decode::decode)),
        )
        .service(resource("/create/links.csv", &["POST"]).route(web::post().to(front::csv::csv)))
        .service(
            resource("/create/qr/{domain}/{file}", &["GET"])
                .route(web::get().to(front::picture::picture)),
        )
        .service(
            resource("/manage/{address}", &["GET", "POST"])
                .route(web::get().to(front::manage::look))
                .route(web::post().to(front::manage::act)),
        )
        .service(resource("/assets/{name}", &["GET"]).route(web::get().to(front::assets::asset)))
        .service(
            api.default_service(web::to(elsewhere::nothing))
                .wrap(from_fn(share_patience)),
        )
        .service(resource("/health", &["GET"]).route(web::get().to(health::health)))
        .service(resource("/metrics", &["GET"]).route(web::get().to(metrics::metrics)))
        .service(
            resource("/internal/v1/resolve", &["POST"]).route(web::post().to(internal::resolve)),
        )
        .service(resource("/internal/v1/leases", &["POST"]).route(web::post().to(internal::lease)))
        .service(
            resource("/internal/v1/visitor-keys", &["POST"])
                .route(web::post().to(internal::hand_out_keys)),
        )
        .default_service(web::to(elsewhere::nothing));
}

/// A path whose other methods answer 405. `{path}` takes whole paths. HEAD is answered as GET.
fn resource(path: &str, methods: &[&str]) -> Resource {
    let allowed = methods.join(", ").replace("GET", "GET, HEAD");
    let pattern = path.replace("{path}", "{path:.*}");
    let other = move |request: HttpRequest, state: Data<State>, visit: Visit| {
        let allowed = allowed.clone();
        async move { elsewhere::other_method(&request, &state, &visit, allowed) }
    };
    web::resource(pattern).default_service(web::to(other))
}

#[cfg(test)]
mod tests {
    use utoipa::OpenApi;

    use super::TABLE;
    use crate::{api::docs::Api, problem::Name};

    #[test]
    fn the_document_has_every_route_and_nothing_else() {
        let document = serde_json::to_value(Api::openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), TABLE.len());
        for (path, methods) in TABLE {
            let item = paths[&format!("/api/v1{path}")].as_object().unwrap();
            let mut expected: Vec<_> = methods.iter().map(|method| method.to_lowercase()).collect();
            let mut found: Vec<_> = item.keys().cloned().collect();
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn the_manual_shows_every_route() {
        let manual = include_str!("../../../docs/api.md");
        for (path, methods) in TABLE {
            for method in *methods {
                let shown = format!("{method} {path}");
                // The same words also begin longer paths.
                let ends =
                    |rest: &str| !rest.starts_with(|c: char| c == '/' || c.is_alphanumeric());
                let is_shown = manual.split(&shown).skip(1).any(ends);
                assert!(is_shown, "{shown}");
            }
        }
    }

    #[test]
    fn the_document_names_every_problem() {
        let document = serde_json::to_string(&Api::openapi()).unwrap();
        for name in Name::ALL {
            let urn = format!("urn:suo:problem:{}`", name.as_str());
            assert!(document.contains(&urn), "{urn}");
        }
    }
}
