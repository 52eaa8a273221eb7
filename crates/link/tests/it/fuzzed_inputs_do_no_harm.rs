//! Every input in `fuzz/corpus`, as the fuzzer runs it.
//! `SUO_TEST_WRITE_GOLDEN=1` writes those that are made of policies and agents of these tests.

use std::{fs, path::PathBuf};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use suo_link::{
    rev::{Generation, Rev},
    wire::record::{Content, Record},
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

#[test]
fn the_corpus_is_harmless() {
    if std::env::var_os("SUO_TEST_WRITE_GOLDEN").is_some() {
        write_links();
        write_agents();
    }
    for (target, run) in [
        ("classify", targets::classify as fn(&[u8])),
        ("headers", targets::headers),
        ("decide", targets::decide),
    ] {
        let inputs = inputs(target);
        assert!(inputs.len() >= 10, "{target}");
        inputs.iter().for_each(|input| run(input));
    }
}
