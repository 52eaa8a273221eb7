use suo_link::destination::{
    Destination, DestinationError as E, HostError, MAX_LENGTH, PrivateTargets,
};

fn parse(input: &str) -> Result<Destination, E> {
    Destination::parse(input, PrivateTargets::Refused)
}

#[test]
fn what_people_paste_comes_back_as_it_was() {
    for url in [
        "http://example.com",
        "https://example.com/",
        "HTTPS://Example.COM/Keeps?Case=Yes",
        "https://shop.example.com/p?id=1&id=2&id=&x[]=3&y=%5B%5D#top",
        "https://example.com:8443/a;v=1/b",
        "https://example.com:443/default-port-kept",
        "https://example.com:/",
        "https://example.com/a/../b/./c//d",
        "https://example.com/a%2Fb%20c?next=https%3A%2F%2Fexample.org%2F",
        "https://example.com/a|b^c`d{e}'f'\"g\"<h>",
        "https://example.com/?q=a\\b#c\\d",
        "https://example.com/#/route?tab=1",
        "https://example.com?only=query",
        "https://example.com#only-fragment",
        "https://example.com./final-dot",
        "https://under_score.example.com/",
        "https://r3---sn-4g5e.video.example/",
        "https://xn--fsqu00a.xn--0zwm56d/",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]:8443/dns-query",
        "https://example.com/@name",
        "https://example.com/a:b@c",
    ] {
        let accepted = parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(accepted.as_str(), url);
    }
}

#[test]
fn only_what_a_header_cannot_carry_is_escaped() {
    for (given, sent) in [
        ("  https://example.com/a  ", "https://example.com/a"),
        (
            "\u{3000}https://example.com/a\u{a0}",
            "https://example.com/a",
        ),
        (
            "https://例子.测试/路径?问=答#段",
            "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF%E5%BE%84?%E9%97%AE=%E7%AD%94#%E6%AE%B5",
        ),
        (
            "https://MÜNCHEN.example/straße",
            "https://xn--mnchen-3ya.example/stra%C3%9Fe",
        ),
        (
            "https://example.com/a b?c d#e f",
            "https://example.com/a%20b?c%20d#e%20f",
        ),
        (
            "https://example.com/\u{202e}gpj.exe",
            "https://example.com/%E2%80%AEgpj.exe",
        ),
        ("https://example.com/😀", "https://example.com/%F0%9F%98%80"),
        ("https://例子。测试/", "https://xn--fsqu00a.xn--0zwm56d/"),
    ] {
        assert_eq!(parse(given).unwrap().as_str(), sent, "{given}");
    }
}

#[test]
fn a_host_without_a_scheme_is_https() {
    for (given, sent) in [
        ("example.com", "https://example.com"),
        ("Example.com/Path?q#f", "https://Example.com/Path?q#f"),
        ("example.com:8443/a", "https://example.com:8443/a"),
        ("例子.测试/a", "https://xn--fsqu00a.xn--0zwm56d/a"),
        ("1.1.1.1/dns", "https://1.1.1.1/dns"),
        (
            "example.com?u=https://x.example",
            "https://example.com?u=https://x.example",
        ),
    ] {
        assert_eq!(parse(given).unwrap().as_str(), sent, "{given}");
    }
}

#[test]
fn what_leads_nowhere_or_astray_is_refused_with_its_reason() {
    let scheme = |name: &str| E::Scheme(name.to_owned());
    for (given, why) in [
        ("", E::Empty),
        (" \u{3000}\t ", E::Empty),
        ("example", E::NotAUrl),
        ("not a url", E::NotAUrl),
        ("//example.com/", E::NotAUrl),
        ("/path", E::NotAUrl),
        ("https:example.com", E::NotAUrl),
        ("https:/example.com", E::NotAUrl),
        ("javascript:alert(1)", scheme("javascript")),
        ("JaVaScRiPt:alert(1)", scheme("JaVaScRiPt")),
        ("data:text/html,<script>", scheme("data")),
        ("mailto:a@example.com", scheme("mailto")),
        ("ftp://example.com/", scheme("ftp")),
        ("weixin://dl/business", scheme("weixin")),
        ("java\tscript:alert(1)", E::ControlCharacter),
        ("https://exam\nple.com/", E::ControlCharacter),
        (
            "https://example.com/\r\nSet-Cookie: a=b",
            E::ControlCharacter,
        ),
        ("https://example.com/\0", E::ControlCharacter),
        ("https://example.com/\u{85}a", E::ControlCharacter),
        ("https://user:password@example.com/", E::Credentials),
        ("https://bank.example@evil.example/", E::Credentials),
        ("user@example.com", E::Credentials),
        ("https://example.com\\@evil.example/", E::Backslash),
        ("https://example.com/a\\b?c", E::Backslash),
        ("example.com\\a", E::Backslash),
        ("https://", E::Host(HostError::Missing)),
        ("https:///path", E::Host(HostError::Missing)),
        ("https://exa mple.com/", E::Host(HostError::NotAHost)),
        ("https://256.256.256.256/", E::Host(HostError::NotAHost)),
        ("https://[::1/", E::Host(HostError::NotAHost)),
        ("https://-bad.example/", E::Host(HostError::NotAHost)),
        ("https://xn--a.example/", E::Host(HostError::NotAHost)),
        ("https://a..example/", E::Host(HostError::NotAHost)),
        ("https://%65xample.com/", E::Host(HostError::NotAHost)),
        ("https://example.com:99999/", E::Port),
        ("https://example.com:0/", E::Port),
        ("https://example.com:8x/", E::Port),
    ] {
        assert_eq!(parse(given), Err(why), "{given:?}");
    }
    let label = format!("https://{}.com/", "a".repeat(64));
    assert_eq!(parse(&label), Err(E::Host(HostError::NotAHost)));
}

#[test]
fn private_hosts_are_refused_in_every_notation_unless_allowed() {
    for host in [
        "localhost:8080",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer.local",
        "nas.home.arpa",
        "api.internal",
        "intranet",
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[2002:7f00:1::]",
        "１２７.0.0.1",
    ] {
        let url = format!("http://{host}/");
        assert_eq!(parse(&url), Err(E::Private), "{url}");
        assert!(
            Destination::parse(&url, PrivateTargets::Allowed).is_ok(),
            "{url}"
        );
    }
    for host in [
        "172.32.0.1",
        "100.128.0.1",
        "8.8.8.8",
        "[2001:4860:4860::8888]",
        "mylocal.example",
    ] {
        assert!(parse(&format!("http://{host}/")).is_ok(), "{host}");
    }
}

#[test]
fn length_is_bounded_before_and_after_escaping() {
    let fits = format!("https://example.com/{}", "a".repeat(MAX_LENGTH - 20));
    assert_eq!(parse(&fits).unwrap().as_str().len(), MAX_LENGTH);
    assert_eq!(parse(&format!("{fits}a")), Err(E::TooLong));
    let grows = format!("https://example.com/{}", "中".repeat(1000));
    assert!(grows.len() < MAX_LENGTH && parse(&grows) == Err(E::TooLong));
}

#[test]
fn look_alike_hosts_are_told() {
    for url in [
        "https://аррӏе.com/",
        "https://xn--80ak6aa92e.com/",
        "https://gооgle.com/",
    ] {
        assert!(parse(url).unwrap().homograph().is_some(), "{url}");
    }
    for url in [
        "https://example.com/",
        "https://微信wechat.com/",
        "https://münchen.example/",
        "https://[2606:4700::1111]/",
        "https://пример.example/",
    ] {
        assert_eq!(parse(url).unwrap().homograph(), None, "{url}");
    }
}

#[test]
fn authorities_compare_with_our_own_domains() {
    for (url, authority) in [
        ("https://S.Example.com./x", "s.example.com"),
        ("https://s.example.com:443/x", "s.example.com"),
        ("http://s.example.com:443/x", "s.example.com:443"),
        ("https://s.example.com:8443/x", "s.example.com:8443"),
        ("https://0x01010101/", "1.1.1.1"),
    ] {
        assert_eq!(parse(url).unwrap().authority(), authority, "{url}");
    }
}
