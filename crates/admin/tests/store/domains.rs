//! Domains, and the one record that edges have of them.

use suo_admin::store::{
    DefaultDomain, DomainAdded, DomainEdit, DomainPatched, Expected, NewDomain, StoredDomain,
};
use suo_link::{
    domain::{DomainName, Scheme, ShortUrl},
    id::DomainId,
    wire::{
        changes::Change,
        record::{Content, Record},
        sighting::Question,
    },
};

use super::{
    on_both,
    place::{DOMAIN, NOW, Place, created, new},
};

on_both!(
    the_default_domain_is_made_once,
    another_short_url_adds_a_domain_and_keeps_the_default,
    a_name_is_given_once,
    settings_change_and_reach_the_record,
    the_case_rule_stays_after_the_first_link,
    where_cases_differ_so_do_codes,
    the_first_link_and_the_case_rule_take_turns,
);

fn named(name: &str) -> NewDomain {
    NewDomain {
        name: DomainName::parse(name, Scheme::Https).unwrap(),
        scheme: Scheme::Https,
        case_sensitive: false,
        root_target: None,
        not_found_target: None,
    }
}

fn add(place: &Place, name: &str) -> StoredDomain {
    match place.add_domain(&named(name), NOW).unwrap() {
        DomainAdded::Added(stored) => stored,
        DomainAdded::Taken => panic!("{name} is taken"),
    }
}

fn names_in(record: &[u8]) -> Vec<String> {
    match Record::decode(record).unwrap().content {
        Content::Domains(instance) => instance
            .domains
            .iter()
            .map(|domain| domain.name.as_str().to_owned())
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn the_default_domain_is_made_once(place: &Place) {
    let changes = place.fresh_changes();
    assert!(
        matches!(&changes[..], [Change::Domains { record }] if names_in(record) == ["s.example.com"])
    );
    let url = ShortUrl::parse("https://s.example.com").unwrap();
    assert_eq!(
        place.ensure_default_domain(&url, NOW).unwrap(),
        DefaultDomain::Known
    );
    let domains = place.domains().unwrap();
    assert_eq!(domains.len(), 1);
    assert!(domains[0].domain.is_default && domains[0].domain.id == DOMAIN);
    assert_eq!(domains[0].short_url("Abc"), "https://s.example.com/Abc");
    assert_eq!(place.fresh_changes(), []);
}

fn another_short_url_adds_a_domain_and_keeps_the_default(place: &Place) {
    let url = ShortUrl::parse("http://127.0.0.1:8000").unwrap();
    assert_eq!(
        place.ensure_default_domain(&url, NOW).unwrap(),
        DefaultDomain::Added
    );
    assert_eq!(
        place.ensure_default_domain(&url, NOW).unwrap(),
        DefaultDomain::Known
    );
    let domains = place.domains().unwrap();
    assert_eq!(domains[1].short_url("x"), "http://127.0.0.1:8000/x");
    assert!(domains[0].domain.is_default && !domains[1].domain.is_default);
}

fn a_name_is_given_once(place: &Place) {
    add(place, "t.example.com");
    assert_eq!(
        place.add_domain(&named("T.example.com"), NOW).unwrap(),
        DomainAdded::Taken
    );
    let outcomes = place.at_once(4, |_, store| {
        store.add_domain(&named("race.example.com"), NOW).unwrap()
    });
    let added = |outcome: &&DomainAdded| matches!(outcome, DomainAdded::Added(_));
    assert_eq!(outcomes.iter().filter(added).count(), 1);
}

fn settings_change_and_reach_the_record(place: &Place) {
    place.fresh_changes();
    let before = place.answer(&Question::Domains).unwrap();
    let edit = DomainEdit {
        root_target: Some(Some("https://home.example".into())),
        ..DomainEdit::default()
    };
    let other = Expected::OneOf(vec![9]);
    assert_eq!(
        place.patch_domain(DOMAIN, &other, &edit, NOW).unwrap(),
        DomainPatched::OtherVersion
    );
    let done = place.patch_domain(DOMAIN, &Expected::OneOf(vec![1]), &edit, NOW);
    let DomainPatched::Done(stored) = done.unwrap() else {
        panic!("refused")
    };
    assert_eq!(stored.version, 2);
    let after = place.answer(&Question::Domains).unwrap();
    let rev = |record: &Option<Vec<u8>>| Record::decode(record.as_ref().unwrap()).unwrap().rev;
    assert!(rev(&after.records[0]) > rev(&before.records[0]));
    assert_eq!(place.fresh_changes().len(), 1);
    let again = place
        .patch_domain(DOMAIN, &Expected::Any, &edit, NOW)
        .unwrap();
    assert_eq!(again, DomainPatched::Done(stored));
    assert_eq!(place.fresh_changes(), []);
    assert_eq!(
        place
            .patch_domain(DomainId(77), &Expected::Any, &edit, NOW)
            .unwrap(),
        DomainPatched::NotFound
    );
}

fn the_case_rule_stays_after_the_first_link(place: &Place) {
    let cases = |case_sensitive| DomainEdit {
        case_sensitive: Some(case_sensitive),
        ..DomainEdit::default()
    };
    let patch = |edit: &DomainEdit| {
        place
            .patch_domain(DOMAIN, &Expected::Any, edit, NOW)
            .unwrap()
    };
    assert!(matches!(patch(&cases(true)), DomainPatched::Done(_)));
    let link = place.create("One", "https://a.example");
    assert_eq!(patch(&cases(false)), DomainPatched::HadLinks);
    assert!(matches!(patch(&cases(true)), DomainPatched::Done(_)));
    place.delete_link(link.id, &Expected::Any, NOW).unwrap();
    assert_eq!(patch(&cases(false)), DomainPatched::HadLinks);
}

fn where_cases_differ_so_do_codes(place: &Place) {
    let new_domain = NewDomain {
        case_sensitive: true,
        ..named("t.example.com")
    };
    let DomainAdded::Added(stored) = place.add_domain(&new_domain, NOW).unwrap() else {
        panic!("taken")
    };
    for code in ["ab", "AB"] {
        let mut link = new(Some(code), "https://a.example");
        link.domain = stored.domain.id;
        created(place.create_as(link));
    }
}

/// Either the link comes first and the rule stays, or the link's code follows the new rule.
fn the_first_link_and_the_case_rule_take_turns(place: &Place) {
    for number in 0..10 {
        let stored = add(place, &format!("d{number}.example.com"));
        let id = stored.domain.id;
        place.at_once(2, |thread, store| {
            if thread == 0 {
                let edit = DomainEdit {
                    case_sensitive: Some(true),
                    ..DomainEdit::default()
                };
                store.patch_domain(id, &Expected::Any, &edit, NOW).unwrap();
            } else {
                let mut link = new(Some("Code"), "https://a.example");
                link.domain = id;
                store.create_links(&[link], NOW, None).unwrap();
            }
        });
        let domains = place.domains().unwrap();
        let is_sensitive = domains
            .iter()
            .find(|stored| stored.domain.id == id)
            .unwrap();
        let code = suo_link::code::Code::parse("Code").unwrap();
        let key = suo_link::wire::names::LinkKey {
            domain: id,
            code: code.key(is_sensitive.domain.case_sensitive),
        };
        assert_eq!(place.known(&[key]).unwrap(), [true]);
    }
}
