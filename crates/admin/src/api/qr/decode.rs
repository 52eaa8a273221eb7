//! `POST /qr/decode`

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::own;
use crate::{
    api::failures::Decodes,
    auth::Reader,
    pictures::{Code, Form},
    problem::Problem,
    state::State,
};

/// A picture, as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only for the document")]
pub(crate) struct PictureForm {
    /// PNG, JPEG, WebP, GIF or BMP; at most 8 MiB and 40 million pixels.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The codes of a picture.
#[derive(Serialize, ToSchema)]
pub(super) struct Decoded {
    /// In the order in which they were found; at least one.
    codes: Vec<CodeBody>,
}

/// One code.
#[derive(Serialize, ToSchema)]
struct CodeBody {
    /// What it holds, written by a stranger.
    #[schema(example = "https://weixin.qq.com/g/AwYAAB")]
    text: String,
    /// `url`, `wechat_group`, `wechat_person`, `wecom`, `mini_program`, `alipay`, `payment`, `wifi`,
    /// `vcard` or `text`.
    #[schema(example = "wechat_group")]
    kind: &'static str,
    /// Whether such codes stop working by themselves or at their owner's wish.
    expires: bool,
    /// The link of this instance that it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<OwnLink>,
}

/// A link of this instance.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnLink {
    /// Its id.
    #[schema(example = "0000000000042")]
    pub(super) id: String,
    /// What visitors open.
    #[schema(example = "https://s.example.com/k7qm2xp")]
    pub(super) short_url: String,
}

/// Read the QR codes of a picture
///
/// What the picture is, its bytes decide; the field's name and type are ignored. Nothing that a
/// code names is fetched, and the picture is not kept.
#[utoipa::path(
    post,
    path = "/api/v1/qr/decode",
    tag = "qr",
    request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "The codes", body = Decoded), Decodes),
    security(("key" = []))
)]
pub(crate) async fn decode(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let form = Form::receive(&state.pictures, &request, payload).await?;
    let codes = state.pictures.read(form.picture("file")?).await?;
    drop(form);
    let texts: Vec<String> = codes.iter().map(|code| code.text.clone()).collect();
    let links = state.ask(move |store| own::links(store, &texts)).await?;
    let body = |(Code { text, kind }, link)| CodeBody {
        text,
        kind: kind.as_str(),
        expires: kind.expires(),
        link,
    };
    let codes = codes.into_iter().zip(links).map(body).collect();
    Ok(HttpResponse::Ok().json(Decoded { codes }))
}
