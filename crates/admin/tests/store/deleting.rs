//! A deleted link is gone with all its codes, which may be created again.

use suo_admin::store::{Creation, Deleted, Expected};
use suo_link::{
    id::LinkId,
    wire::{
        changes::Change,
        record::{Content, Record},
    },
};

use super::{
    on_both,
    place::{NOW, Place, key, new, patched},
};

on_both!(
    every_code_gets_a_tombstone,
    another_version_is_refused,
    a_code_can_be_created_again_with_a_newer_record,
    deletes_and_creates_of_one_code_take_turns,
);

fn every_code_gets_a_tombstone(place: &Place) {
    let link = place.create("first", "https://a.example");
    patched(place.edit(
        link.id,
        |fields| fields.tags = vec!["t".into()],
        Some("second"),
    ));
    let before = place.record("first").unwrap().rev;
    place.fresh_changes();
    assert_eq!(
        place.delete_link(link.id, &Expected::Any, NOW).unwrap(),
        Deleted::Done
    );
    assert_eq!(place.link(link.id).unwrap(), None);
    assert_eq!(
        place.known(&[key("first"), key("second")]).unwrap(),
        [false, false]
    );
    let changes = place.fresh_changes();
    assert_eq!(changes.len(), 2);
    for change in changes {
        let Change::Edited { record, .. } = change else {
            panic!("{change:?}")
        };
        let record = Record::decode(&record).unwrap();
        assert_eq!(record.content, Content::Absent);
        assert!(record.rev.number > before.number);
    }
    assert_eq!(
        place.delete_link(link.id, &Expected::Any, NOW).unwrap(),
        Deleted::NotFound
    );
}

fn another_version_is_refused(place: &Place) {
    let link = place.create("kept", "https://a.example");
    let other = Expected::OneOf(vec![7]);
    assert_eq!(
        place.delete_link(link.id, &other, NOW).unwrap(),
        Deleted::OtherVersion
    );
    assert!(place.target("kept").is_some());
    assert_eq!(
        place.delete_link(LinkId(u64::MAX), &other, NOW).unwrap(),
        Deleted::NotFound
    );
}

fn a_code_can_be_created_again_with_a_newer_record(place: &Place) {
    let old = place.create("again", "https://a.example");
    let before = place.record("again").unwrap().rev;
    place.delete_link(old.id, &Expected::Any, NOW).unwrap();
    let new = place.create("again", "https://b.example");
    assert!(new.id > old.id);
    assert!(place.record("again").unwrap().rev > before);
    assert_eq!(place.target("again").unwrap(), "https://b.example");
}

/// Whatever the order, the records of one code that the outbox tells, put in the order of
/// their numbers, end with what the database holds.
fn deletes_and_creates_of_one_code_take_turns(place: &Place) {
    place.fresh_changes();
    place.at_once(4, |_, store| {
        for _ in 0..15 {
            let link = new(Some("turn"), "https://a.example");
            if let Creation::Created(link) =
                store.create_links(&[link], NOW, None).unwrap().remove(0)
            {
                store.delete_link(link.id, &Expected::Any, NOW).unwrap();
            }
        }
    });
    let last = place.create("turn", "https://b.example");
    let records = place.fresh_changes();
    let mut records: Vec<Record> = records
        .iter()
        .map(|change| Record::decode(change.record()).unwrap())
        .collect();
    records.sort_by_key(|record| record.rev);
    for pair in records.windows(2) {
        let is_absent = |record: &Record| record.content == Content::Absent;
        assert!(pair[0].rev < pair[1].rev);
        assert_ne!(is_absent(&pair[0]), is_absent(&pair[1]), "{pair:?}");
    }
    let Some(Content::Redirect(link)) = records.pop().map(|record| record.content) else {
        panic!("the last record is a tombstone")
    };
    assert_eq!(link.id, last.id);
}
