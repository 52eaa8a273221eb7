use std::borrow::Cow;

use proptest::prelude::*;
use suo_link::{
    id::{DomainId, LinkId},
    platform::{App, Device, Os},
    policy::Variant,
    time::Timestamp,
    visitor::Country,
    wire::{
        WireError,
        clicks::{
            Class, Click, Dropped, JournalId, LanguageCode, NO_REFERRER, OTHER_REFERRER, Outcome,
            Row, Segment, SegmentName, Via,
            segment::{self, MAX_CLICKS},
        },
    },
};

use crate::wire_is_pinned::{golden, read_golden};

const NAME: SegmentName = SegmentName {
    journal: JournalId([7; 16]),
    number: 3,
};

const DROPPED: Dropped = Dropped {
    full: 5,
    unwritable: 6,
};

fn plain() -> Click {
    Click {
        link: LinkId(42),
        domain: DomainId(1),
        at: Timestamp(1_800_000_000_123),
        outcome: Outcome::Redirect,
        class: Class::Human,
        via: Via::Click,
        entry: Click::entry_of("k7qm2xp"),
        app: App::None,
        os: Os::Other,
        device: Device::Other,
        referrer: NO_REFERRER,
        country: None,
        language: None,
        variant: None,
        lease: 0,
        visitor: 0,
    }
}

fn full() -> Click {
    Click {
        link: LinkId(u64::MAX),
        domain: DomainId(u32::MAX),
        outcome: Outcome::Root,
        class: Class::Prefetch,
        via: Via::Scan,
        app: App::Wechat,
        os: Os::Harmonyos,
        device: Device::Tablet,
        referrer: 2,
        country: Country::parse("CN"),
        language: LanguageCode::parse("yue"),
        variant: Some(Variant {
            rule: 31,
            target: 9,
        }),
        lease: 0x0102_0304_0506_0708,
        visitor: u64::MAX - 1,
        ..plain()
    }
}

fn hosts() -> Vec<Cow<'static, str>> {
    vec!["a.example".into(), "xn--fsq.example".into()]
}

fn segment() -> Segment {
    let last = Click {
        referrer: OTHER_REFERRER,
        ..plain()
    };
    Segment {
        name: NAME,
        confirmed: 1,
        dropped: DROPPED,
        hosts: hosts().iter().map(|host| host.as_ref().into()).collect(),
        clicks: vec![plain(), full(), last],
    }
}

fn encode(segment: &Segment) -> Vec<u8> {
    let rows: Vec<Row> = segment.clicks.iter().map(Click::row).collect();
    let hosts: Vec<_> = segment
        .hosts
        .iter()
        .map(|host| Cow::Borrowed(&**host))
        .collect();
    segment::encode(
        segment.name,
        segment.confirmed,
        segment.dropped,
        &hosts,
        &rows,
    )
}

#[test]
fn records_and_segments_are_what_they_were() {
    let bytes: Vec<u8> = [plain(), full()]
        .iter()
        .flat_map(|click| {
            let row = click.row();
            let words = row.0.into_iter().chain([row.check(9)]);
            words.flat_map(u64::to_be_bytes)
        })
        .collect();
    assert_eq!(bytes.len(), 128, "a record is 64 bytes long");
    golden("clicks-v1-records.hex", &bytes);
    // Another version of the compressor may find other bytes for the same; these are read for good.
    let segment = segment();
    let old = read_golden("clicks-v1-segment.hex", &encode(&segment));
    assert_eq!(Segment::decode(&old), Ok(segment.clone()));
    assert_eq!(Segment::decode(&encode(&segment)), Ok(segment));
}

/// Records hold places in these lists: what is new comes last.
#[test]
fn words_keep_their_numbers() {
    let lists = [
        App::ALL.iter().map(|word| word.name()).collect::<Vec<_>>(),
        Os::ALL.iter().map(|word| word.name()).collect(),
        Device::ALL.iter().map(|word| word.name()).collect(),
        Class::ALL.iter().map(|word| word.as_str()).collect(),
        Via::ALL.iter().map(|word| word.as_str()).collect(),
        Outcome::ALL.iter().map(|word| word.as_str()).collect(),
    ];
    let text: Vec<String> = lists.iter().map(|words| words.join(" ")).collect();
    golden("clicks-v1-words.hex", text.join("\n").as_bytes());
    assert!(
        App::ALL
            .iter()
            .enumerate()
            .all(|(place, app)| *app as usize == place)
    );
    assert!(
        Outcome::ALL
            .iter()
            .enumerate()
            .all(|(place, what)| *what as usize == place)
    );
}

#[test]
fn what_was_changed_on_the_way_is_no_segment() {
    let bytes = encode(&segment());
    for (place, bit) in (0..bytes.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << bit;
        match Segment::decode(&changed) {
            Err(_) => {}
            // Of the body's length, which is a bound for the room it takes, more is as good.
            Ok(read) => assert_eq!(read, segment(), "bit {bit} of byte {place}"),
        }
    }
    for end in 0..bytes.len() {
        assert!(
            Segment::decode(&bytes[..end]).is_err(),
            "the first {end} bytes"
        );
    }
    let newer = [&[2], &bytes[1..]].concat();
    assert_eq!(Segment::decode(&newer), Err(WireError::Version(2)));
}

/// A database counts segments in signed numbers: one beyond them would be taken for counted.
#[test]
fn a_segment_has_a_number_that_a_database_can_hold() {
    let most = i64::MAX as u64;
    let cases = [
        (0, 0, false),
        (1, 0, true),
        (3, 3, false),
        (most, most - 1, true),
        (most + 1, 1, false),
        (u64::MAX, 0, false),
        (u64::MAX, u64::MAX - 1, false),
    ];
    for (number, confirmed, is_one) in cases {
        let name = SegmentName { number, ..NAME };
        let segment = Segment {
            name,
            confirmed,
            ..segment()
        };
        let read = Segment::decode(&encode(&segment));
        let expected = if is_one {
            Ok(segment)
        } else {
            Err(WireError::Value)
        };
        assert_eq!(read, expected, "{number}, {confirmed} confirmed");
        let journal = name.journal.to_string();
        let named = SegmentName::of_fields(journal.as_bytes(), number.to_string().as_bytes());
        let is_name = (1..=most).contains(&number);
        assert_eq!(named, is_name.then_some(name), "{number}");
    }
}

#[test]
fn a_full_segment_is_small_and_a_bomb_is_refused() {
    let clicks = (0..MAX_CLICKS as u64).map(|n| Click {
        link: LinkId(n % 100),
        at: Timestamp(1_800_000_000_000 + n as i64 / 40),
        ..full()
    });
    let segment = Segment {
        clicks: clicks.collect(),
        ..segment()
    };
    let bytes = encode(&segment);
    assert!(bytes.len() < MAX_CLICKS * 16, "{} bytes", bytes.len());
    assert_eq!(Segment::decode(&bytes), Ok(segment));
    // The length of the body stands at 61, in three bytes; this one says two gigabytes.
    let bomb = [&bytes[..61], &[0xff, 0xff, 0xff, 0xff, 0x07], &bytes[64..]].concat();
    assert_eq!(Segment::decode(&bomb), Err(WireError::Value));
}

#[test]
fn journals_are_written_and_read_back() {
    let id = JournalId(std::array::from_fn(|n| n as u8));
    assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0e0f");
    assert_eq!(id.to_string().parse(), Ok(id));
    for text in [
        "",
        "0",
        "+00102030405060708090a0b0c0d0e0f",
        "00102030405060708090a0b0c0d0e0fg",
    ] {
        assert_eq!(text.parse::<JournalId>(), Err(WireError::Value), "{text}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), words in any::<[u64; 7]>()) {
        let _ = Segment::decode(&bytes);
        let start = encode(&segment());
        let _ = Segment::decode(&[&start[..45], &bytes].concat());
        if let Ok(click) = Row(words).read() {
            prop_assert_eq!(click.row().read(), Ok(click));
        }
    }
}
