//! `POST /qr/logos`

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::StatusCode,
    web::{Bytes, Data, Payload},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{decode::PictureForm, hex::hex};
use crate::{
    api::failures::AddsLogo,
    auth::Writer,
    pictures::{Form, ReadError},
    problem::{Code, Finding, Problem},
    state::State,
    store::{LogoAdded, LogoHash, MAX_LOGOS},
};

/// A logo.
#[derive(Serialize, ToSchema)]
pub(super) struct LogoBody {
    /// Its name, from what is in it: for `?logo=`.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    logo: String,
}

/// Add a logo
///
/// A picture to be drawn in the middle of QR codes. It is kept as a PNG of at most 256 pixels along
/// its longer side; whatever else was in the file is not kept. The same picture again is the same
/// logo. A picture that has a QR code of its own is refused: readers would take one for the other.
#[utoipa::path(
    post,
    path = "/api/v1/qr/logos",
    tag = "qr",
    request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The logo", body = LogoBody),
        (status = 200, description = "The logo was there before", body = LogoBody),
        AddsLogo
    ),
    security(("key" = []))
)]
pub(crate) async fn add_logo(
    request: HttpRequest,
    state: Data<State>,
    _: Writer,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let form = Form::receive(&state.pictures, &request, payload).await?;
    let png = state.pictures.logo(form.picture("file")?).await?;
    drop(form);
    match state.pictures.read(Bytes::copy_from_slice(&png)).await {
        Ok(_) => return Err(has_a_code()),
        Err(ReadError::Busy) => return Err(ReadError::Busy.into()),
        Err(_) => {}
    }
    let hash: LogoHash = Sha256::digest(&png).into();
    let now = state.now();
    let added = state
        .ask(move |store| store.add_logo(&hash, &png, now))
        .await?;
    let status = match added {
        LogoAdded::New => StatusCode::CREATED,
        LogoAdded::Known => StatusCode::OK,
        LogoAdded::TooMany => return Err(too_many()),
    };
    let logo = hex(&hash);
    Ok(HttpResponseBuilder::new(status).json(LogoBody { logo }))
}

fn has_a_code() -> Problem {
    let detail = "the logo has a QR code of its own: readers would take one for the other";
    Problem::fields(vec![Finding::new("/file", Code::UnreadableDesign, detail)])
}

fn too_many() -> Problem {
    let detail = format!("there are {MAX_LOGOS} logos: delete one first");
    Problem::fields(vec![Finding::new("", Code::TooMany, detail)])
}
