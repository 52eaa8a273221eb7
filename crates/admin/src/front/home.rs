//! `GET /`: the form, and the same page again with what was wrong.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use suo_link::instance::InstanceSecret;

use super::{
    Front,
    boxes::Boxes,
    choice::{Choice, Preset},
    guard::Pass,
    page::{self, Frame},
    visit::Visit,
};
use crate::{problem::Problem, state::State};

/// What was typed, and what is to be said about it.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) text: String,
    pub(super) choice: Choice,
    pub(super) errors: Vec<String>,
    pub(super) notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "front/home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    form: FormView,
    boxes: Boxes,
}

struct FormView {
    token: String,
    once: String,
    text: String,
    errors: Vec<String>,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "front/closed.html")]
struct Closed<'a> {
    frame: Frame<'a>,
}

/// The front page.
pub(crate) async fn home(state: Data<State>, visit: Visit) -> HttpResponse {
    if state.front.opening.is_none() {
        return closed(&state, &visit, StatusCode::OK);
    }
    show(&state, &visit, StatusCode::OK, Typed::default()).await
}

/// `GET /create` and `GET /decode`: whoever asks again for what a form has answered.
pub(crate) async fn back() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header(("Location", "/"))
        .finish()
}

/// The form with what was typed.
pub(super) async fn show(
    state: &State,
    visit: &Visit,
    status: StatusCode,
    typed: Typed,
) -> HttpResponse {
    let Ok(secret) = secret(state).await else {
        return page::down(state, visit);
    };
    let pass = Pass::new(visit, &secret);
    let words = visit.tongue.words();
    let is_chosen = typed.choice.preset != Preset::Any;
    let home = Home {
        frame: Frame {
            is_indexed: true,
            ..Frame::new(state, visit, words.title)
        },
        form: FormView {
            token: pass.token.clone(),
            once: pass.once.clone(),
            text: typed.text,
            errors: typed.errors,
            notes: typed.notes,
        },
        boxes: Boxes::new(&typed.choice, is_chosen, visit.tongue),
    };
    page::respond(status, &home, Some(pass))
}

/// The page of an instance that is not open to the public.
pub(super) fn closed(state: &State, visit: &Visit, status: StatusCode) -> HttpResponse {
    let words = visit.tongue.words();
    let frame = Frame::new(state, visit, words.closed_title);
    page::respond(status, &Closed { frame }, None)
}

/// The instance's secret, asked for once.
pub(super) async fn secret(state: &State) -> Result<InstanceSecret, Problem> {
    let Front { secret: known, .. } = &*state.front;
    if let Some(secret) = known.get() {
        return Ok(*secret);
    }
    let secret = state.ask(|store| store.secret()).await?;
    Ok(*known.get_or_init(|| secret))
}
