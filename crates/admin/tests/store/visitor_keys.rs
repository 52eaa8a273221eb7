//! The keys of visitors: one for each day, for two days.

use suo_link::visitor::VisitorKey;

use super::{
    on_both,
    place::{NOW, Place},
};

on_both!(
    whoever_asks_first_makes_the_key,
    keys_are_forgotten_by_their_age,
);

fn whoever_asks_first_makes_the_key(place: &Place) {
    let keys = place.at_once(4, |thread, store| {
        let new = VisitorKey::new([thread as u8; 16]);
        store.visitor_key(NOW, new, NOW).unwrap()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

fn keys_are_forgotten_by_their_age(place: &Place) {
    let [first, second] = [[1; 16], [2; 16]].map(VisitorKey::new);
    place.visitor_key(NOW, first, NOW).unwrap();
    assert_eq!(place.forget_visitor_keys(NOW).unwrap(), 0);
    assert_eq!(place.forget_visitor_keys(NOW.plus(1)).unwrap(), 1);
    assert_eq!(place.visitor_key(NOW, second, NOW).unwrap(), second);
}
