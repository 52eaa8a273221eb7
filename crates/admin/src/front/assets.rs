//! `GET /assets/{name}`: style, scripts and icon, which are part of the program.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS},
    web::Path,
};
use sha2::{Digest, Sha256};

use super::keys::hex;
use crate::problem::{Name, Problem};

/// A file.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! assets {
    ($($name:literal: $media_type:expr,)+) => {
        const ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            media_type: $media_type,
            content: include_str!(concat!("../../assets/", $name)),
        },)+];
    };
}

assets! {
    "front.css": STYLE,
    "early.js": SCRIPT,
    "front.js": SCRIPT,
    "batch.js": SCRIPT,
    "choice.js": SCRIPT,
    "copy.js": SCRIPT,
    "recent.js": SCRIPT,
    "reading.js": SCRIPT,
    "camera.js": SCRIPT,
    "icon.svg": "image/svg+xml",
}

/// Strong tags, in the order of the files.
static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tag = |asset: &Asset| {
        let hash = hex(&Sha256::digest(asset.content));
        format!("\"{}\"", hash.get(..32).unwrap_or(&hash))
    };
    ASSETS.iter().map(tag).collect()
});

/// One of the files. Browsers ask again each time whether it is still the same: modules name each
/// other by name alone.
pub(crate) async fn asset(
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = ASSETS
        .iter()
        .zip(&*TAGS)
        .find(|(asset, _)| asset.name == *name);
    let (asset, tag) =
        found.ok_or_else(|| Problem::new(Name::NotFound, "there is no such file"))?;
    let known = request.headers().get(IF_NONE_MATCH);
    let is_known = known
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains(tag.as_str()));
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((ETAG, tag.as_str()))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response.content_type(asset.media_type).body(asset.content))
}

#[cfg(test)]
mod tests {
    use super::ASSETS;

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for asset in ASSETS {
            let own = asset.content.replace("http://www.w3.org/", "");
            for word in ["http:", "https:", "//cdn", "@import", "eval("] {
                assert!(!own.contains(word), "{}: {word}", asset.name);
            }
        }
    }

    #[test]
    fn every_module_that_is_named_is_there() {
        for asset in ASSETS {
            for rest in asset.content.split("from \"./").skip(1) {
                let name = rest.split('"').next().unwrap();
                assert!(ASSETS.iter().any(|other| other.name == name), "{name}");
            }
        }
    }
}
