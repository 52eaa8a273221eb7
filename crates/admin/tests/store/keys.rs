//! API keys are kept as hashes.

use suo_admin::store::{ApiKeyId, KeyDeleted, NewApiKey, Scopes};

use super::{
    on_both,
    place::{NOW, Place},
};

on_both!(
    a_key_is_found_by_its_hash_until_it_is_deleted,
    the_first_key_is_made_once,
);

fn key(number: u8) -> NewApiKey {
    NewApiKey {
        hash: [number; 32],
        prefix: format!("suo_{number}"),
        name: format!("key {number}"),
        scopes: Scopes {
            read: true,
            write: false,
        },
    }
}

fn a_key_is_found_by_its_hash_until_it_is_deleted(place: &Place) {
    let first = place.add_api_key(&key(1), NOW).unwrap().unwrap();
    assert_eq!(place.add_api_key(&key(1), NOW).unwrap(), None);
    let second = place.add_api_key(&key(2), NOW).unwrap().unwrap();
    assert_eq!(place.api_key(&[1; 32]).unwrap(), Some(first.clone()));
    assert_eq!(place.api_keys().unwrap(), [second, first.clone()]);
    let delete = |id, by| place.delete_api_key(id, by).unwrap();
    assert_eq!(delete(first.id, Scopes::ALL), KeyDeleted::Done);
    assert_eq!(delete(first.id, Scopes::ALL), KeyDeleted::NotFound);
    assert_eq!(
        delete(ApiKeyId(u64::MAX), Scopes::ALL),
        KeyDeleted::NotFound
    );
    assert_eq!(place.api_key(&[1; 32]).unwrap(), None);
    let third = place.add_api_key(&key(1), NOW).unwrap().unwrap();
    assert!(third.id > first.id);
}

fn the_first_key_is_made_once(place: &Place) {
    let made = place.at_once(4, |thread, store| {
        store.add_first_api_key(&key(thread as u8), NOW).unwrap()
    });
    assert_eq!(made.iter().filter(|made| **made).count(), 1);
    assert_eq!(place.api_keys().unwrap().len(), 1);
}
