//! Every input in `fuzz/corpus`, as the fuzzer runs it.
//! `SUO_TEST_WRITE_GOLDEN=1` writes those that are made of policies and agents of these tests.

use std::{fs, path::PathBuf};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use suo_link::{
    rev::{Generation, Rev},
    wire::{
        clicks::{Dropped, Row, SegmentName, segment},
        record::{Content, Record},
    },
};

use crate::any;

#[expect(unreachable_pub, reason = "a crate of its own for the fuzzer")]
#[path = "../../../../fuzz/src/lib.rs"]
mod targets;

/// The bytes of a record before its body.
const HEADER: usize = 14;

fn folder(target: &str) -> PathBuf {
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    crates.join("../../fuzz/corpus").join(target)
}

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder(target)).unwrap();
    files
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect()
}

fn write(target: &str, name: &str, input: &[u8]) {
    fs::write(folder(target).join(name), input).unwrap();
}

/// Links with policies, each with a visitor in front of it.
fn write_links() {
    let mut runner = TestRunner::deterministic();
    for number in 0..24u8 {
        let mut link = any::link().new_tree(&mut runner).unwrap().current();
        link.status = suo_link::link::Status::Active;
        let rev = Rev {
            generation: Generation(0),
            number: 0,
        };
        let record = Record {
            rev,
            content: Content::Redirect(link),
        };
        let visitor = [
            number,
            number,
            number,
            number / 8,
            number.wrapping_mul(37),
            number,
            number % 6,
        ];
        let query = b"a=1";
        let length = [query.len() as u8];
        let input = [&visitor[..], &length, query, &record.encode()[HEADER..]].concat();
        write("decide", &format!("link-{number:02}"), &input);
    }
}

fn write_agents() {
    let table = include_str!("../agents/traps.tsv");
    let agents = table.lines().filter(|line| !line.starts_with('#'));
    for (number, agent) in agents
        .filter_map(|line| line.rsplit('\t').next())
        .enumerate()
    {
        let input = format!("{agent}\n\"Android\"\n?1");
        write("classify", &format!("trap-{number:02}"), input.as_bytes());
    }
}

/// A segment, whole, cut and changed, and bodies alone.
fn write_segments() {
    let name = [&b"\x2000112233445566778899aabbccddeeff"[..], b"\x013"].concat();
    let segment_name = SegmentName::of_fields(&name[1..33], b"3").unwrap();
    let rows = [7, 8].map(|visitor| Row([42, 0, 0, 1 << 32, 0, visitor, 1 << 32]));
    let hosts = ["a.example".into()];
    let segment = segment::encode(segment_name, 0, Dropped::default(), &hosts, &rows);
    let mut inputs: Vec<Vec<u8>> = vec![segment.clone(), Vec::new()];
    for length in [1, 17, 25, 29, 53, 57, segment.len() - 1] {
        inputs.push(segment[..length].to_vec());
    }
    let mut changed = segment;
    changed[60] ^= 1;
    inputs.push(changed);
    let click = |word: usize, byte: u8| {
        let mut rows = [0; 56];
        rows[word] = byte;
        rows
    };
    for (hosts, row) in [
        (&[0][..], click(0, 0)),
        (&[1, 3, b'a', b'.', b'b'], click(27, 1)),
        (&[0], click(27, 1)),
        (&[0], click(14, 0xff)),
        (&[0], click(8, 0x80)),
        (&[0xff, 0xff, 0x03], click(0, 0)),
    ] {
        inputs.push([b"B\x00\x01", hosts, &row].concat());
    }
    for (number, input) in inputs.iter().enumerate() {
        let whole = [&name[..], input].concat();
        write("clicks", &format!("segment-{number:02}"), &whole);
    }
    write("clicks", "name-00", b"\x03abc\x00");
}

#[test]
fn the_corpus_is_harmless() {
    if std::env::var_os("SUO_TEST_WRITE_GOLDEN").is_some() {
        write_links();
        write_agents();
        write_segments();
    }
    for (target, run) in [
        ("classify", targets::classify as fn(&[u8])),
        ("headers", targets::headers),
        ("decide", targets::decide),
        ("clicks", targets::clicks),
    ] {
        let inputs = inputs(target);
        assert!(inputs.len() >= 10, "{target}");
        inputs.iter().for_each(|input| run(input));
    }
}
