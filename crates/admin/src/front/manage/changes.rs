//! The forms of the page that manages a link.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Map, Value, json};
use suo_link::id::LinkId;

use super::{Done, Managed, Wanted, show, unknown};
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
    store::{Deleted, Expected, LinkFields, Patched, StoredLink},
    time,
};

/// Another target, another end, other visitors.
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
    // A form without boxes leaves alone what it does not show.
    let choice = form.has("for").then(|| Choice::read(form));
    let lacks_downloads = choice.as_ref().is_some_and(Choice::lacks_downloads);
    if let Some(choice) = &choice {
        choice.rewrite(&mut members);
    }
    let wanted = Wanted {
        target: form.text("target").to_owned(),
        choice,
    };
    if lacks_downloads {
        let complaint = visit.tongue.words().e_download.to_owned();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(refuse(state, visit, managed, status, vec![complaint], Some(wanted)).await);
    }
    change(state, visit, managed, members, Some(wanted)).await
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
    change(state, visit, managed, members, None).await
}

async fn change(
    state: &State,
    visit: &Visit,
    managed: &Managed,
    members: Map<String, Value>,
    wanted: Option<Wanted>,
) -> Result<HttpResponse, Problem> {
    let outcome = patch(state, visit, managed.link.id, members).await?;
    let refusal = match outcome {
        Ok(Some(link)) => {
            let done = Done {
                notes: vec![visit.tongue.words().saved],
                ..Done::default()
            };
            let managed = Managed {
                link,
                ..managed.clone()
            };
            return Ok(show(state, visit, &managed, StatusCode::OK, done).await);
        }
        Ok(None) => return Ok(unknown(state, visit)),
        Err(refusal) => refusal,
    };
    let errors = told(state, visit, wanted.as_ref(), &refusal);
    let status = match refusal {
        Refusal::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::TOO_MANY_REQUESTS,
    };
    Ok(refuse(state, visit, managed, status, errors, wanted).await)
}

/// The page with what is wrong, and with what was typed.
async fn refuse(
    state: &State,
    visit: &Visit,
    managed: &Managed,
    status: StatusCode,
    errors: Vec<String>,
    typed: Option<Wanted>,
) -> HttpResponse {
    let done = Done {
        errors,
        typed,
        ..Done::default()
    };
    show(state, visit, managed, status, done).await
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
                if leads_elsewhere(&edit.fields, &link.fields)
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

fn leads_elsewhere(new: &LinkFields, old: &LinkFields) -> bool {
    let rules = |link: &LinkFields| link.policy.as_ref().map(|policy| policy.rules.clone());
    new.target != old.target || rules(new).unwrap_or_default() != rules(old).unwrap_or_default()
}

fn told(state: &State, visit: &Visit, wanted: Option<&Wanted>, refusal: &Refusal) -> Vec<String> {
    let words = visit.tongue.words();
    let nothing = Choice::default();
    let tried = Tried {
        target: wanted.map_or("", |wanted| &wanted.target),
        choice: wanted
            .and_then(|wanted| wanted.choice.as_ref())
            .unwrap_or(&nothing),
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
        let (status, unsure) = (
            StatusCode::UNPROCESSABLE_ENTITY,
            words.delete_unsure.to_owned(),
        );
        return Ok(refuse(state, visit, managed, status, vec![unsure], None).await);
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
