//! `GET /health`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{problem::Problem, state::State, store::SchemaState};

/// Whether the admin can do its work; members as in the draft of `application/health+json`.
#[derive(Serialize, ToSchema)]
pub struct HealthBody {
    /// `pass` or `fail`.
    #[schema(example = "pass")]
    pub status: &'static str,
    /// The program's version.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Parts that are not as they should be: `database`, `migrations`, `publication`. Not there if all are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false, value_type = BTreeMap<String, Vec<Check>>)]
    pub checks: BTreeMap<&'static str, [Check; 1]>,
}

/// What is wrong with a part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    /// `fail`: requests fail. `warn`: they don't, and somebody should look at it.
    #[schema(example = "fail")]
    pub status: &'static str,
    /// What to look at.
    pub output: String,
}

/// Health
///
/// Needs no key. 200 only when the database answers and has this program's schema.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    tag = "operation",
    responses(
        (status = 200, description = "Requests can be answered", body = HealthBody),
        (status = 503, description = "A part fails", body = HealthBody)
    )
)]
pub(crate) async fn health(state: Data<State>) -> HttpResponse {
    let failing = failing(state.ask(|store| store.schema_state()).await);
    let (status, mut response) = match failing {
        None => ("pass", HttpResponse::Ok()),
        Some(_) => ("fail", HttpResponse::ServiceUnavailable()),
    };
    if failing.is_some() {
        response.insert_header(("Retry-After", "1"));
    }
    response.json(HealthBody {
        status,
        version: env!("CARGO_PKG_VERSION"),
        checks: failing.into_iter().chain(waiting(&state)).collect(),
    })
}

fn failing(state: Result<SchemaState, Problem>) -> Option<(&'static str, [Check; 1])> {
    let (part, output) = match state {
        Ok(SchemaState::Current) => return None,
        Ok(SchemaState::NeedsMigration(_)) => ("migrations", "run suo-admin migrate".to_owned()),
        Ok(SchemaState::Newer(_)) => (
            "migrations",
            "a newer program migrated the database".to_owned(),
        ),
        Err(problem) => ("database", problem.to_string()),
    };
    let status = "fail";
    Some((part, [Check { status, output }]))
}

/// No reason to take an admin out of service: it answers, and another one would say the same.
fn waiting(state: &State) -> Option<(&'static str, [Check; 1])> {
    if state.relay.is_well() {
        return None;
    }
    let output = "edits wait until they can be announced: the log says why".to_owned();
    let status = "warn";
    Some(("publication", [Check { status, output }]))
}
