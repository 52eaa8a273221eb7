//! `POST /create`: from the form to a short link, or to a table of them.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, Data},
};
use suo_link::destination::PrivateTargets;

use super::{
    choice::Choice,
    form::Form,
    guard,
    home::{self, Typed},
    many, once, result,
    save::{Failure, Refusal, save},
    sentences::{self, Tried},
    taken::{Taken, cut, take, take_part},
    visit::Visit,
    words::fill,
};
use crate::state::State;

/// Makes what the form asks for.
pub(crate) async fn create(
    state: Data<State>,
    visit: Visit,
    payload: web::Payload,
) -> HttpResponse {
    if state.front.opening.is_none() {
        return home::closed(&state, &visit, StatusCode::FORBIDDEN);
    }
    let words = visit.tongue.words();
    let Some(form) = Form::receive(payload).await else {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return wrong(&state, &visit, &Form::default(), status, words.e_form).await;
    };
    if let Err(complaint) = is_allowed(&state, &visit, form.text("token")).await {
        return wrong(&state, &visit, &form, StatusCode::FORBIDDEN, complaint).await;
    }
    let choice = Choice::read(&form);
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    if choice.lacks_downloads() {
        return wrong(&state, &visit, &form, unprocessable, words.e_download).await;
    }
    // Scripts send long lists in parts.
    let take = if form.has("part") { take_part } else { take };
    let taken = take(form.text("text"));
    if let Some(url) = cut(&taken).filter(|_| state.private_targets == PrivateTargets::Refused) {
        let complaint = fill(words.e_cut, &[url]);
        return wrong(&state, &visit, &form, unprocessable, &complaint).await;
    }
    let complaint = match taken {
        Taken::Nothing => words.e_empty.to_owned(),
        Taken::NoLink => words.e_no_link.to_owned(),
        Taken::Several(count) => fill(words.e_several, &[&count.to_string()]),
        Taken::TooMany => words.e_too_many_lines.to_owned(),
        Taken::Whole(url) => return one(&state, &visit, &form, &choice, url, false).await,
        Taken::Found(url) => return one(&state, &visit, &form, &choice, url, true).await,
        Taken::Lines(lines) => return several(&state, &visit, &form, &choice, &lines).await,
    };
    wrong(&state, &visit, &form, unprocessable, &complaint).await
}

/// Whether a form may do anything; else what is said to whoever sent it.
pub(super) async fn is_allowed(
    state: &State,
    visit: &Visit,
    token: &str,
) -> Result<(), &'static str> {
    let words = visit.tongue.words();
    if !guard::is_ours(visit) {
        return Err(words.e_foreign);
    }
    let secret = home::secret(state).await.map_err(|_| words.e_down)?;
    if guard::has_token(visit, &secret, token) {
        Ok(())
    } else {
        Err(words.e_token)
    }
}

async fn one(
    state: &State,
    visit: &Visit,
    form: &Form,
    choice: &Choice,
    url: &str,
    was_found: bool,
) -> HttpResponse {
    let mut outcome = match save(state, visit, &[url], choice, once::key(visit, form)).await {
        Ok(outcome) => outcome,
        Err(failure) => return failed(state, visit, form, &failure).await,
    };
    match outcome.pop() {
        Some(Ok(made)) => result::show(state, visit, &made, was_found.then_some(url)).await,
        Some(Err(refusal)) => {
            let status = status_of(&refusal);
            let errors = told(state, visit, choice, url, &refusal);
            let typed = typed(form, errors);
            home::show(state, visit, status, typed).await
        }
        None => failed(state, visit, form, &Failure::Down).await,
    }
}

async fn several(
    state: &State,
    visit: &Visit,
    form: &Form,
    choice: &Choice,
    lines: &[&str],
) -> HttpResponse {
    match save(state, visit, lines, choice, once::key(visit, form)).await {
        Err(failure) => failed(state, visit, form, &failure).await,
        Ok(made) => {
            let told = |(line, made): (&&str, Result<_, Refusal>)| {
                let made = made.map_err(|refusal| {
                    let separator = visit.tongue.choose("", " ");
                    told(state, visit, choice, line, &refusal).join(separator)
                });
                ((*line).to_owned(), made)
            };
            let rows = lines.iter().zip(made).map(told).collect();
            many::show(state, visit, rows).await
        }
    }
}

fn told(
    state: &State,
    visit: &Visit,
    choice: &Choice,
    target: &str,
    refusal: &Refusal,
) -> Vec<String> {
    let tongue = visit.tongue;
    let tried = Tried {
        target,
        choice,
        private: state.private_targets,
    };
    match refusal {
        Refusal::Wrong(findings) => sentences::all(findings, tried, tongue),
        Refusal::UsedUp(used_up, host) => {
            vec![sentences::used_up(*used_up, host, tongue.words())]
        }
        Refusal::Unlucky => vec![tongue.words().e_down.to_owned()],
    }
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::UsedUp(..) => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unlucky => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn failed(state: &State, visit: &Visit, form: &Form, failure: &Failure) -> HttpResponse {
    let words = visit.tongue.words();
    let away = StatusCode::SERVICE_UNAVAILABLE;
    let (status, complaint) = match failure {
        Failure::NoDomain => (away, words.e_domain),
        Failure::InWork => (StatusCode::CONFLICT, words.e_in_work),
        Failure::Down => (away, words.e_down),
    };
    wrong(state, visit, form, status, complaint).await
}

/// The form again, with what was typed and what is wrong.
async fn wrong(
    state: &State,
    visit: &Visit,
    form: &Form,
    status: StatusCode,
    complaint: &str,
) -> HttpResponse {
    let typed = typed(form, vec![complaint.to_owned()]);
    home::show(state, visit, status, typed).await
}

fn typed(form: &Form, errors: Vec<String>) -> Typed {
    Typed {
        text: form.text("text").to_owned(),
        choice: Choice::read(form),
        errors,
        notes: Vec::new(),
    }
}
