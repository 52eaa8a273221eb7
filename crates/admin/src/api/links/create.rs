//! `POST /links`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};

use super::{
    LinkBody, SavedLink,
    idempotency::{self, Idempotency},
    input::{self, Reading},
    policy::password,
    view,
};
use crate::{
    api::{
        body::{Object, Written},
        failures::Creates,
        fields::problem,
        target::TargetRules,
    },
    problem::{Finding, Name, Problem},
    state::State,
    store::{Claim, Creation, Keep, NewLink, Reply, StoredDomain},
};

/// Create a link
///
/// Only `target` is required. Without `code` one is generated. With `"if_exists": "return"`
/// the newest link to the same target is returned with status 200 instead of a new one. With
/// an `Idempotency-Key` the same request sent again within 24 hours creates nothing and gets
/// the first answer again, with the header `Idempotent-Replayed: true`.
#[utoipa::path(
    post,
    path = "/api/v1/links",
    tag = "links",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of up to 255 visible ASCII characters")),
    request_body(content = crate::api::inputs::LinkInput),
    responses(
        (status = 201, description = "The new link", body = SavedLink),
        (status = 200, description = "The link that was there (`if_exists`)", body = SavedLink),
        Creates
    ),
    security(("key" = []))
)]
pub(crate) async fn create_link(
    request: HttpRequest,
    state: Data<State>,
    Written { caller, body }: Written,
) -> Result<HttpResponse, Problem> {
    let claim = match idempotency::begin(&request, &state, caller.id, &body.bytes).await? {
        Idempotency::Replay(response) => return Ok(response),
        Idempotency::Claimed(claim) => Some(claim),
        Idempotency::None => None,
    };
    let outcome = create(&state, &body, claim.clone()).await;
    if let Err(problem) = &outcome {
        idempotency::release(&state, claim, problem).await;
    }
    outcome
}

async fn create(
    state: &State,
    body: &Object,
    claim: Option<Claim>,
) -> Result<HttpResponse, Problem> {
    let domains = state.ask(|store| store.domains()).await?;
    let password = password::hashed(&body.members).await?;
    let reading = Reading {
        rules: TargetRules {
            private: state.private_targets,
            domains: &domains,
        },
        password: password.as_ref(),
        now: state.now(),
    };
    let (link, warnings) = input::new_link(&body.members, "", reading).map_err(problem)?;
    let (creation, saved) = save(state, link, warnings, domains, claim).await?;
    let status = match creation {
        Creation::CodeTaken => return Err(Problem::code_taken("")),
        Creation::Created(_) => StatusCode::CREATED,
        Creation::Existing(_) => StatusCode::OK,
    };
    let saved = saved.ok_or_else(|| Problem::new(Name::Internal, "nothing was created"))?;
    state.relay.settled().await;
    Ok(view::reply(status, &saved.link.etag(), &saved))
}

async fn save(
    state: &State,
    link: NewLink,
    warnings: Vec<Finding>,
    domains: Vec<StoredDomain>,
    claim: Option<Claim>,
) -> Result<(Creation, Option<SavedLink>), Problem> {
    let now = state.now();
    state
        .ask(move |store| {
            let saved = |creation: &Creation| saved(creation, &domains, &warnings);
            let reply = |creations: &[Creation]| {
                creations
                    .first()
                    .and_then(|creation| Some(kept(creation, &saved(creation)?)))
            };
            let keep = claim.as_ref().map(|claim| Keep {
                claim,
                reply: &reply,
            });
            let mut creations = store.create_links(&[link], now, keep.as_ref())?;
            let creation = creations.pop().unwrap_or(Creation::CodeTaken);
            let saved = saved(&creation);
            Ok((creation, saved))
        })
        .await
}

fn saved(creation: &Creation, domains: &[StoredDomain], warnings: &[Finding]) -> Option<SavedLink> {
    match creation {
        Creation::CodeTaken => None,
        Creation::Created(link) | Creation::Existing(link) => Some(SavedLink {
            link: LinkBody::new(link, domains),
            warnings: warnings.to_vec(),
        }),
    }
}

fn kept(creation: &Creation, saved: &SavedLink) -> Reply {
    Reply {
        status: if matches!(creation, Creation::Created(_)) {
            201
        } else {
            200
        },
        etag: Some(saved.link.etag()),
        body: serde_json::to_vec(saved).unwrap_or_default(),
    }
}
