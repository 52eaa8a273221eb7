//! Golden files: bytes of this version, which neighbouring versions read.
//! `SUO_TEST_WRITE_GOLDEN=1 cargo test -p suo-link` writes them after a deliberate change.

use std::{fs, num::NonZeroU64, path::PathBuf};

use suo_link::{
    code::CodeKey,
    domain::{Domain, DomainName, Scheme, files::RootFile},
    id::{DomainId, LinkId},
    instance::{Instance, InstanceSecret},
    link::{ForwardQuery, Link, RedirectStatus, Status},
    policy::{
        Allow, AppSet, Condition, DeviceSet, OsSet, Pair, PasswordHash, Policy, Preview, Rule,
        Weighted,
    },
    rev::{Generation, Position, Rev},
    time::Timestamp,
    visitor::{Country, LanguageRange, VisitorKey},
    wire::{
        WireError,
        changes::{Change, Changes, Notice},
        clicks::JournalId,
        leases::{self, Ask, Standing},
        names::LinkKey,
        record::{Content, Record, rev_of, stamp},
        sighting::{Answer, Question},
        visitor_keys::{self, DayKey},
    },
};

const REV: Rev = Rev {
    generation: Generation(3),
    number: 0x0102_0304,
};
const POSITION: Position = Position {
    generation: Generation(3),
    seq: 77,
};

fn redirect() -> Record {
    let link = Link {
        id: LinkId(42),
        status: Status::Active,
        redirect_status: RedirectStatus::Found,
        forward_query: ForwardQuery::Off,
        target: "https://example.com/a".into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
        max_clicks: None,
        policy: None,
    };
    Record {
        rev: REV,
        content: Content::Redirect(link),
    }
}

/// Everything that a policy can say.
fn policy() -> Policy {
    let apps = |names: &[&str]| AppSet::from_names(names.iter().copied()).unwrap();
    let to = |url: &str, weight| Weighted {
        url: url.into(),
        weight,
    };
    let first = Rule {
        when: Condition {
            app: apps(&["wechat", "browser"]),
            os: OsSet::from_names(["ios", "other"]).unwrap(),
            device: DeviceSet::from_names(["mobile", "other"]).unwrap(),
            language: ["zh", "en-us"]
                .map(|tag| LanguageRange::parse(tag).unwrap())
                .into(),
            country: ["CN", "SG"]
                .map(|code| Country::parse(code).unwrap())
                .into(),
            query: Box::new([Pair {
                name: "k".into(),
                value: "值".into(),
            }]),
            after: Some(Timestamp(1)),
            before: Some(Timestamp(1_800_000_000_000)),
        },
        targets: Box::new([
            to("https://a.example/", 1),
            to("https://b.example/", 1_000_000),
        ]),
    };
    let second = Rule {
        when: Condition::default(),
        targets: Box::new([to("https://c.example/", 1)]),
    };
    Policy {
        guide_apps: apps(&["wechat", "qq", "any_app"]),
        allow: Allow {
            apps: apps(&["pinterest", "any_app", "browser"]),
            os: OsSet::from_names(["ios", "android"]).unwrap(),
        },
        rules: Box::new([first, second]),
        password: PasswordHash::from_phc("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"),
        preview: Some(Preview {
            title: Some("标题".into()),
            description: Some("text".into()),
            image: Some("https://example.com/i.png".into()),
        }),
    }
}

fn full_redirect() -> Record {
    let link = Link {
        id: LinkId(u64::MAX),
        status: Status::Banned,
        redirect_status: RedirectStatus::Permanent,
        forward_query: ForwardQuery::Override,
        target: format!("https://example.com/{}", "x".repeat(200)).into(),
        starts_at: Some(Timestamp(-1)),
        expires_at: Some(Timestamp(1_800_000_000_123)),
        expired_target: Some("https://example.com/over".into()),
        max_clicks: NonZeroU64::new(0x0102_0304_0506),
        policy: Some(Box::new(policy())),
    };
    Record {
        rev: REV,
        content: Content::Redirect(link),
    }
}

fn tombstone() -> Record {
    Record {
        rev: REV,
        content: Content::Absent,
    }
}

fn domains() -> Record {
    let name = |text| DomainName::parse(text, Scheme::Https).unwrap();
    let plain = Domain {
        id: DomainId(1),
        name: name("s.example.com"),
        scheme: Scheme::Https,
        is_default: true,
        case_sensitive: false,
        root_target: None,
        not_found_target: None,
        files: Vec::new(),
    };
    let full = Domain {
        id: DomainId(2),
        name: name("127.0.0.1:8000"),
        scheme: Scheme::Http,
        is_default: false,
        case_sensitive: true,
        root_target: Some("https://example.com/".into()),
        not_found_target: Some("https://example.com/404".into()),
        files: vec![RootFile {
            path: "MP_verify_a.txt".into(),
            body: (*b"a1b2").into(),
        }],
    };
    Record {
        rev: REV,
        content: Content::Domains(Instance {
            domains: vec![plain, full],
            secret: InstanceSecret::new(std::array::from_fn(|n| n as u8)),
        }),
    }
}

fn key(code: &str) -> LinkKey {
    LinkKey {
        domain: DomainId(1),
        code: CodeKey::from_segment(code, true).unwrap(),
    }
}

fn changes() -> Changes {
    Changes(vec![
        Change::Created {
            key: key("k7qm2xp"),
            record: redirect().encode(),
        },
        Change::Edited {
            key: key("A-b_9"),
            record: tombstone().encode(),
        },
        Change::Domains {
            record: domains().encode(),
        },
    ])
}

pub(crate) fn golden(name: &str, bytes: &[u8]) {
    assert_eq!(
        read_golden(name, bytes),
        bytes,
        "{name} is another than before"
    );
}

/// The bytes that a file pins; `bytes` are written into it when golden files are written.
pub(crate) fn read_golden(name: &str, bytes: &[u8]) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("SUO_TEST_WRITE_GOLDEN").is_some() {
        let words = |line: &[u8]| line.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>();
        let lines = bytes.chunks(16).map(|line| words(line).join(" ") + "\n");
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
    let hex = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let byte = |word: &str| u8::from_str_radix(word, 16).unwrap();
    hex.split_whitespace().map(byte).collect()
}

#[test]
fn records_are_pinned_and_read_back() {
    for (name, record) in [
        ("record-v1-redirect.hex", redirect()),
        ("record-v1-redirect-full.hex", full_redirect()),
        ("record-v1-absent.hex", tombstone()),
        ("record-v1-domains.hex", domains()),
    ] {
        let bytes = record.encode();
        golden(name, &bytes);
        assert_eq!(Record::decode(&bytes), Ok(record));
        assert_eq!(rev_of(&bytes), Ok(REV));
    }
}

#[test]
fn messages_are_pinned_and_read_back() {
    let changes = changes();
    golden("changes-v1.hex", &changes.encode());
    assert_eq!(Changes::decode(&changes.encode()), Ok(changes.clone()));

    let notice = Notice {
        position: POSITION,
        changes,
    };
    golden("notice-v1.hex", &notice.encode());
    let heard = Notice::decode(&notice.encode()).unwrap();
    assert_eq!(heard.position, POSITION);
    assert_eq!(
        heard.changes.0[0],
        Change::Created {
            key: key("k7qm2xp"),
            record: Vec::new()
        }
    );
    assert_eq!(heard.changes.0[1..], notice.changes.0[1..]);

    for (name, question) in [
        (
            "question-v1-links.hex",
            Question::Links(vec![key("k7qm2xp"), key("A-b_9")]),
        ),
        ("question-v1-domains.hex", Question::Domains),
    ] {
        golden(name, &question.encode());
        assert_eq!(Question::decode(&question.encode()), Ok(question));
    }
    let request = leases::Request {
        journal: JournalId(std::array::from_fn(|n| n as u8)),
        turn: 258,
        held: vec![1, u64::MAX],
        closed: vec![leases::Closed { lease: 7, used: 3 }],
        asks: [0, 300]
            .map(|wanted| Ask {
                link: LinkId(42),
                wanted,
            })
            .into(),
    };
    golden("leases-v1-request.hex", &request.encode());
    assert_eq!(leases::Request::decode(&request.encode()), Ok(request));
    let reply = leases::Reply {
        standings: vec![
            Standing::Granted {
                lease: 9,
                units: 4096,
            },
            Standing::Open,
            Standing::Elsewhere,
            Standing::UsedUp,
            Standing::Unlimited,
            Standing::Unknown,
        ],
    };
    golden("leases-v1-reply.hex", &reply.encode());
    assert_eq!(leases::Reply::decode(&reply.encode()), Ok(reply));
    let answer = Answer {
        marker: POSITION,
        records: vec![Some(redirect().encode()), None],
    };
    golden("answer-v1.hex", &answer.encode());
    assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
}

#[test]
fn keys_of_visitors_are_pinned_and_hide_themselves() {
    let day = |number: i64| DayKey {
        begins: Timestamp(number * 1000),
        ends: Timestamp(number * 1000 + 1000),
        key: VisitorKey::new([number as u8; 16]),
    };
    let keys = vec![day(1), day(2)];
    let bytes = visitor_keys::encode(&keys);
    assert_eq!(visitor_keys::decode(&bytes).unwrap(), keys);
    golden("visitor-keys-v1.hex", &bytes);
    assert_eq!(visitor_keys::decode(&bytes[..50]), Err(WireError::Length));
    assert_eq!(keys[0].key.to_bytes(), [1; 16]);
    assert!(format!("{keys:?}").contains("VisitorKey(..)"));
}

#[test]
fn the_generation_is_stamped_into_a_finished_record() {
    let mut bytes = redirect().encode();
    stamp(&mut bytes, Generation(9));
    let expected = Record {
        rev: Rev {
            generation: Generation(9),
            ..REV
        },
        ..redirect()
    };
    assert_eq!(Record::decode(&bytes), Ok(expected));
}

#[test]
fn what_a_newer_program_wrote_is_told_from_what_is_broken() {
    let with = |place: usize, value| {
        let mut bytes = redirect().encode();
        bytes[place] = value;
        Record::decode(&bytes)
    };
    assert_eq!(with(0, 2), Err(WireError::Version(2)));
    assert_eq!(with(1, 200), Err(WireError::UnknownKind(200)));
    assert_eq!(with(25, 200), Err(WireError::UnknownSection(200)));
    assert_eq!(with(22, 9), Err(WireError::Value));

    let mut newer = redirect().encode();
    newer[1] = 200;
    assert_eq!(
        rev_of(&newer),
        Ok(REV),
        "the age of an unknown kind can still be compared"
    );
}

#[test]
fn a_target_that_no_header_can_carry_is_no_record() {
    let mut bytes = redirect().encode();
    let last = bytes.len() - 1;
    bytes[last] = b'\n';
    assert_eq!(Record::decode(&bytes), Err(WireError::Value));
}
