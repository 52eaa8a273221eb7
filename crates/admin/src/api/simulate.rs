//! `POST /simulate`

mod answer;
mod trace;
mod visitor;

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use suo_link::{
    id::LinkId,
    instance::InstanceSecret,
    link::Link,
    policy::{PasswordHash, decide_with},
    visitor::Visitor,
};
use utoipa::ToSchema;

use self::{
    answer::DecisionBody,
    trace::{StepBody, Steps},
    visitor::{Asker, VisitorBody},
};
use super::{
    body::{Asked, Object},
    failures::Simulates,
    fields::Fields,
    links::{self, Reading},
    target::TargetRules,
};
use crate::{
    problem::{Code, Problem},
    state::State,
    store::StoredLink,
};

/// What stands for the hash of a password that is to be tried out: nobody compares it.
const TRIED: &str = "$argon2id$v=19$m=19456,t=2,p=1$dHJpZWQ$dHJpZWQ";

const SERVED: [&str; 9] = [
    "id",
    "link",
    "user_agent",
    "language",
    "country",
    "time",
    "query",
    "address",
    "unlocked",
];

/// What a visitor would get, and why.
#[derive(Serialize, ToSchema)]
pub(super) struct Simulation {
    /// Who is asking, as far as it is known.
    visitor: VisitorBody,
    /// What they get.
    decision: DecisionBody,
    /// What was compared with what, in order.
    trace: Vec<StepBody>,
}

/// Try out a link
///
/// What the edge would answer to a visitor, by the same code, and each step on the way there.
/// Either `id` names a link, or `link` is one as for `POST /links`, which is not saved. What is
/// shown is for the link's owner: it names targets that the visitor may not see.
#[utoipa::path(
    post,
    path = "/api/v1/simulate",
    tag = "links",
    request_body(content = crate::api::inputs::SimulationInput),
    responses((status = 200, description = "What the visitor would get", body = Simulation), Simulates),
    security(("key" = []))
)]
pub(crate) async fn simulate(
    state: Data<State>,
    Asked { body, .. }: Asked,
) -> Result<HttpResponse, Problem> {
    let id = named(&body);
    let (domains, secret, stored) = state
        .ask(move |store| {
            let stored = id.map(|id| store.link(id)).transpose()?.flatten();
            Ok((store.domains()?, store.secret()?, stored))
        })
        .await?;
    let rules = TargetRules {
        private: state.private_targets,
        domains: &domains,
    };
    let simulation = tried(&state, &body, stored, rules, &secret)?;
    Ok(HttpResponse::Ok().json(simulation))
}

fn named(body: &Object) -> Option<LinkId> {
    LinkId::from_public(body.members.get("id")?.as_str()?)
}

fn tried(
    state: &State,
    body: &Object,
    stored: Option<StoredLink>,
    rules: TargetRules<'_>,
    secret: &InstanceSecret,
) -> Result<Simulation, Problem> {
    let mut fields = Fields::new(&body.members, "");
    fields.only(&SERVED, &[]);
    let now = state.now();
    let asker = Asker::read(&mut fields, now);
    let hash = PasswordHash::from_phc(TRIED);
    let reading = Reading {
        rules,
        password: hash.as_ref(),
        now,
    };
    let link = link(&mut fields, reading);
    fields.finish().map_err(Problem::fields)?;
    let (link, used_up) = match (link, stored) {
        (Some(link), _) => (link, false),
        (None, Some(stored)) => (stored.fields.for_edges(stored.id), stored.is_used_up()),
        (None, None) => return Err(links::unknown()),
    };
    let mut steps = Steps::default();
    let visitor = Visitor {
        used_up,
        ..asker.visitor()
    };
    let decision = decide_with(&link, &visitor, asker.time, &secret.split_key(), &mut steps);
    Ok(Simulation {
        decision: DecisionBody::from(&decision),
        visitor: VisitorBody::from(&asker),
        trace: steps.0,
    })
}

/// The link that was sent along; else the one that `id` names.
fn link(fields: &mut Fields<'_>, reading: Reading<'_>) -> Option<Link> {
    let wrong_before = fields.count();
    let id = fields.text("id").flatten();
    let given = fields.object("link").flatten();
    match (id, given) {
        (None, None) if fields.count() == wrong_before => {
            fields.refuse("id", Code::Required, "name a link, or send one as \"link\"");
            None
        }
        (Some(_), Some(_)) => {
            let detail = "either \"id\" or \"link\"";
            fields.refuse("link", Code::UnknownField, detail);
            None
        }
        (_, Some(given)) => match links::new_link(given.members(), "/link", reading) {
            Ok((new, _)) => Some(new.fields.for_edges(LinkId(0))),
            Err(errors) => {
                fields.adopt(errors);
                None
            }
        },
        _ => None,
    }
}
