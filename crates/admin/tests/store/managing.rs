//! Manage addresses: one is valid at a time, and none once the link is gone.

use suo_admin::store::Expected;

use super::{
    on_both,
    place::{NOW, Place},
};

on_both!(
    only_links_that_were_opened_have_one,
    who_knows_the_present_one_replaces_it,
    a_deleted_link_has_none,
);

fn only_links_that_were_opened_have_one(place: &Place) {
    let open = place.create("open", "https://a.example");
    let closed = place.create("closed", "https://a.example");
    place.open_management(&[open.id]).unwrap();
    assert_eq!(place.management(open.id).unwrap(), Some(1));
    assert_eq!(place.management(closed.id).unwrap(), None);
    assert_eq!(place.renew_management(closed.id, 1).unwrap(), None);
}

fn who_knows_the_present_one_replaces_it(place: &Place) {
    let link = place.create("open", "https://a.example");
    place.open_management(&[link.id]).unwrap();
    assert_eq!(place.renew_management(link.id, 1).unwrap(), Some(2));
    assert_eq!(place.renew_management(link.id, 1).unwrap(), None);
    // Opened again it keeps what it has: an old address does not come back.
    let other = place.create("other", "https://a.example");
    let serials = place.open_management(&[other.id, link.id]).unwrap();
    assert_eq!(serials, [1, 2]);
}

fn a_deleted_link_has_none(place: &Place) {
    let link = place.create("open", "https://a.example");
    place.open_management(&[link.id]).unwrap();
    place.delete_link(link.id, &Expected::Any, NOW).unwrap();
    assert_eq!(place.management(link.id).unwrap(), None);
}
