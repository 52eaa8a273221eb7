//! What the headers of a request tell about who asks.

use http::HeaderMap;
use suo_link::platform::{Hints, is_prefetch};

/// The first value of each header that tells something, found in one pass: to look each of them up would take
/// longer than all that is made of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs<'r> {
    agent: Option<&'r [u8]>,
    languages: Option<&'r [u8]>,
    referrer: Option<&'r [u8]>,
    host: Option<&'r [u8]>,
    hinted_platform: Option<&'r [u8]>,
    hinted_mobile: Option<&'r [u8]>,
    sec_purpose: Option<&'r [u8]>,
    purpose: Option<&'r [u8]>,
    x_moz: Option<&'r [u8]>,
    privacy: Option<&'r [u8]>,
}

impl<'r> Signs<'r> {
    pub(super) fn of(headers: &'r HeaderMap) -> Self {
        let mut signs = Self::default();
        for (name, value) in headers {
            let sign = match name.as_str() {
                "user-agent" => &mut signs.agent,
                "accept-language" => &mut signs.languages,
                "referer" => &mut signs.referrer,
                "host" => &mut signs.host,
                "sec-ch-ua-platform" => &mut signs.hinted_platform,
                "sec-ch-ua-mobile" => &mut signs.hinted_mobile,
                "sec-purpose" => &mut signs.sec_purpose,
                "purpose" => &mut signs.purpose,
                "x-moz" => &mut signs.x_moz,
                "sec-gpc" => &mut signs.privacy,
                _ => continue,
            };
            sign.get_or_insert(value.as_bytes());
        }
        signs
    }

    /// `User-Agent`; empty if there is none.
    pub(super) fn agent(&self) -> &'r [u8] {
        self.agent.unwrap_or_default()
    }

    /// What refines the agent.
    pub(super) fn hints(&self) -> Hints<'r> {
        Hints {
            platform: self.hinted_platform,
            mobile: self.hinted_mobile,
        }
    }

    /// `Accept-Language`; empty if there is none.
    pub(super) fn languages(&self) -> &'r [u8] {
        self.languages.unwrap_or_default()
    }

    /// `Referer`; empty if there is none.
    pub(super) fn referrer(&self) -> &'r [u8] {
        self.referrer.unwrap_or_default()
    }

    /// `Host`; empty if there is none.
    pub(super) fn host(&self) -> &'r [u8] {
        self.host.unwrap_or_default()
    }

    /// Whether a browser asks in advance.
    pub(super) fn is_prefetch(&self) -> bool {
        is_prefetch(self.sec_purpose, self.purpose, self.x_moz)
    }

    /// Whether the visitor does not want to be recognised (Global Privacy Control).
    pub(super) fn wants_privacy(&self) -> bool {
        self.privacy == Some(b"1")
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::Signs;

    #[test]
    fn of_a_header_that_comes_twice_the_first_counts() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-other", "0"),
            ("user-agent", "first"),
            ("sec-gpc", "1"),
            ("user-agent", "second"),
            ("sec-purpose", "prefetch"),
            ("referer", ""),
            ("referer", "https://a.example/"),
        ] {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let signs = Signs::of(&headers);
        assert_eq!(signs.agent(), b"first");
        assert_eq!(signs.referrer(), b"");
        assert_eq!(signs.languages(), b"");
        assert!(signs.wants_privacy() && signs.is_prefetch());
        assert_eq!(Signs::of(&HeaderMap::new()), Signs::default());
    }
}
