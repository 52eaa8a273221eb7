//! Databases are written here as MaxMind's format describes them
//! (<https://maxmind.github.io/MaxMind-DB/>), small enough to be read by eye.

use std::{fs, path::Path, time::Duration};

use suo_testkit::wait_until;

use super::Countries;

/// Which bit of an address leads where: a node's left and right, as the format writes it.
fn database(countries: &[([u8; 4], u32, &str)]) -> Vec<u8> {
    let mut nodes: Vec<[Next; 2]> = vec![[Next::Nothing; 2]];
    let mut data = Vec::new();
    for (network, bits, country) in countries {
        let offset = data.len();
        data.extend(country_record(country));
        insert(&mut nodes, u32::from_be_bytes(*network), *bits, offset);
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for next in nodes.iter().flatten() {
        let value = match next {
            Next::Nothing => count,
            Next::Node(node) => *node,
            // 16 zero bytes stand between the tree and the data.
            Next::Data(offset) => count + 16 + offset,
        };
        file.extend_from_slice(&u32::try_from(value).unwrap().to_be_bytes()[1..]);
    }
    file.extend_from_slice(&[0; 16]);
    file.extend(data);
    file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    file.extend(metadata(count));
    file
}

#[derive(Clone, Copy)]
enum Next {
    Nothing,
    Node(usize),
    Data(usize),
}

fn insert(nodes: &mut Vec<[Next; 2]>, network: u32, bits: u32, offset: usize) {
    let mut node = 0;
    for bit in 0..bits {
        let side = (network >> (31 - bit) & 1) as usize;
        if bit + 1 == bits {
            nodes[node][side] = Next::Data(offset);
            return;
        }
        node = match nodes[node][side] {
            Next::Node(next) => next,
            _ => {
                nodes.push([Next::Nothing; 2]);
                let next = nodes.len() - 1;
                nodes[node][side] = Next::Node(next);
                next
            }
        };
    }
}

/// `{"country": {"iso_code": …}}`
fn country_record(country: &str) -> Vec<u8> {
    [
        map(1),
        text("country"),
        map(1),
        text("iso_code"),
        text(country),
    ]
    .concat()
}

fn metadata(nodes: usize) -> Vec<u8> {
    let number = |value: usize| {
        let bytes = u32::try_from(value).unwrap().to_be_bytes();
        // Type 6 (32 bits), four bytes.
        [&[0b1100_0100][..], &bytes].concat()
    };
    // Type 5 (16 bits), two bytes.
    let short = |value: u16| [&[0b1010_0010][..], &value.to_be_bytes()].concat();
    // An extended type has its number less seven in a second byte: 9 is 64 bits, 11 a list.
    let long = [&[0b0000_1000, 2][..], &1_800_000_000_u64.to_be_bytes()].concat();
    [
        map(9),
        [text("node_count"), number(nodes)].concat(),
        [text("record_size"), short(24)].concat(),
        [text("ip_version"), short(4)].concat(),
        [text("database_type"), text("Test-Country")].concat(),
        [text("languages"), vec![0b0000_0000, 4]].concat(),
        [text("binary_format_major_version"), short(2)].concat(),
        [text("binary_format_minor_version"), short(0)].concat(),
        [text("build_epoch"), long].concat(),
        [text("description"), map(0)].concat(),
    ]
    .concat()
}

fn map(pairs: u8) -> Vec<u8> {
    vec![0b1110_0000 | pairs]
}

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 29, "a longer text has another head");
    [&[0b0100_0000 | length][..], text.as_bytes()].concat()
}

/// Puts the file there as operators should: whole.
fn replace(file: &Path, bytes: &[u8]) {
    let aside = file.with_extension("new");
    fs::write(&aside, bytes).unwrap();
    fs::rename(aside, file).unwrap();
}

fn country(countries: &Countries, address: &str) -> Option<String> {
    let country = countries.of(address.parse().unwrap());
    country.map(|country| country.as_str().to_owned())
}

#[test]
fn addresses_have_countries() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    fs::write(
        &file,
        database(&[([192, 0, 2, 0], 24, "CN"), ([198, 51, 100, 0], 24, "de")]),
    )
    .unwrap();
    let countries = Countries::new(Some(&file)).unwrap();
    for (address, expected) in [
        ("192.0.2.1", Some("CN")),
        ("::ffff:192.0.2.255", Some("CN")),
        ("198.51.100.7", Some("DE")),
        ("203.0.113.1", None),
        ("2001:db8::1", None),
    ] {
        assert_eq!(
            country(&countries, address).as_deref(),
            expected,
            "{address}"
        );
    }
    assert_eq!(country(&Countries::new(None).unwrap(), "192.0.2.1"), None);
}

#[test]
fn a_replaced_file_is_read_again_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    replace(&file, &database(&[([192, 0, 2, 0], 24, "CN")]));
    let interval = Duration::from_millis(1);
    let countries = Countries::with_interval(Some(&file), interval).unwrap();
    let becomes = |expected: &str| {
        wait_until("the new database", Duration::from_secs(20), || {
            let found = country(&countries, "192.0.2.1");
            if found.as_deref() == Some(expected) {
                Ok(())
            } else {
                Err(format!("{found:?}"))
            }
        });
    };
    becomes("CN");
    replace(&file, &database(&[([192, 0, 2, 0], 24, "FR")]));
    becomes("FR");
    replace(&file, b"no database");
    fs::remove_file(&file).unwrap();
    replace(&file, &database(&[([192, 0, 0, 0], 16, "JP")]));
    becomes("JP");
}

#[test]
fn a_start_without_the_file_fails_and_names_it() {
    let error = Countries::new(Some(Path::new("/nowhere/a.mmdb")))
        .err()
        .unwrap();
    assert!(error.to_string().contains("/nowhere/a.mmdb"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.mmdb");
    fs::write(&file, b"no database").unwrap();
    assert!(Countries::new(Some(&file)).is_err());
}

#[test]
fn every_cut_of_a_database_is_survived() {
    let whole = database(&[([192, 0, 2, 0], 24, "CN")]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.mmdb");
    for length in (0..whole.len()).step_by(7) {
        fs::write(&file, &whole[..length]).unwrap();
        if let Ok(countries) = Countries::new(Some(&file)) {
            let _ = country(&countries, "192.0.2.1");
        }
    }
}

/// Tests of the whole edge have a database as a file.
#[test]
fn the_database_of_other_tests_is_written_like_this() {
    let written = database(&[([198, 51, 100, 0], 24, "CN")]);
    let kept = include_bytes!("../../tests/serving/countries.mmdb");
    assert_eq!(written, kept);
}
