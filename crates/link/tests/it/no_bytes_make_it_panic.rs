use proptest::prelude::*;
use suo_link::{
    code::{Code, CodeKey},
    destination::{Destination, PrivateTargets},
    domain::{DomainName, Scheme, ShortUrl},
    id::LinkId,
    location,
    platform::{App, Hints, Memo, classify, is_prefetch},
    rev::Position,
    wire::{
        changes::{Changes, Notice},
        leases,
        names::Names,
        record::{Record, rev_of},
        sighting::{Answer, Question},
        visitor_keys,
    },
};

/// Pieces of agents, for agents that nobody sends.
const WORDS: &[&str] = &[
    "Mozilla/5.0",
    "(",
    ")",
    "Linux",
    "Android",
    "iPhone",
    "iPad",
    "Windows NT 10.0",
    "Macintosh",
    "AppleWebKit/537.36",
    "MicroMessenger/8.0",
    "wxwork/4",
    "miniProgram",
    "QQ/9",
    "MQQBrowser/6",
    "Googlebot",
    "http://a.b",
    "WhatsApp/2",
    "curl/8",
    "NetType/",
    "discover/8",
    "OpenHarmony",
    "Mobile",
    "Tablet",
    "SmartTV",
    "CUBOT",
    "Q",
    "Qbot",
    "\0",
    "\u{ff}",
    "1",
    "x86_64",
];

proptest! {
    #[test]
    fn readers_of_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), flip in any::<bool>()) {
        let mut bytes = bytes;
        if flip && !bytes.is_empty() {
            bytes[0] = 1;
        }
        let _ = (leases::Request::decode(&bytes), leases::Reply::decode(&bytes));
        let _ = Record::decode(&bytes);
        let _ = rev_of(&bytes);
        let _ = Changes::decode(&bytes);
        let _ = Notice::decode(&bytes);
        let _ = Question::decode(&bytes);
        let _ = Answer::decode(&bytes);
        let _ = visitor_keys::decode(&bytes);
        let _ = Code::from_random(&bytes);
    }

    #[test]
    fn agents(
        bytes in prop::collection::vec(any::<u8>(), 0..1200),
        words in prop::collection::vec(prop::sample::select(WORDS), 0..60),
        separator in prop::sample::select(vec!["", " ", "/", "; ", "\u{4e2d}"]),
    ) {
        let mut memo = Memo::new(4, [7; 192]);
        for agent in [bytes, words.join(separator).into_bytes()] {
            let platform = classify(&agent);
            prop_assert_eq!(memo.classify(&agent), platform);
            prop_assert_eq!(platform.is_bot(), platform.bot_kind.is_some());
            prop_assert!(!platform.is_bot() || platform.app == App::None);
            let hints = Hints { platform: Some(&agent), mobile: Some(&agent) };
            prop_assert_eq!(platform.refined(&hints).app, platform.app);
            let _ = is_prefetch(Some(&agent), Some(&agent), Some(&agent));
        }
    }

    /// Where a word stands does not matter: the scan looks at the agent in pieces.
    #[test]
    fn tokens_anywhere_in_an_agent(padding in 0..700usize, rest in 0..40usize) {
        let (padding, rest) = ("1".repeat(padding), "2".repeat(rest));
        for (token, app) in [("MicroMessenger/8.0", App::Wechat), ("QQ/9.0", App::Qq), ("AliApp(TB/1", App::Taobao)] {
            let agent = format!("Mozilla/5.0 (iPhone {padding} {token}{rest}");
            prop_assert_eq!(classify(agent.as_bytes()).app, app, "{}", agent);
            let agent = format!("Mozilla/5.0 (iPhone {padding} some{token}{rest}");
            prop_assert_eq!(classify(agent.as_bytes()).app, App::None, "{}", agent);
        }
        for bot in ["Somebot", "WebCrawler/"] {
            let agent = format!("Mozilla/5.0 (iPhone {padding} {bot}{rest}");
            prop_assert!(classify(agent.as_bytes()).is_bot(), "{}", agent);
            let agent = format!("Mozilla/5.0 (iPhone {padding} {}s{rest}", "Somebotany");
            prop_assert!(!classify(agent.as_bytes()).is_bot(), "{}", agent);
        }
    }

    #[test]
    fn readers_of_text(text in "\\PC{0,80}", other in any::<String>()) {
        for text in [text, other] {
            let _ = Code::parse(&text);
            let _ = CodeKey::from_segment(&text, false);
            let _ = LinkId::from_public(&text);
            let _ = text.parse::<Position>();
            let _ = DomainName::parse(&text, Scheme::Http);
            let _ = ShortUrl::parse(&text);
            let _ = Names::new("suo").parse_record(&text);
            let _ = location::append(&text, &text);
            let _ = location::replace(&text, &text);
        }
    }

    /// Whatever is accepted is a URL for browsers too, and leads them to the host that was checked.
    #[test]
    fn accepted_targets_lead_where_they_say(
        host in "[a-zA-Z0-9.:_@\\[\\]%\\\\-]{1,20}|[a-zäöü例子。.-]{1,12}",
        tail in "[/?#][ -~äé中\\u{202e}]{0,30}",
    ) {
        let url = format!("https://{host}{tail}");
        if let Ok(accepted) = Destination::parse(&url, PrivateTargets::Refused) {
            prop_assert!(accepted.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            let parsed = url::Url::parse(accepted.as_str()).unwrap();
            let reached = parsed.host_str().unwrap().trim_end_matches('.').to_owned();
            prop_assert_eq!(reached, accepted.host().canonical());
            let again = Destination::parse(accepted.as_str(), PrivateTargets::Refused);
            prop_assert_eq!(again, Ok(accepted));
        }
    }
}
