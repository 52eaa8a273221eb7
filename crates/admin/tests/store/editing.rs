//! Links change under a lock, and codes are renamed without losing the old ones.

use suo_admin::store::{Expected, LinkEdit, Patched, StoredLink};
use suo_link::{
    id::LinkId,
    wire::{changes::Change, record::Content},
};

use super::{
    on_both,
    place::{NOW, Place, key, patched},
};

on_both!(
    an_edit_raises_version_and_record,
    an_edit_that_changes_nothing_keeps_the_version,
    another_version_is_refused,
    of_concurrent_edits_of_one_version_exactly_one_wins,
    the_old_code_answers_after_a_rename,
    a_link_is_renamed_back_to_its_own_alias,
    a_rename_can_change_the_case,
    a_rename_to_anothers_code_changes_nothing,
    codes_can_be_swapped_through_a_third,
    of_concurrent_renames_to_one_code_exactly_one_wins,
    there_is_nothing_to_edit_where_there_is_no_link,
);

fn an_edit_raises_version_and_record(place: &Place) {
    let link = place.create("edit", "https://a.example");
    let before = place.record("edit").unwrap().rev;
    place.fresh_changes();
    let set = |fields: &mut suo_admin::store::LinkFields| {
        fields.target = "https://b.example".into();
        fields.title = Some("b".into());
        fields.tags = vec!["t".into()];
    };
    let changed = patched(place.edit(link.id, set, None));
    assert_eq!((changed.version, changed.created_at), (2, NOW));
    assert_eq!(changed.updated_at, NOW.plus(1));
    assert_eq!(place.link(link.id).unwrap().unwrap(), changed);
    assert_eq!(place.target("edit").unwrap(), "https://b.example");
    assert!(place.record("edit").unwrap().rev > before);
    let changes = place.fresh_changes();
    assert!(matches!(&changes[..], [Change::Edited { key: of, .. }] if *of == key("edit")));
}

fn an_edit_that_changes_nothing_keeps_the_version(place: &Place) {
    let link = place.create("same", "https://a.example");
    place.fresh_changes();
    assert_eq!(patched(place.edit(link.id, |_| {}, Some("same"))), link);
    assert_eq!(place.fresh_changes(), []);
}

fn another_version_is_refused(place: &Place) {
    let link = place.create("old", "https://a.example");
    let mut edit = |_: &StoredLink| -> Option<LinkEdit> { panic!("not asked") };
    for expected in [Expected::OneOf(vec![2, 3]), Expected::OneOf(vec![])] {
        let refused = place.patch_link(link.id, &expected, &mut edit, NOW);
        assert_eq!(refused.unwrap(), Patched::OtherVersion);
    }
}

fn of_concurrent_edits_of_one_version_exactly_one_wins(place: &Place) {
    let link = place.create("race", "https://a.example");
    let outcomes = place.at_once(8, |thread, store| {
        let mut edit = |link: &StoredLink| {
            let mut fields = link.fields.clone();
            fields.title = Some(format!("thread {thread}"));
            Some(LinkEdit { code: None, fields })
        };
        let expected = Expected::OneOf(vec![1]);
        store
            .patch_link(link.id, &expected, &mut edit, NOW)
            .unwrap()
    });
    let won = |outcome: &&Patched| matches!(outcome, Patched::Done(_));
    assert_eq!(outcomes.iter().filter(won).count(), 1);
    assert_eq!(place.link(link.id).unwrap().unwrap().version, 2);
}

fn the_old_code_answers_after_a_rename(place: &Place) {
    let link = place.create("first", "https://a.example");
    place.fresh_changes();
    let renamed = patched(place.edit(link.id, |_| {}, Some("Second")));
    assert_eq!((renamed.code.as_str(), renamed.version), ("Second", 2));
    assert_eq!(place.target("first"), place.target("second"));
    assert_eq!(
        place.record("first").unwrap().rev,
        place.record("second").unwrap().rev
    );
    let changes = place.fresh_changes();
    assert!(matches!(&changes[0], Change::Edited { key: of, .. } if *of == key("first")));
    assert!(matches!(&changes[1], Change::Created { key: of, .. } if *of == key("second")));
    let record = changes.iter().map(Change::record).collect::<Vec<_>>();
    assert_eq!(record[0], record[1]);
}

fn a_link_is_renamed_back_to_its_own_alias(place: &Place) {
    let link = place.create("first", "https://a.example");
    patched(place.edit(link.id, |_| {}, Some("second")));
    place.fresh_changes();
    let back = patched(place.edit(link.id, |_| {}, Some("first")));
    assert_eq!((back.code.as_str(), back.version), ("first", 3));
    assert_eq!(place.link(link.id).unwrap().unwrap(), back);
    let changes = place.fresh_changes();
    assert_eq!(changes.len(), 2);
    assert!(
        changes
            .iter()
            .all(|change| matches!(change, Change::Edited { .. }))
    );
}

fn a_rename_can_change_the_case(place: &Place) {
    let link = place.create("word", "https://a.example");
    let renamed = patched(place.edit(link.id, |_| {}, Some("WORD")));
    assert_eq!(renamed.code, "WORD");
    assert_eq!(place.link(link.id).unwrap().unwrap().code, "WORD");
    assert!(place.target("word").is_some());
}

fn a_rename_to_anothers_code_changes_nothing(place: &Place) {
    let link = place.create("mine", "https://a.example");
    place.create("theirs", "https://b.example");
    let taken = place.edit(
        link.id,
        |fields| fields.title = Some("x".into()),
        Some("Theirs"),
    );
    assert_eq!(taken, Patched::CodeTaken);
    assert_eq!(place.link(link.id).unwrap().unwrap(), link);
    assert_eq!(place.target("theirs").unwrap(), "https://b.example");
}

fn codes_can_be_swapped_through_a_third(place: &Place) {
    let a = place.create("aaa", "https://a.example");
    let b = place.create("bbb", "https://b.example");
    // The old code stays an alias, so the other link can't have it.
    patched(place.edit(a.id, |_| {}, Some("ccc")));
    assert_eq!(place.edit(b.id, |_| {}, Some("aaa")), Patched::CodeTaken);
}

fn of_concurrent_renames_to_one_code_exactly_one_wins(place: &Place) {
    let ids: Vec<LinkId> = (0..6)
        .map(|number| {
            place
                .create(&format!("from{number}"), "https://a.example")
                .id
        })
        .collect();
    let outcomes = place.at_once(6, |thread, store| {
        let mut edit = |link: &StoredLink| {
            Some(LinkEdit {
                code: suo_link::code::Code::parse("goal").ok(),
                fields: link.fields.clone(),
            })
        };
        store
            .patch_link(ids[thread], &Expected::Any, &mut edit, NOW)
            .unwrap()
    });
    let won = |outcome: &&Patched| matches!(outcome, Patched::Done(_));
    assert_eq!(outcomes.iter().filter(won).count(), 1);
    let Some(Content::Redirect(link)) = place.record("goal").map(|record| record.content) else {
        panic!("nobody has the code")
    };
    assert_eq!(place.link(link.id).unwrap().unwrap().code, "goal");
}

fn there_is_nothing_to_edit_where_there_is_no_link(place: &Place) {
    for id in [LinkId(999), LinkId(u64::MAX)] {
        assert_eq!(place.edit(id, |_| {}, None), Patched::NotFound);
        assert_eq!(place.link(id).unwrap(), None);
    }
}
