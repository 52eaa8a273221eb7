//! A form that is sent twice makes its links once, without scripts, too.

use serde_json::Value;

use super::{
    front_visitor::{Visitor, between, form, manage_path},
    on_both,
    place::Api,
};

on_both!(
    a_second_press_shows_the_same_link,
    two_presses_at_once_make_one_link,
    a_list_sent_twice_is_made_once,
    another_form_or_another_address_makes_another_link,
    what_was_refused_can_be_sent_again,
    a_second_press_costs_no_quota,
);

fn links(api: &Api) -> Vec<Value> {
    let links = api.get("/links?limit=100").ok(200);
    links["data"].as_array().unwrap().clone()
}

/// Presses the button of the form that the visitor has open.
fn press(visitor: &Visitor<'_>, text: &str) -> (u16, String) {
    let answer = visitor.post("/create", &[("once", &visitor.once), ("text", text)]);
    (answer.status, answer.text())
}

fn a_second_press_shows_the_same_link(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let pages = [(); 3].map(|()| press(&visitor, "https://a.example/x"));
    assert_eq!(links(api).len(), 1);
    let shown = |(status, page): &(u16, String)| {
        assert_eq!(*status, 200, "{page}");
        ["data-short=\"", "data-manage=\""].map(|before| between(page, before, "\""))
    };
    assert_eq!(shown(&pages[0]), shown(&pages[1]));
    assert_eq!(shown(&pages[0]), shown(&pages[2]));
    // The address that was renewed meanwhile is the one that is shown.
    let manage = manage_path(&pages[0].1);
    assert_eq!(visitor.post(&manage, &[("do", "renew")]).status, 200);
    let again = manage_path(&press(&visitor, "https://a.example/x").1);
    assert_ne!(again, manage);
    assert_eq!(visitor.get(&again).status, 200);
    // A day later the form is a new one.
    api.later(25 * 3600 * 1000);
    press(&visitor, "https://a.example/x");
    assert_eq!(links(api).len(), 2);
}

fn two_presses_at_once_make_one_link(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let body = form(&[
        ("token", &visitor.token),
        ("once", &visitor.once),
        ("text", "https://a.example/x"),
    ]);
    let answers = api.at_once(8, |_| {
        visitor.call("POST", "/create").bytes(body.clone()).send()
    });
    assert_eq!(links(api).len(), 1);
    assert!(answers.iter().all(|answer| answer.status == 200));
}

fn a_list_sent_twice_is_made_once(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let list = "ftp://a.example\nhttps://a.example/1\nhttps://b.example/2";
    let table = |page: &str| between(page, "<tbody>", "</tbody>");
    let (_, first) = press(&visitor, list);
    let (_, second) = press(&visitor, list);
    assert_eq!(links(api).len(), 2);
    assert_eq!(table(&first), table(&second));
}

fn another_form_or_another_address_makes_another_link(api: &Api) {
    let visitor = Visitor::new(api, "en");
    press(&visitor, "https://a.example/1");
    // Whoever goes back and types something else wants something else.
    press(&visitor, "https://a.example/2");
    assert_eq!(links(api).len(), 2);
    // Another browser is not shown a manage link, whatever it sends.
    let other = Visitor::new(api, "en");
    let fields = [("once", &*visitor.once), ("text", "https://a.example/1")];
    assert_eq!(other.post("/create", &fields).status, 200);
    assert_eq!(links(api).len(), 3);
    // A form without a number is a new one each time.
    visitor.make(&[("text", "https://a.example/1")]);
    visitor.make(&[("text", "https://a.example/1")]);
    assert_eq!(links(api).len(), 5);
}

fn what_was_refused_can_be_sent_again(api: &Api) {
    let visitor = Visitor::new(api, "en");
    for n in 0..60 {
        visitor.make(&[("text", &format!("https://a.example/{n}"))]);
    }
    assert_eq!(press(&visitor, "https://a.example/x").0, 429);
    api.later(20_000);
    assert_eq!(press(&visitor, "https://a.example/x").0, 200);
    assert_eq!(links(api).len(), 61);
}

fn a_second_press_costs_no_quota(api: &Api) {
    let visitor = Visitor::new(api, "en");
    for _ in 0..100 {
        assert_eq!(press(&visitor, "https://a.example/x").0, 200);
    }
    assert_eq!(links(api).len(), 1);
    visitor.make(&[("text", "https://a.example/y")]);
}
