//! `PATCH /domains/{id}`

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use suo_link::{destination::Destination, id::DomainId};

use super::{DomainBody, SavedDomain, saved};
use crate::{
    api::{
        body::{Object, Written},
        failures::EditsDomain,
        fields::Fields,
        if_match::{expected, other_version},
        target::TargetRules,
    },
    problem::{Code, Finding, Name, Problem},
    state::State,
    store::{DomainEdit, DomainPatched, StoredDomain, StoredFile},
};

/// Change a domain's settings
///
/// A JSON Merge Patch. `case_sensitive` can be changed until the first link is made.
#[utoipa::path(
    patch,
    path = "/api/v1/domains/{id}",
    tag = "domains",
    params(
        ("id" = String, Path, description = "The domain's id"),
        ("If-Match" = Option<String>, Header, description = "The version that the change is meant for"),
    ),
    request_body(content = crate::api::inputs::DomainPatch),
    responses((status = 200, description = "The domain as it is now", body = SavedDomain), EditsDomain),
    security(("key" = []))
)]
pub(crate) async fn patch_domain(
    request: HttpRequest,
    state: Data<State>,
    id: Path<String>,
    Written { body, .. }: Written,
) -> Result<HttpResponse, Problem> {
    let id = domain_id(&id)?;
    let (domains, files) = state
        .ask(|store| Ok((store.domains()?, store.files()?)))
        .await?;
    let rules = TargetRules {
        private: state.private_targets,
        domains: &domains,
    };
    let known = domains.iter().find(|known| known.domain.id == id);
    let known = known.ok_or_else(unknown)?;
    let (edit, warnings) = read(&body, known, &files, rules)?;
    let (expected, now) = (expected(request.headers()), state.now());
    match state
        .ask(move |store| store.patch_domain(id, &expected, &edit, now))
        .await?
    {
        DomainPatched::Done(domain) => {
            state.relay.settled().await;
            Ok(saved(StatusCode::OK, &domain, &files, warnings))
        }
        DomainPatched::NotFound => Err(unknown()),
        DomainPatched::OtherVersion => Err(other_version()),
        DomainPatched::HadLinks => Err(Problem::new(
            Name::CaseRuleFixed,
            "the domain has or had links, whose codes depend on the rule",
        )),
    }
}

/// The domain that a path names; what is no number names none.
pub(in crate::api) fn domain_id(text: &str) -> Result<DomainId, Problem> {
    text.parse().map(DomainId).map_err(|_| unknown())
}

pub(in crate::api) fn unknown() -> Problem {
    Problem::new(Name::NotFound, "there is no domain with this id")
}

fn read(
    body: &Object,
    known: &StoredDomain,
    files: &[StoredFile],
    rules: TargetRules<'_>,
) -> Result<(DomainEdit, Vec<Finding>), Problem> {
    let mut warnings = Vec::new();
    let mut fields = Fields::new(&body.members, "");
    fields.only(
        &[
            "domain",
            "scheme",
            "case_sensitive",
            "root_target",
            "not_found_target",
        ],
        &[
            "id",
            "is_default",
            "files",
            "version",
            "created_at",
            "updated_at",
            "warnings",
        ],
    );
    for (name, fixed) in [
        ("domain", known.domain.name.as_str()),
        ("scheme", known.scheme.as_str()),
    ] {
        if body.members.get(name).is_some_and(|given| given != fixed) {
            let detail = "links are out in the world: add another domain";
            fields.refuse(name, Code::Immutable, detail);
        }
    }
    let listed = serde_json::json!(DomainBody::new(known, files).files);
    if body
        .members
        .get("files")
        .is_some_and(|given| *given != listed)
    {
        let detail = "files are put and deleted one by one: PUT /domains/{id}/files/{path}";
        fields.refuse("files", Code::Immutable, detail);
    }
    let mut target = |name| {
        let read = rules.read(&mut fields, name, &mut warnings);
        read.map(|target| target.map(|target: Destination| target.as_str().to_owned()))
    };
    let (root_target, not_found_target) = (target("root_target"), target("not_found_target"));
    let case_sensitive = fields
        .boolean("case_sensitive")
        .map(|given| given.unwrap_or(false));
    fields.finish().map_err(Problem::fields)?;
    let edit = DomainEdit {
        case_sensitive,
        root_target,
        not_found_target,
    };
    Ok((edit, warnings))
}
