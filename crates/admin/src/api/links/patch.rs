//! `PATCH /links/{id}`

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};

use super::{
    LinkBody, SavedLink,
    input::{self, Reading},
    policy::password,
    read::{link_id, unknown},
    view,
};
use crate::{
    api::{
        body::Written,
        failures::Edits,
        if_match::{expected, other_version},
        target::TargetRules,
    },
    problem::{Name, Problem},
    state::State,
    store::Patched,
};

/// Change a link
///
/// A JSON Merge Patch: null clears, what is absent stays, lists are replaced. A new `code`
/// becomes the primary one; the old one keeps answering. Edges see the change at once.
#[utoipa::path(
    patch,
    path = "/api/v1/links/{id}",
    tag = "links",
    params(
        ("id" = String, Path, description = "The link's id"),
        ("If-Match" = Option<String>, Header, description = "The version that the change is meant for"),
    ),
    request_body(content = crate::api::inputs::LinkPatch),
    responses((status = 200, description = "The link as it is now", body = SavedLink), Edits),
    security(("key" = []))
)]
pub(crate) async fn patch_link(
    request: HttpRequest,
    state: Data<State>,
    id: Path<String>,
    Written { body, .. }: Written,
) -> Result<HttpResponse, Problem> {
    let id = link_id(&id)?;
    let expected = expected(request.headers());
    let (now, private) = (state.now(), state.private_targets);
    // Before the link is locked: hashing takes its time.
    let password = password::hashed(&body.members).await?;
    let (patched, domains, read) = state
        .ask(move |store| {
            let domains = store.domains()?;
            let reading = Reading {
                rules: TargetRules {
                    private,
                    domains: &domains,
                },
                password: password.as_ref(),
                now,
            };
            let mut read = Ok(Vec::new());
            let mut edit = |link: &_| match input::edit(&body.members, link, reading) {
                Ok((edit, warnings)) => {
                    read = Ok(warnings);
                    Some(edit)
                }
                Err(errors) => {
                    read = Err(errors);
                    None
                }
            };
            let patched = store.patch_link(id, &expected, &mut edit, now)?;
            Ok((patched, domains, read))
        })
        .await?;
    let warnings = read.map_err(Problem::fields)?;
    match patched {
        Patched::Done(link) => {
            state.relay.settled().await;
            let saved = SavedLink {
                link: LinkBody::new(&link, &domains),
                warnings,
            };
            Ok(view::reply(StatusCode::OK, &saved.link.etag(), &saved))
        }
        Patched::NotFound => Err(unknown()),
        Patched::OtherVersion => Err(other_version()),
        Patched::CodeTaken => Err(Problem::code_taken("")),
        Patched::Refused => Err(Problem::new(Name::Internal, "the change was given up")),
    }
}
