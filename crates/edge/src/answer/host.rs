//! Which host a request is for, as HTTP says it.

use http::{Version, header::HOST, uri::Authority};

use super::Head;

/// A Host header that RFC 9112 section 3.2 answers with 400.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadHost;

/// Host and port that the request names; empty if it names none, as HTTP/1.0 may.
///
/// The authority of an absolute target wins over the header, which must be there all the same.
pub(super) fn of(head: Head<'_>) -> Result<&str, BadHost> {
    let mut headers = head.headers.get_all(HOST).iter();
    let header = match (headers.next(), headers.next()) {
        (Some(header), None) => header.to_str().map_err(|_| BadHost)?,
        (None, _) if head.version < Version::HTTP_11 => "",
        _ => return Err(BadHost),
    };
    Ok(head.uri.authority().map_or(header, Authority::as_str))
}

/// Whether a host that is none of ours is at least one.
pub(super) fn is_well_formed(host: &str) -> bool {
    let is_authority = || host.parse::<Authority>().is_ok() && !host.contains('@');
    host.is_empty() || is_authority()
}

#[cfg(test)]
mod tests {
    use http::{Request, Version};
    use suo_link::platform::Memo;

    use super::{super::Signs, BadHost, Head, is_well_formed};

    fn of(request: &Request<()>) -> Result<String, BadHost> {
        let (signs, agents) = (Signs::default(), Memo::new(1, [0; 192]));
        super::of(Head::of(
            request,
            &signs,
            agents.seek(b""),
            [192, 0, 2, 1].into(),
        ))
        .map(str::to_owned)
    }

    fn request(version: Version, target: &str, hosts: &[&str]) -> Request<()> {
        let empty = Request::builder().version(version).uri(target);
        let with_hosts = hosts
            .iter()
            .fold(empty, |request, host| request.header("host", *host));
        with_hosts.body(()).unwrap()
    }

    #[test]
    fn http_1_1_names_exactly_one_host() {
        let of_hosts = |hosts| of(&request(Version::HTTP_11, "/a", hosts));
        assert_eq!(of_hosts(&["s.example:81"]), Ok("s.example:81".to_owned()));
        assert_eq!(of_hosts(&[""]), Ok(String::new()));
        assert_eq!(of_hosts(&[]), Err(BadHost));
        assert_eq!(of_hosts(&["a.example", "a.example"]), Err(BadHost));
    }

    #[test]
    fn http_1_0_may_name_none() {
        assert_eq!(of(&request(Version::HTTP_10, "/a", &[])), Ok(String::new()));
    }

    #[test]
    fn an_absolute_target_wins_over_the_header() {
        let both = request(Version::HTTP_11, "http://b.example/a", &["a.example"]);
        assert_eq!(of(&both), Ok("b.example".to_owned()));
        let target_only = request(Version::HTTP_11, "http://b.example/a", &[]);
        assert_eq!(of(&target_only), Err(BadHost));
    }

    #[test]
    fn texts_that_are_no_host_are_told_from_unknown_hosts() {
        for host in ["", "a.example", "a.example:81", "[::1]:81", "127.0.0.1"] {
            assert!(is_well_formed(host), "{host}");
        }
        for host in ["a b", "a/b", "u@a.example", "a.example, b.example"] {
            assert!(!is_well_formed(host), "{host}");
        }
    }
}
