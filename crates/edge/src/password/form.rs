//! The form in which a visitor sends a password.

use http::{
    HeaderMap,
    header::{CONTENT_TYPE, ORIGIN},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Bytes};

/// The most bytes of a form: a password of 256 characters, whatever they are, fits.
const MAX_BYTES: usize = 4096;

/// Why a body holds no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadForm {
    /// Not `application/x-www-form-urlencoded`.
    Kind,
    TooLarge,
    /// It ended before it was complete.
    Broken,
}

/// Reads the password; without the field it is empty.
pub(crate) async fn read<B>(headers: &HeaderMap, body: B) -> Result<Vec<u8>, BadForm>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let kind = headers
        .get(CONTENT_TYPE)
        .map_or(&b""[..], |kind| kind.as_bytes());
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    if !kind
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    {
        return Err(BadForm::Kind);
    }
    match Limited::new(body, MAX_BYTES).collect().await {
        Ok(collected) => Ok(password(&collected.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(BadForm::TooLarge),
        Err(_) => Err(BadForm::Broken),
    }
}

/// The value of the first field `password`.
fn password(form: &[u8]) -> Vec<u8> {
    let mut fields = form.split(|byte| *byte == b'&');
    let value = fields.find_map(|field| field.strip_prefix(b"password="));
    value.map(decoded).unwrap_or_default()
}

/// What form-encoded bytes stand for; a `%` that no two digits follow stands for itself.
fn decoded(value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match digit(*high).zip(digit(*low)) {
                Some((high, low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                None => bytes.push(b'%'),
            },
            (byte, _) => bytes.push(*byte),
        }
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// Whether a browser says that another site has made it send the form. Old browsers inside apps
/// say nothing of the kind, and programs neither.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap, host: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let origin = origin.to_str().unwrap_or_default();
    let from = origin.split_once("://").map(|(_, host)| host);
    !from.is_some_and(|from| from.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use http_body_util::Full;
    use hyper::body::Bytes;

    use super::{BadForm, MAX_BYTES, is_from_elsewhere, read};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[tokio::test]
    async fn the_field_is_decoded_as_browsers_encode_it() {
        let headers = headers(&[(
            "content-type",
            "Application/x-www-form-urlencoded; charset=utf-8",
        )]);
        for (form, password) in [
            ("password=a+b%26c", "a b&c"),
            ("x=1&password=%E4%B8%AD%e6%96%87&password=2", "中文"),
            ("password=%zz%4", "%zz%4"),
            ("password=", ""),
            ("Password=a", ""),
            ("", ""),
        ] {
            let body = Full::new(Bytes::from_static(form.as_bytes()));
            assert_eq!(read(&headers, body).await, Ok(password.into()), "{form}");
        }
        let long = Full::new(Bytes::from(vec![b'a'; MAX_BYTES + 1]));
        assert_eq!(read(&headers, long).await, Err(BadForm::TooLarge));
    }

    #[tokio::test]
    async fn other_bodies_are_no_forms() {
        for kind in ["", "application/json", "multipart/form-data; boundary=a"] {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static(kind));
            let body = Full::new(Bytes::from_static(b"password=a"));
            assert_eq!(read(&headers, body).await, Err(BadForm::Kind), "{kind}");
        }
    }

    #[test]
    fn other_sites_cannot_send_it() {
        for (pairs, is_elsewhere) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("origin", "https://S.example:8443")], false),
            (&[("origin", "https://s.example")], true),
            (&[("origin", "null")], true),
        ] {
            let found = is_from_elsewhere(&headers(pairs), "s.example:8443");
            assert_eq!(found, is_elsewhere, "{pairs:?}");
        }
    }
}
