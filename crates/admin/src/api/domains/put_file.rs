//! `PUT /domains/{id}/files/{path}`

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Payload},
};
use suo_link::domain::files::{self, MAX_BODY, MAX_FILES, PathError, RootFile};

use super::{
    answer,
    patch::{domain_id, unknown},
};
use crate::{
    api::{
        body::bounded,
        failures::PutsFile,
        if_match::{expected, other_version},
    },
    auth::Writer,
    problem::{Code, Finding, Name, Problem},
    state::State,
    store::FilePut,
};

/// Put a file onto a domain
///
/// For verifying that the domain is yours: the edges answer `/{path}` with it at once. A name
/// that ends in `.txt`, or a path below `.well-known/`; UTF-8 text of at most 4 096 bytes; at most
/// 32 files a domain.
#[utoipa::path(
    put,
    path = "/api/v1/domains/{id}/files/{path}",
    tag = "domains",
    params(
        ("id" = String, Path, description = "The domain's id"),
        ("path" = String, Path, description = "`name.txt` or `.well-known/…`"),
        ("If-Match" = Option<String>, Header, description = "The version of the domain that the change is meant for"),
    ),
    request_body(content = String, content_type = "text/plain", description = "The file as it is served"),
    responses(
        (status = 201, description = "The domain, with one file more", body = super::DomainBody),
        (status = 200, description = "The domain; the file was there before", body = super::DomainBody),
        PutsFile
    ),
    security(("key" = []))
)]
pub(crate) async fn put_file(
    request: HttpRequest,
    state: Data<State>,
    _: Writer,
    path: Path<(String, String)>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (id, path) = path.into_inner();
    let id = domain_id(&id)?;
    check_media_type(&request)?;
    let file = RootFile {
        path: checked(path)?,
        body: text(payload).await?,
    };
    let (expected, now) = (expected(request.headers()), state.now());
    let (put, listed) = state
        .ask(move |store| Ok((store.put_file(id, &expected, &file, now)?, store.files()?)))
        .await?;
    let (status, domain) = match put {
        FilePut::Created(domain) => (StatusCode::CREATED, domain),
        FilePut::Replaced(domain) => (StatusCode::OK, domain),
        FilePut::NotFound => return Err(unknown()),
        FilePut::OtherVersion => return Err(other_version()),
        FilePut::TooMany => return Err(too_many()),
    };
    state.relay.settled().await;
    Ok(answer(status, &domain, &listed))
}

/// A path that a file may have; what is wrong is said of `{path}`.
fn checked(path: String) -> Result<Box<str>, Problem> {
    let Err(error) = files::check_path(&path) else {
        return Ok(path.into());
    };
    let code = match error {
        PathError::Length => Code::TooLong,
        PathError::Place | PathError::Name | PathError::Reserved => Code::InvalidPath,
    };
    Err(Problem::fields(vec![Finding::new("{path}", code, error)]))
}

/// Text, in whichever form such files are handed out; `curl -T` names none.
fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let given = request.content_type();
    let is_text = ["", "application/json", "application/xml"].contains(&given)
        || given.starts_with("text/")
        || given.ends_with("+json")
        || given.ends_with("+xml");
    if is_text {
        return Ok(());
    }
    let detail = format!("send Content-Type: text/plain or none, not {given:?}");
    Err(Problem::new(Name::UnsupportedMediaType, detail))
}

async fn text(payload: Payload) -> Result<Box<[u8]>, Problem> {
    let bytes = bounded(payload, MAX_BODY).await?;
    if files::is_body(&bytes) {
        return Ok(Box::from(&*bytes));
    }
    let detail = "the file is UTF-8 text without NUL characters";
    Err(Problem::fields(vec![Finding::new(
        "",
        Code::NotText,
        detail,
    )]))
}

fn too_many() -> Problem {
    let detail = format!("a domain has at most {MAX_FILES} files: delete one first");
    Problem::fields(vec![Finding::new("", Code::TooMany, detail)])
}
