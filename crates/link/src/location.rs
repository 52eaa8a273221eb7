//! Joins a visitor's query string to a target. Nothing is encoded again.

/// `target` with `query` behind its own query and before its fragment.
#[must_use]
pub fn append(target: &str, query: &str) -> String {
    let (base, fragment) = split_fragment(target);
    let separator = match base.find('?') {
        None => "?",
        Some(mark) if mark + 1 == base.len() => "",
        Some(_) => "&",
    };
    [base, separator, query, fragment].concat()
}

/// Like [`append`], after dropping the target's pairs whose names `query` brings too.
#[must_use]
pub fn replace(target: &str, query: &str) -> String {
    let (base, fragment) = split_fragment(target);
    let Some((path, own)) = base.split_once('?') else {
        return append(target, query);
    };
    let is_brought = |pair: &&str| query.split('&').any(|other| same_name(pair, other));
    let kept: Vec<&str> = own.split('&').filter(|pair| !is_brought(pair)).collect();
    let kept = kept.join("&");
    let separator = if kept.is_empty() { "" } else { "&" };
    [path, "?", &kept, separator, query, fragment].concat()
}

/// The host of a target as it stands there, without user name and port; brackets stay around
/// an IPv6 address. Empty if the text is no URL.
#[must_use]
pub fn host(target: &str) -> &str {
    let rest = target.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let bracket = host.rfind(']').unwrap_or(0);
    match host[bracket..].find(':') {
        Some(colon) => &host[..bracket + colon],
        None => host,
    }
}

/// What stands before the fragment, and the fragment with its `#`.
fn split_fragment(target: &str) -> (&str, &str) {
    target.split_at(target.find('#').unwrap_or(target.len()))
}

fn same_name(pair: &str, other: &str) -> bool {
    let name = |pair| str::split(pair, '=').next().unwrap_or(pair);
    decoded(name(pair)).eq(decoded(name(other)))
}

/// The bytes that form-encoded text stands for, so that `%61` and `a` are the same name.
pub(crate) fn decoded(text: &str) -> impl Iterator<Item = u8> + '_ {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        let (&first, tail) = rest.split_first()?;
        let escaped = tail.get(..2).filter(|_| first == b'%').and_then(hex_byte);
        rest = if escaped.is_some() { &tail[2..] } else { tail };
        Some(escaped.unwrap_or(if first == b'+' { b' ' } else { first }))
    })
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    Some((digit(digits[0])? * 16 + digit(digits[1])?) as u8)
}

#[cfg(test)]
mod tests {
    use super::{append, host, replace};

    #[test]
    fn append_keeps_the_targets_bytes_and_its_fragment() {
        for (target, query, expected) in [
            ("https://a.example/p", "x=1", "https://a.example/p?x=1"),
            ("https://a.example/p?", "x=1", "https://a.example/p?x=1"),
            (
                "https://a.example/p?a=1#f?g",
                "x=%zz&x=2",
                "https://a.example/p?a=1&x=%zz&x=2#f?g",
            ),
            (
                "https://a.example/#/spa?tab=1",
                "x=1",
                "https://a.example/?x=1#/spa?tab=1",
            ),
        ] {
            assert_eq!(append(target, query), expected);
        }
    }

    #[test]
    fn the_host_stands_between_scheme_and_port() {
        for (target, expected) in [
            ("https://Example.com", "Example.com"),
            ("https://a.example:8443/p?u=http://b.example", "a.example"),
            ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
            ("http://[2001:db8::1]", "[2001:db8::1]"),
            ("https://a.example?x#y", "a.example"),
            ("https://u:p@a.example/", "a.example"),
            ("no url", ""),
        ] {
            assert_eq!(host(target), expected);
        }
    }

    #[test]
    fn override_drops_the_targets_pairs_of_the_same_names() {
        for (target, query, expected) in [
            (
                "https://a.example/p?a=1&b=2&a=3#f",
                "a=9",
                "https://a.example/p?b=2&a=9#f",
            ),
            ("https://a.example/p?a=1", "a", "https://a.example/p?a"),
            (
                "https://a.example/p?%61=1&c=%20",
                "a=2&d=",
                "https://a.example/p?c=%20&a=2&d=",
            ),
            ("https://a.example/p?%=1", "%=2", "https://a.example/p?%=2"),
            ("https://a.example/p", "a=2", "https://a.example/p?a=2"),
        ] {
            assert_eq!(replace(target, query), expected);
        }
    }
}
