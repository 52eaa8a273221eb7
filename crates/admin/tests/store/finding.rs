//! Pages of links: newest first, narrowed by everything that is given.

use suo_admin::store::{Filter, NewDomain, StoredLink};
use suo_link::{
    domain::{DomainName, Scheme},
    link::Status,
};

use super::{
    on_both,
    place::{DOMAIN, NOW, Place, created, new, patched},
};

on_both!(
    pages_go_through_all_links_once,
    links_are_found_by_code_and_alias,
    links_are_found_by_domain_status_and_tag,
    text_is_found_from_two_characters,
    chinese_text_is_found,
    what_was_edited_away_is_not_found,
    codes_are_found_by_their_beginning,
    targets_are_found_by_host,
    found_links_come_in_pages,
);

fn everything() -> Filter {
    Filter {
        before: None,
        limit: 100,
        domain: None,
        status: None,
        tag: None,
        code: None,
        search: None,
    }
}

fn codes(place: &Place, filter: &Filter) -> Vec<String> {
    let page = place.links(filter).unwrap();
    page.links.into_iter().map(|link| link.code).collect()
}

fn found(place: &Place, text: &str) -> Vec<String> {
    let search = Some(text.to_owned());
    codes(
        place,
        &Filter {
            search,
            ..everything()
        },
    )
}

fn titled(place: &Place, code: &str, title: &str) -> StoredLink {
    let mut link = new(Some(code), "https://a.example");
    link.fields.title = Some(title.into());
    created(place.create_as(link))
}

fn walk(place: &Place, filter: &Filter) -> Vec<StoredLink> {
    let mut filter = filter.clone();
    let mut links = Vec::new();
    loop {
        let page = place.links(&filter).unwrap();
        assert!(page.links.len() <= filter.limit);
        links.extend(page.links);
        match page.next {
            None => return links,
            next => filter.before = next,
        }
    }
}

fn pages_go_through_all_links_once(place: &Place) {
    let made: Vec<_> = (0..25)
        .map(|number| place.create(&format!("n{number}"), "https://a.example").id)
        .collect();
    for limit in [1, 7, 25, 100] {
        let filter = Filter {
            limit,
            ..everything()
        };
        let ids: Vec<_> = walk(place, &filter).iter().map(|link| link.id).collect();
        assert!(ids.iter().eq(made.iter().rev()), "pages of {limit}");
    }
}

fn links_are_found_by_code_and_alias(place: &Place) {
    let link = place.create("First", "https://a.example");
    patched(place.edit(link.id, |_| {}, Some("second")));
    place.create("firstborn", "https://a.example");
    for code in ["FIRST", "second"] {
        let filter = Filter {
            code: Some(code.into()),
            ..everything()
        };
        assert_eq!(codes(place, &filter), ["second"]);
    }
    let filter = Filter {
        code: Some("no code/é".into()),
        ..everything()
    };
    assert!(codes(place, &filter).is_empty());
}

fn links_are_found_by_domain_status_and_tag(place: &Place) {
    place.create("plain", "https://a.example");
    let mut link = new(Some("special"), "https://a.example");
    link.fields.status = Status::Banned;
    link.fields.tags = vec!["red".into(), "blue".into()];
    created(place.create_as(link));
    let tag = Some("red".to_owned());
    let filters = [
        Filter {
            status: Some(Status::Banned),
            ..everything()
        },
        Filter {
            tag: tag.clone(),
            ..everything()
        },
        Filter {
            tag,
            status: Some(Status::Banned),
            domain: Some(DOMAIN),
            ..everything()
        },
    ];
    for filter in filters {
        assert_eq!(codes(place, &filter), ["special"], "{filter:?}");
    }
    let active = Filter {
        status: Some(Status::Active),
        ..everything()
    };
    assert_eq!(codes(place, &active), ["plain"]);
    let other = NewDomain {
        name: DomainName::parse("t.example.com", Scheme::Https).unwrap(),
        scheme: Scheme::Https,
        case_sensitive: false,
        root_target: None,
        not_found_target: None,
    };
    place.add_domain(&other, NOW).unwrap();
    let elsewhere = Filter {
        domain: Some(suo_link::id::DomainId(2)),
        ..everything()
    };
    assert!(codes(place, &elsewhere).is_empty());
}

fn text_is_found_from_two_characters(place: &Place) {
    titled(place, "aaa", "Spring Sale 2027");
    let mut link = new(Some("bbb"), "https://a.example");
    link.fields.note = Some("the SPRINGboard".into());
    link.fields.tags = vec!["Ünïcode".into()];
    created(place.create_as(link));
    assert_eq!(found(place, "spring"), ["bbb", "aaa"]);
    assert_eq!(found(place, "g s"), ["aaa"]);
    assert_eq!(found(place, "27"), ["aaa"]);
    assert_eq!(found(place, "üNÏ"), ["bbb"]);
    // All pairs are there, but not in this order.
    assert!(found(place, "spring 2027").is_empty());
    assert!(found(place, "springs").is_empty());
}

fn chinese_text_is_found(place: &Place) {
    titled(place, "aaa", "双十一大促销");
    titled(place, "bbb", "大十一");
    assert_eq!(found(place, "十一"), ["bbb", "aaa"]);
    assert_eq!(found(place, "促销"), ["aaa"]);
    assert_eq!(found(place, "双十一大"), ["aaa"]);
    assert!(found(place, "一十").is_empty());
}

fn what_was_edited_away_is_not_found(place: &Place) {
    let link = titled(place, "aaa", "before");
    patched(place.edit(link.id, |fields| fields.title = Some("after".into()), None));
    assert!(found(place, "before").is_empty());
    assert_eq!(found(place, "after"), ["aaa"]);
}

fn codes_are_found_by_their_beginning(place: &Place) {
    let link = place.create("Kettle", "https://a.example");
    patched(place.edit(link.id, |_| {}, Some("pot")));
    place.create("kestrel", "https://a.example");
    assert_eq!(found(place, "ke"), ["kestrel", "pot"]);
    assert_eq!(found(place, "KET"), ["pot"]);
    assert_eq!(found(place, "p"), ["pot"]);
    assert!(found(place, "ettle").is_empty());
}

fn targets_are_found_by_host(place: &Place) {
    place.create("aaa", "https://shop.example/x");
    place.create("bbb", "https://www.shop.example/y");
    place.create("ccc", "https://workshop.example/z");
    assert_eq!(found(place, "shop.example"), ["bbb", "aaa"]);
    assert_eq!(found(place, "https://WWW.shop.example/other"), ["bbb"]);
    assert!(found(place, "hop.example").is_empty());
}

fn found_links_come_in_pages(place: &Place) {
    for number in 0..30 {
        titled(place, &format!("t{number}"), "many of them");
        titled(place, &format!("u{number}"), "others");
    }
    let filter = Filter {
        limit: 4,
        search: Some("many".into()),
        ..everything()
    };
    let links = walk(place, &filter);
    assert_eq!(links.len(), 30);
    assert!(links.iter().all(|link| link.code.starts_with('t')));
    assert!(links.is_sorted_by(|a, b| a.id > b.id));
}
