//! Links are created, each code once.

use std::collections::HashSet;

use suo_admin::store::{Creation, StoredLink};
use suo_link::{
    link::{ForwardQuery, RedirectStatus, Status},
    time::Timestamp,
    wire::{changes::Change, record::Content},
};

use super::{
    on_both,
    place::{NOW, Place, created, new},
};

on_both!(
    a_link_comes_back_as_it_was_given,
    generated_codes_have_seven_characters_and_differ,
    a_code_is_given_once_whatever_its_case,
    of_concurrent_creates_of_one_code_exactly_one_wins,
    a_batch_creates_what_it_can,
    the_second_of_two_equal_codes_in_a_batch_loses,
    crossing_batches_do_not_fail,
    a_batch_is_announced_in_messages_of_500,
    later_links_have_higher_numbers,
);

fn a_link_comes_back_as_it_was_given(place: &Place) {
    let mut link = new(Some("Every-Field_1"), "https://a.example/p?q=1#f");
    link.fields.title = Some("标题 Title".into());
    link.fields.note = Some("two\nlines".into());
    link.fields.tags = vec!["z".into(), "中文".into(), "a".into()];
    link.fields.status = Status::Paused;
    link.fields.redirect_status = RedirectStatus::Permanent;
    link.fields.forward_query = ForwardQuery::Override;
    link.fields.starts_at = Some(Timestamp(1));
    link.fields.expires_at = Some(Timestamp(2));
    link.fields.expired_target = Some("https://b.example".into());
    let given = link.fields.clone();
    let made = created(place.create_as(link));
    assert_eq!(
        (made.version, made.created_at, made.updated_at),
        (1, NOW, NOW)
    );
    assert_eq!(made.code, "Every-Field_1");
    assert_eq!(made.fields, given);
    assert_eq!(place.link(made.id).unwrap().unwrap(), made);
    let Some(Content::Redirect(seen)) = place.record("every-field_1").map(|record| record.content)
    else {
        panic!("no record")
    };
    assert_eq!(&*seen.target, "https://a.example/p?q=1#f");
    assert_eq!((seen.id, seen.status), (made.id, Status::Paused));
    assert_eq!(seen.expired_target.as_deref(), Some("https://b.example"));
}

fn generated_codes_have_seven_characters_and_differ(place: &Place) {
    let links: Vec<_> = (0..300).map(|_| new(None, "https://a.example")).collect();
    let creations = place.create_links(&links, NOW, None).unwrap();
    let codes: HashSet<String> = creations
        .into_iter()
        .map(|made| created(made).code)
        .collect();
    assert_eq!(codes.len(), 300);
    assert!(codes.iter().all(|code| code.len() == 7), "{codes:?}");
}

fn a_code_is_given_once_whatever_its_case(place: &Place) {
    place.create("Summer", "https://a.example");
    let again = place.create_as(new(Some("sUMMER"), "https://b.example"));
    assert_eq!(again, Creation::CodeTaken);
    assert_eq!(place.target("summer").unwrap(), "https://a.example");
}

fn of_concurrent_creates_of_one_code_exactly_one_wins(place: &Place) {
    for round in 0..10 {
        let code = format!("race{round}");
        let creations = place.at_once(8, |thread, store| {
            let target = format!("https://t{thread}.example");
            let link = new(Some(&code), &target);
            store.create_links(&[link], NOW, None).unwrap().remove(0)
        });
        let winners: Vec<StoredLink> = creations
            .into_iter()
            .filter_map(|creation| match creation {
                Creation::Created(link) => Some(link),
                Creation::CodeTaken => None,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(winners.len(), 1);
        assert_eq!(place.target(&code).unwrap(), winners[0].fields.target);
    }
}

fn a_batch_creates_what_it_can(place: &Place) {
    place.create("taken", "https://a.example");
    let links = ["one", "taken", "two"].map(|code| new(Some(code), "https://b.example"));
    let creations = place.create_links(&links, NOW, None).unwrap();
    assert!(matches!(&creations[0], Creation::Created(link) if link.code == "one"));
    assert_eq!(creations[1], Creation::CodeTaken);
    assert!(matches!(&creations[2], Creation::Created(link) if link.code == "two"));
    assert_eq!(place.target("taken").unwrap(), "https://a.example");
    assert_eq!(place.target("two").unwrap(), "https://b.example");
}

fn the_second_of_two_equal_codes_in_a_batch_loses(place: &Place) {
    let links = [
        new(Some("same"), "https://a.example"),
        new(Some("SAME"), "https://b.example"),
    ];
    let creations = place.create_links(&links, NOW, None).unwrap();
    assert!(matches!(&creations[0], Creation::Created(_)));
    assert_eq!(creations[1], Creation::CodeTaken);
}

/// The same codes in opposite orders: who sorts them does not deadlock.
fn crossing_batches_do_not_fail(place: &Place) {
    let counts = place.at_once(4, |thread, store| {
        let mut codes: Vec<_> = (0..400).map(|number| format!("cross{number}")).collect();
        if thread % 2 == 1 {
            codes.reverse();
        }
        let links: Vec<_> = codes
            .iter()
            .map(|code| new(Some(code), "https://a.example"))
            .collect();
        let creations = store.create_links(&links, NOW, None).unwrap();
        let won = |creation: &&Creation| matches!(creation, Creation::Created(_));
        creations.iter().filter(won).count()
    });
    assert_eq!(counts.iter().sum::<usize>(), 400);
}

fn a_batch_is_announced_in_messages_of_500(place: &Place) {
    place.fresh_changes();
    let before = place.relay_state().unwrap().numbered;
    let links: Vec<_> = (0..1201).map(|_| new(None, "https://a.example")).collect();
    place.create_links(&links, NOW, None).unwrap();
    let changes = place.fresh_changes();
    assert_eq!(changes.len(), 1201);
    assert!(
        changes
            .iter()
            .all(|change| matches!(change, Change::Created { .. }))
    );
    assert_eq!(place.messages_after(before, 100).unwrap().len(), 3);
}

fn later_links_have_higher_numbers(place: &Place) {
    let links: Vec<_> = (0..50).map(|_| new(None, "https://a.example")).collect();
    let creations = place.create_links(&links, NOW, None).unwrap();
    let ids: Vec<_> = creations.into_iter().map(|made| created(made).id).collect();
    assert!(ids.is_sorted());
    assert!(place.create("later", "https://a.example").id > ids[49]);
}
