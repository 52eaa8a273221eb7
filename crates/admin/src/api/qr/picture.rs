//! `GET /links/{id}/qr.svg` and `GET /links/{id}/qr.png`

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH},
    web::{Data, Path},
};
use suo_link::id::LinkId;
use suo_qr::Logo;

use super::{
    drawn::{Drawing, Format},
    wish::Wish,
};
use crate::{
    api::{failures::Draws, links},
    auth::Reader,
    problem::{Code, Finding, Problem},
    state::State,
};

/// An SVG may hold its own logo and nothing else.
const POLICY: &str = "default-src 'none'; img-src data:";

/// The QR code of a link, as SVG
///
/// It holds the short link with `/q` behind it, so that scans are told from clicks. Each design is
/// read before it is served; one that can't be read is refused.
#[utoipa::path(
    get,
    path = "/api/v1/links/{id}/qr.svg",
    tag = "qr",
    params(
        ("id" = String, Path, description = "The link's id"),
        ("size" = Option<u32>, Query, description = "Pixels along one side, 64 to 2048; 512 unless given"),
        ("margin" = Option<u32>, Query, description = "Modules around the code, 4 to 32; 4 unless given"),
        ("level" = Option<String>, Query, description = "L, M, Q or H; M unless given, with a logo H"),
        ("fg" = Option<String>, Query, description = "The dark colour, such as 1a2b3c"),
        ("bg" = Option<String>, Query, description = "The light colour"),
        ("dots" = Option<String>, Query, description = "square, rounded or round"),
        ("finders" = Option<String>, Query, description = "square, rounded or round"),
        ("logo" = Option<String>, Query, description = "A logo's name, from `POST /qr/logos`"),
        ("logo_size" = Option<u32>, Query, description = "Percent of the code's side, 5 to 40; 20 unless given"),
        ("If-None-Match" = Option<String>, Header, description = "An `ETag` from before"),
    ),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml"),
        (status = 304, description = "It is what it was"),
        Draws
    ),
    security(("key" = []))
)]
pub(crate) async fn svg(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &state, &id, Format::Svg).await
}

/// The QR code of a link, as PNG
///
/// In all else as `qr.svg`, with the same parameters.
#[utoipa::path(
    get,
    path = "/api/v1/links/{id}/qr.png",
    tag = "qr",
    params(
        ("id" = String, Path, description = "The link's id"),
        ("size" = Option<u32>, Query, description = "Pixels along one side; all other parameters as for `qr.svg`"),
    ),
    responses(
        (status = 200, description = "The picture", content_type = "image/png"),
        (status = 304, description = "It is what it was"),
        Draws
    ),
    security(("key" = []))
)]
pub(crate) async fn png(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &state, &id, Format::Png).await
}

async fn answer(
    request: &HttpRequest,
    state: &State,
    id: &str,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let id = LinkId::from_public(id).ok_or_else(links::unknown)?;
    let drawing = drawing(state, id, request.query_string(), format).await?;
    let etag = drawing.etag();
    let is_known = has(request, &etag);
    let mut reply = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    // A link can get another code, and then its picture is another one.
    reply.insert_header((CACHE_CONTROL, "private, no-cache"));
    reply.insert_header((ETAG, etag));
    if is_known {
        return Ok(reply.finish());
    }
    reply.insert_header(("X-Content-Type-Options", "nosniff"));
    match format {
        Format::Png => reply.content_type("image/png"),
        Format::Svg => reply
            .content_type("image/svg+xml")
            .insert_header((CONTENT_SECURITY_POLICY, POLICY)),
    };
    Ok(reply.body(drawing.picture(&state.pictures).await?))
}

async fn drawing(
    state: &State,
    id: LinkId,
    query: &str,
    format: Format,
) -> Result<Drawing, Problem> {
    let Wish {
        mut design,
        level,
        logo,
    } = Wish::parse(query)?;
    let hash = logo.map(|(hash, _)| hash);
    let (link, domains, png) = state
        .ask(move |store| {
            let png = hash.map(|hash| store.logo(&hash)).transpose()?.flatten();
            Ok((store.link(id)?, store.domains()?, png))
        })
        .await?;
    let link = link.ok_or_else(links::unknown)?;
    let mut domains = domains.iter();
    let domain = domains.find(|known| known.domain.id == link.domain);
    let short_url = domain.ok_or_else(links::unknown)?.short_url(&link.code);
    if let Some((_, percent)) = logo {
        let png = png.ok_or_else(unknown_logo)?;
        design.logo = Some(Logo { png, percent });
    }
    Ok(Drawing {
        text: format!("{short_url}/q"),
        level,
        design,
        format,
    })
}

fn unknown_logo() -> Problem {
    let detail = "there is no logo of this name";
    Problem::fields(vec![Finding::new("?logo", Code::UnknownLogo, detail)])
}

/// Whether the client has this picture already; weak tags are as good.
fn has(request: &HttpRequest, etag: &str) -> bool {
    let given = request.headers().get_all(IF_NONE_MATCH);
    let mut tags = given
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    tags.any(|tag| {
        let tag = tag.trim();
        tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}
