//! `GET /create/qr/{domain}/{code}.png` and `.svg`: the QR code of a short link of ours.
//!
//! It is drawn from the address alone, so it tells nobody whether there is such a link.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS},
    web::{Data, Path},
};
use suo_qr::{Code, Design, Level, Picture};

use crate::{
    problem::{Name, Problem},
    state::State,
    store::StoredDomain,
};

/// Pixels of one side, at least: what phones read from a screen at arm's length.
const LEAST: usize = 240;

/// The path of a link's picture, without the ending.
pub(super) fn path(domain: &StoredDomain, code: &str) -> String {
    let domain = domain.domain.name.as_str();
    format!("/create/qr/{domain}/{code}")
}

/// Pixels along one side of a link's picture.
pub(super) fn width(domain: &StoredDomain, code: &str) -> usize {
    drawn(domain, code).map_or(LEAST, |(code, picture)| picture.width(&code))
}

/// The picture of a short link.
pub(crate) async fn picture(
    state: Data<State>,
    request: HttpRequest,
    place: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (domain, file) = place.into_inner();
    let unknown = || Problem::new(Name::NotFound, "there is no such picture");
    let (code, ending) = file.rsplit_once('.').ok_or_else(unknown)?;
    suo_link::code::Code::parse(code).map_err(|_| unknown())?;
    let domains = state.ask(|store| store.domains()).await?;
    let domain = domains
        .iter()
        .find(|known| known.domain.name.as_str() == domain);
    let (modules, picture) = domain
        .and_then(|domain| drawn(domain, code))
        .ok_or_else(unknown)?;
    let mut response = HttpResponse::Ok();
    match ending {
        "png" => response.content_type("image/png"),
        "svg" => response.content_type("image/svg+xml"),
        _ => return Err(unknown()),
    };
    if request.query_string() == "download" {
        let name = format!("attachment; filename=\"{code}.{ending}\"");
        response.insert_header((CONTENT_DISPOSITION, name));
    }
    response
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Ok(match ending {
        "png" => response.body(picture.png(&modules)),
        _ => response.body(Design::default().svg(&modules).map_err(|_| unknown())?),
    })
}

/// The code that leads to `/{code}/q`, in whole pixels and large enough.
fn drawn(domain: &StoredDomain, code: &str) -> Option<(Code, Picture)> {
    let url = domain.short_url(code) + "/q";
    let code = Code::new(&url, Level::Medium).ok()?;
    let modules = code.width() + 2 * Picture::default().margin.0;
    let picture = Picture {
        module: LEAST.div_ceil(modules),
        ..Picture::default()
    };
    Some((code, picture))
}
