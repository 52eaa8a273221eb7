//! `GET /events`: single answers, as long as they are kept.

pub mod live;
mod view;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use suo_link::id::LinkId;
use utoipa::ToSchema;
pub use view::EventBody;

use super::{
    failures::Events,
    query::{Wrong, limit, read_parameters},
};
use crate::{
    auth::Reader,
    problem::{Code, Name, Problem},
    state::State,
    store::EventFilter,
};

/// Answers of a page, unless asked for another number.
const LIMIT: usize = 50;

/// The most answers of a page.
const MAX_LIMIT: usize = 1000;

/// A page of answers, the last counted first.
#[derive(Serialize, ToSchema)]
pub struct EventPage {
    /// The answers.
    pub data: Vec<EventBody>,
    /// Ask with `?cursor=` for the next page; null: this is the last one.
    pub next_cursor: Option<String>,
}

/// List single answers
///
/// The last counted first. They are kept for `SUO_EVENTS_DAYS` days.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "statistics",
    params(
        ("link" = Option<String>, Query, description = "A link's id: its answers alone"),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 50 unless given"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ),
    responses((status = 200, description = "A page of answers", body = EventPage), Events),
    security(("key" = []))
)]
pub(crate) async fn list_events(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
) -> Result<HttpResponse, Problem> {
    are_kept(&state)?;
    let filter = filter(request.query_string())?;
    let limit = filter.limit;
    let (events, domains) = state
        .ask(move |store| Ok((store.events(&filter)?, store.domains()?)))
        .await?;
    let last = events.last().filter(|_| events.len() == limit);
    Ok(HttpResponse::Ok().json(EventPage {
        next_cursor: last.map(|event| view::public(event.id)),
        data: events
            .iter()
            .map(|event| EventBody::new(event, &domains))
            .collect(),
    }))
}

/// Says if there can be none.
fn are_kept(state: &State) -> Result<(), Problem> {
    if state.rules.events_days == 0 {
        let detail = "single answers are not kept here: SUO_EVENTS_DAYS is 0";
        return Err(Problem::new(Name::NotFound, detail));
    }
    Ok(())
}

fn filter(query: &str) -> Result<EventFilter, Problem> {
    let mut filter = EventFilter {
        limit: LIMIT,
        ..EventFilter::default()
    };
    read_parameters(query, &["link", "limit", "cursor"], |name, value| {
        match name {
            "link" => filter.link = Some(link(value)?),
            "limit" => filter.limit = limit(value, MAX_LIMIT)?,
            _ => filter.before = Some(cursor(value)?),
        }
        Ok(())
    })?;
    Ok(filter)
}

fn link(value: &str) -> Result<LinkId, Wrong> {
    let detail = "the id of a link, 13 characters";
    LinkId::from_public(value).ok_or_else(|| (Code::UnknownValue, detail.to_owned()))
}

fn cursor(value: &str) -> Result<i64, Wrong> {
    view::number(value).ok_or_else(|| {
        let detail = "a next_cursor is expected";
        (Code::InvalidCursor, detail.to_owned())
    })
}
