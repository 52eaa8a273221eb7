//! `POST /links/batch`

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use serde_json::Value;
use suo_link::{policy::PasswordHash, time::Timestamp};
use utoipa::ToSchema;

use super::{
    LinkBody, SavedLink,
    idempotency::{self, Idempotency},
    input::{self, Reading},
    policy::password,
};
use crate::{
    api::{
        body::{BATCH_LIMIT, Object, Written},
        failures::Batches,
        fields::Fields,
        target::TargetRules,
    },
    password::hash,
    problem::{Code, Finding, Problem},
    state::State,
    store::{Claim, Creation, Keep, NewLink, Reply, StoredDomain},
};

/// The most links of one batch.
const MAX_LINKS: usize = 10_000;

/// The most links of one batch that have a password: each costs some 30 ms of a core, and a
/// request with an idempotency key must end before its claim does.
const MAX_PASSWORDS: usize = 100;

/// The results of a batch, in the order of its links.
#[derive(Serialize, ToSchema)]
pub struct BatchResults {
    /// One for each link.
    pub results: Vec<BatchResult>,
}

/// What became of one link of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchResult {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// The status that the link would have got alone.
    pub status: u16,
    /// The link, if there is one now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub link: Option<SavedLink>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub error: Option<Problem>,
}

/// Create up to 10 000 links
///
/// Each link succeeds or fails by itself; the status of the whole is 200 as soon as the batch
/// could be read. `Idempotency-Key` works as for a single link.
#[utoipa::path(
    post,
    path = "/api/v1/links/batch",
    tag = "links",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of up to 255 visible ASCII characters")),
    request_body(content = crate::api::inputs::BatchInput),
    responses((status = 200, description = "One result for each link", body = BatchResults), Batches),
    security(("key" = []))
)]
pub(crate) async fn create_links(
    request: HttpRequest,
    state: Data<State>,
    Written { caller, body }: Written<BATCH_LIMIT>,
) -> Result<HttpResponse, Problem> {
    let claim = match idempotency::begin(&request, &state, caller.id, &body.bytes).await? {
        Idempotency::Replay(response) => return Ok(response),
        Idempotency::Claimed(claim) => Some(claim),
        Idempotency::None => None,
    };
    let outcome = create(&state, body, claim.clone()).await;
    if let Err(problem) = &outcome {
        idempotency::release(&state, claim, problem).await;
    }
    outcome
}

async fn create(
    state: &State,
    body: Object<BATCH_LIMIT>,
    claim: Option<Claim>,
) -> Result<HttpResponse, Problem> {
    let domains = state.ask(|store| store.domains()).await?;
    let (now, private) = (state.now(), state.private_targets);
    let passwords = passwords(&body).await?;
    let body = state
        .ask_much(move |store| {
            let rules = TargetRules {
                private,
                domains: &domains,
            };
            let read = match read(&body, rules, &passwords, now) {
                Ok(read) => read,
                Err(problem) => return Ok(Err(problem)),
            };
            let (links, places) = read;
            let render = |creations: &[Creation]| render(&places, creations, &domains);
            let reply = |creations: &[Creation]| {
                Some(Reply {
                    status: 200,
                    etag: None,
                    body: render(creations),
                })
            };
            let keep = claim.as_ref().map(|claim| Keep {
                claim,
                reply: &reply,
            });
            let creations = store.create_links(&links, now, keep.as_ref())?;
            Ok(Ok(render(&creations)))
        })
        .await??;
    state.relay.settled().await;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(body))
}

/// Where the answer to one link of the batch comes from.
enum Place {
    /// From the creation of this number, with these warnings.
    Saved(usize, Vec<Finding>),
    /// It was never tried.
    Refused(Problem),
}

fn read(
    body: &Object<BATCH_LIMIT>,
    rules: TargetRules<'_>,
    passwords: &HashMap<usize, PasswordHash>,
    now: Timestamp,
) -> Result<(Vec<NewLink>, Vec<Place>), Problem> {
    let mut links = Vec::new();
    let mut places = Vec::new();
    for (index, item) in items(body)?.iter().enumerate() {
        let base = pointer(index);
        let reading = Reading {
            rules,
            password: passwords.get(&index),
            now,
        };
        let read = match item {
            Value::Object(members) => input::new_link(members, &base, reading),
            _ => Err(vec![Finding::new(
                base,
                Code::WrongType,
                "a link is a JSON object",
            )]),
        };
        places.push(match read {
            Err(errors) => Place::Refused(Problem::fields(errors)),
            Ok((link, warnings)) => {
                links.push(link);
                Place::Saved(links.len() - 1, warnings)
            }
        });
    }
    Ok((links, places))
}

/// The hashes of all passwords, by the places of their links. One after the other, so that
/// others come between.
async fn passwords(body: &Object<BATCH_LIMIT>) -> Result<HashMap<usize, PasswordHash>, Problem> {
    let wanted = |item: &Value| {
        item.as_object()
            .and_then(password::wanted)
            .map(str::to_owned)
    };
    let items = items(body)?.iter().enumerate();
    let wanted: Vec<_> = items
        .filter_map(|(index, item)| Some((index, wanted(item)?)))
        .collect();
    if wanted.len() > MAX_PASSWORDS {
        let detail = format!("at most {MAX_PASSWORDS} links of a batch have a password");
        let finding = Finding::new("/links", Code::TooMany, detail);
        return Err(Problem::fields(vec![finding]));
    }
    let mut hashes = HashMap::with_capacity(wanted.len());
    for (index, text) in wanted {
        hashes.insert(index, hash(text).await?);
    }
    Ok(hashes)
}

fn items(body: &Object<BATCH_LIMIT>) -> Result<&[Value], Problem> {
    let mut fields = Fields::new(&body.members, "");
    fields.only(&["links"], &[]);
    let items = match body.members.get("links") {
        Some(Value::Array(items)) if items.len() > MAX_LINKS => {
            let detail = format!("a batch has at most {MAX_LINKS} links");
            fields.refuse("links", Code::TooMany, detail);
            &[][..]
        }
        Some(Value::Array(items)) => items,
        Some(_) => {
            fields.refuse("links", Code::WrongType, "a list of links is expected");
            &[]
        }
        None => {
            fields.refuse("links", Code::Required, "a list of links is expected");
            &[]
        }
    };
    fields.finish().map_err(Problem::fields)?;
    Ok(items)
}

/// The JSON pointer to a link of the batch.
fn pointer(index: usize) -> String {
    format!("/links/{index}")
}

fn render(places: &[Place], creations: &[Creation], domains: &[StoredDomain]) -> Vec<u8> {
    let result = |(index, place): (usize, &Place)| match place {
        Place::Refused(problem) => refused(index, problem.clone()),
        Place::Saved(number, warnings) => match creations.get(*number) {
            Some(Creation::Created(link)) => {
                saved(index, 201, LinkBody::new(link, domains), warnings)
            }
            Some(Creation::Existing(link)) => {
                saved(index, 200, LinkBody::new(link, domains), warnings)
            }
            Some(Creation::CodeTaken) | None => {
                refused(index, Problem::code_taken(&pointer(index)))
            }
        },
    };
    let results = places.iter().enumerate().map(result).collect();
    serde_json::to_vec(&BatchResults { results }).unwrap_or_default()
}

fn saved(index: usize, status: u16, link: LinkBody, warnings: &[Finding]) -> BatchResult {
    let link = SavedLink {
        link,
        warnings: warnings.to_vec(),
    };
    BatchResult {
        index,
        status,
        link: Some(link),
        error: None,
    }
}

fn refused(index: usize, problem: Problem) -> BatchResult {
    BatchResult {
        index,
        status: problem.name().status(),
        link: None,
        error: Some(problem),
    }
}
