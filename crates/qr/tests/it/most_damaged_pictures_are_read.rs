//! Reading what phones, printers and chats do to codes: at least 95 of 100, and never a wrong text.

use suo_qr::read::{Pixels, texts};

use super::shots::{self, Case, KINDS};

/// Pictures of each kind, from harmless to hard.
const EACH: usize = 6;

/// Whether all codes were read, and no text that is none of theirs.
#[track_caller]
fn is_read(case: &Case) -> bool {
    let mut found = texts(&Pixels::open(&case.file).unwrap());
    for text in &found {
        assert!(case.texts.contains(text), "{text} is a guess");
    }
    found.sort();
    let mut wanted = case.texts.clone();
    wanted.sort();
    found == wanted
}

#[test]
fn of_a_hundred_damaged_codes_ninety_five_are_read_and_none_wrongly() {
    let mut missed = Vec::new();
    for (kind, (name, _)) in KINDS.iter().enumerate() {
        for at in 0..EACH {
            if !is_read(&shots::case(kind, at, EACH)) {
                missed.push(format!("{name} {at}"));
            }
        }
    }
    let all = KINDS.len() * EACH;
    assert!(
        missed.len() * 20 <= all,
        "{} of {all}: {missed:?}",
        missed.len()
    );
}

#[test]
fn all_codes_of_a_picture_are_read_whatever_their_sizes() {
    for at in 0..8 {
        assert!(is_read(&shots::several(at)), "{at}");
    }
}

#[test]
fn where_there_is_no_code_none_is_read() {
    for at in 0..8 {
        assert!(is_read(&shots::none(at)), "{at}");
    }
}
