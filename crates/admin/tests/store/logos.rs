//! Logos are kept by what is in them.

use suo_admin::store::{LogoAdded, MAX_LOGOS};

use super::{
    on_both,
    place::{NOW, Place},
};

on_both!(a_logo_is_kept_once_until_it_is_deleted, logos_are_bounded);

fn a_logo_is_kept_once_until_it_is_deleted(place: &Place) {
    assert_eq!(place.logo(&[1; 32]).unwrap(), None);
    assert_eq!(place.add_logo(&[1; 32], b"a", NOW).unwrap(), LogoAdded::New);
    assert_eq!(
        place.add_logo(&[1; 32], b"a", NOW).unwrap(),
        LogoAdded::Known
    );
    assert_eq!(place.logo(&[1; 32]).unwrap().as_deref(), Some(&b"a"[..]));
    assert!(place.delete_logo(&[1; 32]).unwrap());
    assert!(!place.delete_logo(&[1; 32]).unwrap());
    assert_eq!(place.logo(&[1; 32]).unwrap(), None);
}

fn logos_are_bounded(place: &Place) {
    let hash = |number: i64| {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        hash
    };
    for number in 0..MAX_LOGOS {
        assert_eq!(
            place.add_logo(&hash(number), b"a", NOW).unwrap(),
            LogoAdded::New
        );
    }
    assert_eq!(
        place.add_logo(&hash(MAX_LOGOS), b"a", NOW).unwrap(),
        LogoAdded::TooMany
    );
    assert_eq!(
        place.add_logo(&hash(1), b"a", NOW).unwrap(),
        LogoAdded::Known
    );
}
