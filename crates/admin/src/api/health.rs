//! `GET /health`

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{problem::Problem, state::State, store::SchemaState};

/// Whether the admin can do its work.
#[derive(Serialize, ToSchema)]
pub struct HealthBody {
    /// `pass` or `fail`.
    #[schema(example = "pass")]
    pub status: &'static str,
    /// The program's version.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Which part fails, and why; only if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub failing: Option<Failing>,
}

/// A part that fails.
#[derive(Serialize, ToSchema)]
pub struct Failing {
    /// `database` or `migrations`.
    pub part: &'static str,
    /// What to look at.
    pub detail: String,
}

/// Health
///
/// Needs no key. 200 only when the database answers and has this program's schema.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    tag = "operation",
    responses(
        (status = 200, description = "All is well", body = HealthBody),
        (status = 503, description = "A part fails", body = HealthBody)
    )
)]
pub(crate) async fn health(state: Data<State>) -> HttpResponse {
    match failing(state.ask(|store| store.schema_state()).await) {
        None => HttpResponse::Ok().json(body("pass", None)),
        Some(failing) => HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "1"))
            .json(body("fail", Some(failing))),
    }
}

fn failing(state: Result<SchemaState, Problem>) -> Option<Failing> {
    let (part, detail) = match state {
        Ok(SchemaState::Current) => return None,
        Ok(SchemaState::NeedsMigration(_)) => ("migrations", "run suo-admin migrate".to_owned()),
        Ok(SchemaState::Newer(_)) => (
            "migrations",
            "a newer program migrated the database".to_owned(),
        ),
        Err(problem) => ("database", problem.to_string()),
    };
    Some(Failing { part, detail })
}

fn body(status: &'static str, failing: Option<Failing>) -> HealthBody {
    HealthBody {
        status,
        version: env!("CARGO_PKG_VERSION"),
        failing,
    }
}
