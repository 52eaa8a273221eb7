//! `POST /domains`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use suo_link::{
    domain::{DomainName, Scheme},
    id::LinkId,
};

use super::{SavedDomain, saved};
use crate::{
    api::{
        body::{Object, Written},
        failures::CreatesDomain,
        fields::Fields,
        target::{LOOP, TargetRules},
    },
    problem::{Code, Finding, Name, Problem},
    state::State,
    store::{DomainAdded, NewDomain},
};

/// How many links a warning names.
const SHOWN: usize = 5;

/// Add a domain
///
/// Point its DNS records and its certificate at the edges; they answer for it at once. The
/// scheme is the default domain's unless given. Links that lead to the domain already are a warning.
#[utoipa::path(
    post,
    path = "/api/v1/domains",
    tag = "domains",
    request_body(content = crate::api::inputs::DomainInput),
    responses((status = 201, description = "The new domain", body = SavedDomain), CreatesDomain),
    security(("key" = []))
)]
pub(crate) async fn create_domain(
    state: Data<State>,
    Written { body, .. }: Written,
) -> Result<HttpResponse, Problem> {
    let domains = state.ask(|store| store.domains()).await?;
    let rules = TargetRules {
        private: state.private_targets,
        domains: &domains,
    };
    let (new, mut warnings) = read(&body, rules)?;
    let now = state.now();
    let (leading, added) = state
        .ask(move |store| {
            let leading = store.links_leading_to(&new.name)?;
            Ok((leading, store.add_domain(&new, now)?))
        })
        .await?;
    match added {
        DomainAdded::Taken => Err(Problem::new(
            Name::DomainTaken,
            "there is a domain with this name",
        )),
        DomainAdded::Added(domain) => {
            state.relay.settled().await;
            warnings.extend(links_lead_here(&leading));
            Ok(saved(StatusCode::CREATED, &domain, &[], warnings))
        }
    }
}

/// Such a link would not be accepted any more; its visitors end at a code that is not there, until
/// somebody makes it.
fn links_lead_here(links: &[LinkId]) -> Option<Finding> {
    let shown: Vec<String> = links.iter().take(SHOWN).map(|id| id.to_public()).collect();
    let more = if links.len() > SHOWN { " and more" } else { "" };
    let detail = format!(
        "active links lead to this domain, where only short links answer from now on: {}{more}",
        shown.join(", ")
    );
    let is_any = !links.is_empty();
    is_any.then(|| Finding::new("/domain", Code::LinksLeadHere, detail))
}

fn read(body: &Object, rules: TargetRules<'_>) -> Result<(NewDomain, Vec<Finding>), Problem> {
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
            "version",
            "created_at",
            "updated_at",
            "warnings",
        ],
    );
    let default = rules.domains.iter().find(|known| known.domain.is_default);
    let default = default.map_or(Scheme::Https, |known| known.scheme);
    let scheme = fields.choice("scheme", &[Scheme::Http, Scheme::Https], Scheme::as_str);
    let scheme = scheme.flatten().unwrap_or(default);
    let name = name(&mut fields, scheme);
    let mut target = |field| {
        let target = rules.read(&mut fields, field, &mut warnings).flatten()?;
        let is_itself = |name: &DomainName| name.as_str() == target.authority();
        if name.as_ref().is_some_and(is_itself) {
            fields.refuse(field, Code::OwnDomain, LOOP);
        }
        Some(target.as_str().to_owned())
    };
    let (root_target, not_found_target) = (target("root_target"), target("not_found_target"));
    let case_sensitive = fields.boolean("case_sensitive").flatten().unwrap_or(false);
    fields.finish().map_err(Problem::fields)?;
    let name = name.ok_or_else(|| Problem::new(Name::Internal, "a name was lost"))?;
    let new = NewDomain {
        name,
        scheme,
        case_sensitive,
        root_target,
        not_found_target,
    };
    Ok((new, warnings))
}

fn name(fields: &mut Fields<'_>, scheme: Scheme) -> Option<DomainName> {
    let text = fields.text("domain");
    fields.require("domain", &text, "a host name, such as s.example.com");
    DomainName::parse(text??.trim(), scheme)
        .inspect_err(|error| fields.refuse("domain", Code::InvalidDomain, error))
        .ok()
}
