//! What is done with any bytes, and what must hold then. The fuzzer calls it, and so does a test
//! of suo-link with every input in `corpus/`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use suo_link::{
    location,
    platform::{self, App, BotKind, Device, Hints, Memo, Os, Platform},
    policy::{self, Decision, PreviewPage, Recorder, SplitKey, Step, findings, preview_page},
    time::Timestamp,
    visitor::{Country, Language, Visitor, language, proxies::client_address},
    wire::{
        clicks::{Click, Segment, SegmentName, segment},
        record::{Content, Record},
    },
};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// A User-Agent and two client hints, with line breaks between them.
pub fn classify(input: &[u8]) {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let agent = lines.next().unwrap_or_default();
    let platform = platform::classify(agent);
    let mut memo = Memo::new(2, [7; 192]);
    assert_eq!(memo.classify(agent), platform);
    assert_eq!(memo.classify(agent), platform);
    assert!(!platform.is_bot() || platform.app == App::None);
    let hints = Hints {
        platform: lines.next(),
        mobile: lines.next(),
    };
    let refined = platform.refined(&hints);
    assert_eq!(
        (refined.app, refined.bot_kind),
        (platform.app, platform.bot_kind)
    );
}

/// Header lines: those that begin with `F` are values of `Forwarded`, those that begin with `L`
/// of `Accept-Language`, all others of `X-Forwarded-For`.
pub fn headers(input: &[u8]) {
    let lines = || input.split(|byte| *byte == b'\n');
    let of = |letter: u8| lines().filter_map(move |line| line.strip_prefix(&[letter]));
    for line in of(b'L') {
        let best = language::preferred(line);
        let highest = language::accepted(line).map(|(_, quality)| quality).max();
        assert_eq!(best.is_some(), highest.is_some());
        assert!(highest.is_none_or(|quality| (1..=1000).contains(&quality)));
        let again = best.map(|language| Language::parse(language.as_str()));
        assert_eq!(again, best.map(Some));
    }
    // Whatever a header says, a stranger is believed nothing.
    let stranger = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let listed = || lines().filter(|line| !matches!(line.first(), Some(b'F' | b'L')));
    let believed = client_address(stranger, listed(), of(b'F'), |_| false);
    assert_eq!(believed, stranger);
    let ours = |address: IpAddr| matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 10);
    let proxy = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    let client = client_address(proxy, listed(), of(b'F'), ours);
    assert_eq!(client, client.to_canonical());
    // What stands left of the last stranger is nobody's business.
    let none = || std::iter::empty();
    let alone = client_address(proxy, listed(), none(), ours);
    if !ours(alone) {
        let made_up: [&[u8]; 1] = [b"6.6.6.6, \"[::6]:6"];
        let more = made_up.into_iter().chain(listed());
        assert_eq!(client_address(proxy, more, none(), ours), alone);
    }
}

/// A visitor in seven bytes, a query with its length before it, and the body of a link's record.
pub fn decide(input: &[u8]) {
    let _ = Record::decode(input);
    let Some((facts, rest)) = input.split_first_chunk::<7>() else {
        return;
    };
    let Some((length, rest)) = rest.split_first() else {
        return;
    };
    let (query, body) = rest.split_at(usize::from(*length).min(rest.len()));
    let visitor = visitor(facts, std::str::from_utf8(query).ok());
    // Version, kind of a link, age.
    let record = [&[1, 1], &[0; 12][..], body].concat();
    let Ok(record) = Record::decode(&record) else {
        return;
    };
    assert_eq!(Record::decode(&record.encode()), Ok(record.clone()));
    let Content::Redirect(link) = record.content else {
        return;
    };
    let now = Timestamp(i64::from(facts[6]));
    let key = SplitKey::new([facts[5]; 16]);
    let decision = policy::decide(&link, &visitor, now, &key);
    let mut listener = Listener(0);
    let heard = policy::decide_with(&link, &visitor, now, &key, &mut listener);
    assert_eq!(heard, decision);
    assert!(listener.0 > 0);
    let policy = link.policy.clone().unwrap_or_default();
    let _ = findings(&policy);
    let page = preview_page(&link, &visitor, now, &key);
    assert!(policy.password.is_none() || !matches!(page, PreviewPage::Card(_)));
    let passes =
        policy.allow.lets_app(visitor.platform.app) && policy.allow.lets_os(visitor.platform.os);
    assert!(passes || !matches!(page, PreviewPage::Card(_) | PreviewPage::Protected));
    match decision {
        Decision::Redirect(redirect) => {
            assert!(
                passes
                    && redirect
                        .location
                        .contains(location::host(&redirect.location))
            );
        }
        Decision::Card(_) => assert!(passes && (policy.password.is_none() || visitor.unlocked)),
        Decision::Guide(guide) => {
            let may = policy.password.is_none() && policy.allow.lets_app(App::None);
            assert!(passes && guide.host.is_some() == may && guide.location.is_some() == may);
        }
        Decision::Denied(_) => assert!(!passes),
        Decision::Password => assert!(passes && policy.password.is_some() && !visitor.unlocked),
        Decision::UsedUp => assert!(visitor.used_up && link.max_clicks.is_some()),
        Decision::Banned | Decision::Paused | Decision::NotStarted | Decision::Expired => {}
    }
}

/// An entry of the stream of clicks: the fields `journal` and `number`, each with its length before it, then
/// a segment. After `B` comes only the body of one, with two bytes for the number of its clicks:
/// chance alone would never make the check that stands before it.
pub fn clicks(input: &[u8]) {
    let (journal, rest) = field(input);
    let (number, rest) = field(rest);
    let name = SegmentName::of_fields(journal, number);
    if let Some(name) = name {
        let text = name.to_string();
        let (journal, number) = text.split_once('/').unwrap_or_default();
        let again = SegmentName::of_fields(journal.as_bytes(), number.as_bytes());
        assert_eq!(again, Some(name));
    }
    let made = match rest {
        [b'B', high, low, body @ ..] => with_head(u16::from_be_bytes([*high, *low]), body),
        _ => rest.to_vec(),
    };
    let Ok(segment) = Segment::decode(&made) else {
        return;
    };
    assert!(segment.clicks.len() <= segment::MAX_CLICKS && segment.name.number > 0);
    let hosts: Vec<_> = segment.hosts.iter().map(|host| (&**host).into()).collect();
    let rows: Vec<_> = segment.clicks.iter().map(Click::row).collect();
    let again = segment::encode(
        segment.name,
        segment.confirmed,
        segment.dropped,
        &hosts,
        &rows,
    );
    assert_eq!(Segment::decode(&again), Ok(segment));
}

fn field(input: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = input.split_first().unwrap_or((&0, &[]));
    rest.split_at(usize::from(*length).min(rest.len()))
}

/// A segment with this body: version 1, a name, nothing dropped.
fn with_head(count: u16, body: &[u8]) -> Vec<u8> {
    let mut segment = [
        &[1; 25][..],
        &[0; 8],
        &u32::from(count).to_be_bytes(),
        &[0; 16],
    ]
    .concat();
    let check = xxh3_64_with_seed(body, xxh3_64(&segment));
    segment.extend_from_slice(&check.to_be_bytes());
    let mut length = body.len();
    while length >= 0x80 {
        segment.push(length as u8 | 0x80);
        length >>= 7;
    }
    segment.push(length as u8);
    segment.extend_from_slice(&lz4_flex::block::compress(body));
    segment
}

fn visitor<'a>(facts: &[u8; 7], query: Option<&'a str>) -> Visitor<'a> {
    fn one<T: Copy>(all: &[T], byte: u8) -> T {
        all[usize::from(byte) % all.len()]
    }
    let bots = [None, Some(BotKind::Preview), Some(BotKind::Crawler)];
    let bot_kind = one(&bots, facts[3]);
    let tags = ["zh", "zh-Hant-TW", "en-US"];
    let addresses = [
        IpAddr::V4(Ipv4Addr::from([198, 51, 100, facts[5]])),
        IpAddr::V6(Ipv6Addr::from([facts[5]; 16])),
    ];
    Visitor {
        platform: Platform {
            app: if bot_kind.is_some() {
                App::None
            } else {
                one(App::ALL, facts[0])
            },
            os: one(Os::ALL, facts[1]),
            device: one(Device::ALL, facts[2]),
            bot_kind,
        },
        language: Language::parse(one(&tags, facts[4])).filter(|_| facts[4] & 1 != 0),
        country: Country::parse("CN").filter(|_| facts[4] & 2 != 0),
        address: Some(one(&addresses, facts[4] >> 3)).filter(|_| facts[4] & 4 != 0),
        query,
        unlocked: facts[4] & 0x80 != 0,
        used_up: facts[6] & 0x80 != 0,
    }
}

/// Writes every step, so that no value is one that cannot be written.
struct Listener(usize);

impl Recorder for Listener {
    const RECORDS: bool = true;

    fn step(&mut self, step: Step<'_>) {
        let _ = format!(
            "{} {:?} {} {}",
            step.name.as_str(),
            step.rule,
            step.compared,
            step.with
        );
        self.0 += 1;
    }
}
