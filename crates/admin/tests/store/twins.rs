//! `if_exists: return` finds the link to the same target.

use suo_admin::store::{Creation, IfExists, NewLink};

use super::{
    on_both,
    place::{NOW, Place, new},
};

on_both!(
    the_newest_link_to_the_target_is_returned,
    a_wished_code_must_be_its_code,
    equal_targets_of_one_batch_share_one_link,
    concurrent_requests_share_one_link,
);

fn or_existing(code: Option<&str>, target: &str) -> NewLink {
    NewLink {
        if_exists: IfExists::Return,
        ..new(code, target)
    }
}

fn the_newest_link_to_the_target_is_returned(place: &Place) {
    place.create("old", "https://a.example/x");
    let newest = place.create("new", "https://a.example/x");
    place.create("other", "https://a.example/X");
    let found = place.create_as(or_existing(None, "https://a.example/x"));
    assert_eq!(found, Creation::Existing(newest));
    let fresh = place.create_as(or_existing(None, "https://a.example/y"));
    assert!(matches!(fresh, Creation::Created(_)));
}

fn a_wished_code_must_be_its_code(place: &Place) {
    let link = place.create("mine", "https://a.example");
    place.create("newer", "https://a.example");
    let found = place.create_as(or_existing(Some("MINE"), "https://a.example"));
    assert_eq!(found, Creation::Existing(link));
    let fresh = place.create_as(or_existing(Some("free"), "https://a.example"));
    assert!(matches!(fresh, Creation::Created(_)));
    let taken = place.create_as(or_existing(Some("mine"), "https://b.example"));
    assert_eq!(taken, Creation::CodeTaken);
}

fn equal_targets_of_one_batch_share_one_link(place: &Place) {
    let links = [
        "https://a.example",
        "https://b.example",
        "https://a.example",
    ]
    .map(|target| or_existing(None, target));
    let creations = place.create_links(&links, NOW, None).unwrap();
    let (Creation::Created(first), Creation::Existing(third)) = (&creations[0], &creations[2])
    else {
        panic!("{creations:?}")
    };
    assert_eq!(first, third);
    assert!(matches!(creations[1], Creation::Created(_)));
}

fn concurrent_requests_share_one_link(place: &Place) {
    let creations = place.at_once(6, |_, store| {
        let link = or_existing(None, "https://a.example/once");
        store.create_links(&[link], NOW, None).unwrap().remove(0)
    });
    let fresh = |creation: &&Creation| matches!(creation, Creation::Created(_));
    assert_eq!(creations.iter().filter(fresh).count(), 1);
}
