//! `/manage/{address}`: what somebody without an account may do with a link of theirs. The
//! address is signed; opening it changes nothing.

mod changes;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, Data, Path},
};
use askama::Template;
use suo_link::link::Status;

use super::{
    boxes::Boxes,
    choice::Choice,
    counts::Counts,
    form::Form,
    guard,
    home::secret,
    keys, moment,
    page::{self, Frame},
    result::{LinkView, ManageView},
    visit::Visit,
    words::{Tongue, Words, fill},
};
use crate::{
    problem::Problem,
    state::State,
    store::{StoredDomain, StoredLink},
};

#[derive(Template)]
#[template(path = "front/manage.html")]
struct Page<'a> {
    frame: Frame<'a>,
    link: LinkView,
    manage: ManageView,
    counts: Counts,
    target: String,
    keep: String,
    /// `None`: for whom the link is meant is more than the form can say.
    boxes: Option<Boxes>,
    errors: Vec<String>,
    notes: Vec<&'static str>,
    is_renewed: bool,
    /// Whether the operator has banned the link: then nothing of it is changed here.
    is_banned: bool,
}

/// A link that is managed, by the address with this number.
#[derive(Clone)]
struct Managed {
    link: StoredLink,
    domain: StoredDomain,
    serial: u32,
    /// How often people came by its QR code.
    scans: u64,
}

/// What came of a form.
#[derive(Default)]
struct Done {
    errors: Vec<String>,
    notes: Vec<&'static str>,
    /// What was typed, if it is wrong.
    typed: Option<Wanted>,
    is_renewed: bool,
}

/// What the form asks for.
struct Wanted {
    target: String,
    /// `None`: the form had no boxes.
    choice: Option<Choice>,
}

/// `GET`: the link, and forms to change it.
pub(crate) async fn look(state: Data<State>, visit: Visit, address: Path<String>) -> HttpResponse {
    match find(&state, &address).await {
        Err(_) => page::down(&state, &visit),
        Ok(None) => unknown(&state, &visit),
        Ok(Some(managed)) => show(&state, &visit, &managed, StatusCode::OK, Done::default()).await,
    }
}

/// `POST`: changes it. Whoever has the address may; other sites can't make them.
pub(crate) async fn act(
    state: Data<State>,
    visit: Visit,
    address: Path<String>,
    payload: web::Payload,
) -> HttpResponse {
    let words = visit.tongue.words();
    let Some(form) = Form::receive(payload).await else {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return page::message(&state, &visit, status, words.error_title, words.e_form);
    };
    let managed = match find(&state, &address).await {
        Err(_) => return page::down(&state, &visit),
        Ok(None) => return unknown(&state, &visit),
        Ok(Some(managed)) => managed,
    };
    if !guard::is_ours(&visit) {
        let done = Done {
            errors: vec![words.e_foreign.to_owned()],
            ..Done::default()
        };
        return show(&state, &visit, &managed, StatusCode::FORBIDDEN, done).await;
    }
    if managed.link.fields.status == Status::Banned {
        // What was wrong with it stays as it is, for whoever has to look into it.
        let done = Done {
            errors: vec![words.banned_fixed.to_owned()],
            ..Done::default()
        };
        return show(&state, &visit, &managed, StatusCode::FORBIDDEN, done).await;
    }
    let done = match form.text("do") {
        "delete" => changes::delete(&state, &visit, &managed, &form).await,
        "renew" => changes::renew(&state, &visit, &managed).await,
        "guide" => changes::guide(&state, &visit, &managed, &form).await,
        _ => changes::save(&state, &visit, &managed, &form).await,
    };
    done.unwrap_or_else(|_| page::down(&state, &visit))
}

async fn find(state: &State, address: &str) -> Result<Option<Managed>, Problem> {
    let secret = secret(state).await?;
    let Some((id, serial)) = keys::read_manage_address(&secret, address) else {
        return Ok(None);
    };
    state
        .ask(move |store| {
            let present = store.management(id)?;
            let Some(link) = store.link(id)?.filter(|_| present == Some(serial)) else {
                return Ok(None);
            };
            let mut domains = store.domains()?.into_iter();
            let domain = domains.find(|known| known.domain.id == link.domain);
            let scans = store.scans(id)?;
            Ok(domain.map(|domain| Managed {
                link,
                domain,
                serial,
                scans,
            }))
        })
        .await
}

fn unknown(state: &State, visit: &Visit) -> HttpResponse {
    let Words {
        no_manage_title,
        no_manage,
        ..
    } = visit.tongue.words();
    page::message(
        state,
        visit,
        StatusCode::NOT_FOUND,
        no_manage_title,
        no_manage,
    )
}

async fn show(
    state: &State,
    visit: &Visit,
    managed: &Managed,
    status: StatusCode,
    done: Done,
) -> HttpResponse {
    let Ok(secret) = secret(state).await else {
        return page::down(state, visit);
    };
    let words = visit.tongue.words();
    let Managed {
        link,
        domain,
        serial,
        scans,
    } = managed;
    let mut notes = done.notes;
    match link.fields.status {
        Status::Banned => notes.push(words.status_banned),
        Status::Paused => notes.push(words.status_paused),
        Status::Active => {}
    }
    let view = LinkView::new(state, visit, link, domain, state.now()).await;
    let end = link.fields.expires_at;
    let end = end.map(|end| moment::text(end, &state.front.time_zone, visit.tongue));
    let manage = ManageView::new(visit, &keys::manage_address(&secret, link.id, *serial));
    let typed_target = done.typed.as_ref().map(|typed| typed.target.clone());
    let page = Page {
        frame: Frame {
            path: &manage.path.clone(),
            ..Frame::new(state, visit, words.manage_title)
        },
        counts: Counts::new(link, *scans, visit.tongue),
        boxes: boxes(link, done.typed.as_ref(), visit.tongue),
        target: typed_target.unwrap_or_else(|| link.fields.target.clone()),
        keep: fill(words.end_keep, &[end.as_deref().unwrap_or(words.end_none)]),
        link: view,
        manage,
        errors: done.errors,
        notes,
        is_renewed: done.is_renewed,
        is_banned: link.fields.status == Status::Banned,
    };
    page::respond_in_secret(status, &page)
}

/// For whom the link is meant, as it is or as it was typed.
fn boxes(link: &StoredLink, typed: Option<&Wanted>, tongue: Tongue) -> Option<Boxes> {
    let kept = Choice::of(link.fields.policy.as_deref())?;
    let typed = typed.and_then(|typed| typed.choice.as_ref());
    // What was refused is shown, what is kept is folded.
    let choice = typed.unwrap_or(&kept);
    Some(Boxes::new(choice, typed.is_some(), tongue))
}
