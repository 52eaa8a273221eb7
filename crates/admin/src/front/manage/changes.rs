//! The forms of the page that manages a link.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Map, Value, json};
use suo_link::id::LinkId;

use super::{Done, Managed, show, unknown};
use crate::{
    api::{
        links::{Reading, edit},
        target::TargetRules,
    },
    front::{
        choice::Choice,
        form::Form,
        moment, page,
        save::Refusal,
        sentences::{self, Tried},
        visit::Visit,
    },
    problem::{Finding, Problem},
    state::State,
    store::{Deleted, Expected, Patched, StoredLink},
    time,
};

/// Another target, another end.
pub(super) async fn save(
    state: &State,
    visit: &Visit,
    managed: &Managed,
    form: &Form,
) -> Result<HttpResponse, Problem> {
    let mut members = Map::new();
    members.insert("target".into(), json!(form.text("target")));
    let days = match form.text("end") {
        "30" => Some(30),
        "180" => Some(180),
        "365" => Some(365),
        _ => None,
    };
    if let Some(days) = days {
        let end = moment::after(state.now(), days);
        members.insert("expires_at".into(), json!(time::to_text(end)));
    } else if form.text("end") == "none" {
        members.insert("expires_at".into(), Value::Null);
    }
    change(state, visit, managed, members).await
}

/// What was suggested: these apps are guided.
pub(super) async fn guide(
    state: &State,
    visit: &Visit,
    managed: &Managed,
    form: &Form,
) -> Result<HttpResponse, Problem> {
    let mut members = Map::new();
    members.insert("guide_apps".into(), json!(form.all("guide")));
    change(state, visit, managed, members).await
}

async fn change(
    state: &State,
    visit: &Visit,
    managed: &Managed,
    members: Map<String, Value>,
) -> Result<HttpResponse, Problem> {
    let target = members
        .get("target")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let outcome = patch(state, visit, managed.link.id, members).await?;
    match outcome {
        Ok(Some(link)) => {
            let done = Done {
                notes: vec![visit.tongue.words().saved],
                ..Done::default()
            };
            let managed = Managed {
                link,
                ..managed.clone()
            };
            Ok(show(state, visit, &managed, StatusCode::OK, done).await)
        }
        Ok(None) => Ok(unknown(state, visit)),
        Err(refusal) => {
            let tried = target.clone().unwrap_or_default();
            let errors = told(state, visit, &tried, &refusal);
            let done = Done {
                errors,
                typed: target,
                ..Done::default()
            };
            let status = match refusal {
                Refusal::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::TOO_MANY_REQUESTS,
            };
            Ok(show(state, visit, managed, status, done).await)
        }
    }
}

/// The link as it is now; `Ok(None)`: it is gone.
async fn patch(
    state: &State,
    visit: &Visit,
    id: LinkId,
    members: Map<String, Value>,
) -> Result<Result<Option<StoredLink>, Refusal>, Problem> {
    let (now, private) = (state.now(), state.private_targets);
    let (front, address) = (state.front.clone(), visit.address);
    let (patched, refusal) = state
        .ask(move |store| {
            let domains = store.domains()?;
            let rules = TargetRules {
                private,
                domains: &domains,
            };
            let reading = Reading {
                rules,
                password: None,
                now,
            };
            let mut refusal = None;
            let mut edit = |link: &StoredLink| {
                let read: Result<_, Vec<Finding>> = edit(&members, link, reading);
                let (edit, _) = read
                    .map_err(|errors| refusal = Some(Refusal::Wrong(errors)))
                    .ok()?;
                // A link that leads elsewhere is as good as a new one.
                if edit.fields.target != link.fields.target
                    && let Err(used_up) = front.take(address, &edit.fields, now)
                {
                    refusal = Some(used_up);
                    return None;
                }
                Some(edit)
            };
            let patched = store.patch_link(id, &Expected::Any, &mut edit, now)?;
            Ok((patched, refusal))
        })
        .await?;
    state.relay.settled().await;
    Ok(match (patched, refusal) {
        (_, Some(refusal)) => Err(refusal),
        (Patched::Done(link), None) => Ok(Some(link)),
        (_, None) => Ok(None),
    })
}

fn told(state: &State, visit: &Visit, target: &str, refusal: &Refusal) -> Vec<String> {
    let words = visit.tongue.words();
    let tried = Tried {
        target,
        choice: &Choice::default(),
        private: state.private_targets,
    };
    match refusal {
        Refusal::Wrong(findings) => sentences::all(findings, tried, visit.tongue),
        Refusal::UsedUp(used_up, host) => vec![sentences::used_up(*used_up, host, words)],
        Refusal::Unlucky => vec![words.e_down.to_owned()],
    }
}

/// Another manage address in place of this one.
pub(super) async fn renew(
    state: &State,
    visit: &Visit,
    managed: &Managed,
) -> Result<HttpResponse, Problem> {
    let (id, serial) = (managed.link.id, managed.serial);
    let next = state
        .ask(move |store| store.renew_management(id, serial))
        .await?;
    let Some(serial) = next else {
        return Ok(unknown(state, visit));
    };
    let managed = Managed {
        serial,
        ..managed.clone()
    };
    let done = Done {
        notes: vec![visit.tongue.words().renewed],
        is_renewed: true,
        ..Done::default()
    };
    Ok(show(state, visit, &managed, StatusCode::OK, done).await)
}

/// No link any more.
pub(super) async fn delete(
    state: &State,
    visit: &Visit,
    managed: &Managed,
    form: &Form,
) -> Result<HttpResponse, Problem> {
    let words = visit.tongue.words();
    if form.text("sure") != "yes" {
        let done = Done {
            errors: vec![words.delete_unsure.to_owned()],
            ..Done::default()
        };
        return Ok(show(
            state,
            visit,
            managed,
            StatusCode::UNPROCESSABLE_ENTITY,
            done,
        )
        .await);
    }
    let (id, now) = (managed.link.id, state.now());
    let deleted = state
        .ask(move |store| store.delete_link(id, &Expected::Any, now))
        .await?;
    state.relay.settled().await;
    if deleted == Deleted::NotFound {
        return Ok(unknown(state, visit));
    }
    Ok(page::message(
        state,
        visit,
        StatusCode::OK,
        words.deleted_title,
        words.deleted,
    ))
}
