//! Root files of domains and the instance's secret: what edges get of them.

use suo_admin::store::{Expected, FileDeleted, FilePut, StoredDomain};
use suo_link::{
    domain::files::{MAX_FILES, RootFile},
    id::DomainId,
    instance::Instance,
    wire::{
        changes::Change,
        record::{Content, Record},
        sighting::Question,
    },
};

use super::{
    on_both,
    place::{DOMAIN, NOW, Place},
};

on_both!(
    files_reach_the_record_of_the_domains,
    a_file_that_is_the_same_is_no_change,
    a_domain_has_a_bounded_number_of_files,
    a_file_belongs_to_one_domain_and_one_version,
    the_secret_is_made_once_and_stays,
);

fn file(path: &str, body: &str) -> RootFile {
    RootFile {
        path: path.into(),
        body: body.as_bytes().into(),
    }
}

fn put(place: &Place, path: &str, body: &str) -> StoredDomain {
    let file = file(path, body);
    match place
        .put_file(DOMAIN, &Expected::Any, &file, NOW.plus(5))
        .unwrap()
    {
        FilePut::Created(stored) | FilePut::Replaced(stored) => stored,
        other => panic!("{other:?}"),
    }
}

fn told(place: &Place) -> Instance {
    let mut answer = place.answer(&Question::Domains).unwrap();
    instance(&answer.records.pop().unwrap().unwrap())
}

fn instance(record: &[u8]) -> Instance {
    match Record::decode(record).unwrap().content {
        Content::Domains(instance) => instance,
        other => panic!("{other:?}"),
    }
}

fn files_reach_the_record_of_the_domains(place: &Place) {
    place.fresh_changes();
    put(place, "b.txt", "二");
    put(place, ".well-known/a", "1");
    let expected = [file(".well-known/a", "1"), file("b.txt", "二")];
    assert_eq!(told(place).domains[0].files, expected);
    let changes = place.fresh_changes();
    let [Change::Domains { .. }, Change::Domains { record }] = &changes[..] else {
        panic!("{changes:?}")
    };
    assert_eq!(instance(record), told(place));
    let deleted = place.delete_file(DOMAIN, &Expected::Any, "b.txt", NOW);
    assert_eq!(deleted.unwrap(), FileDeleted::Done);
    assert_eq!(told(place).domains[0].files, expected[..1]);
    assert_eq!(place.fresh_changes().len(), 1);
    let listed = place.files().unwrap();
    assert_eq!((&*listed[0].path, listed[0].size), (".well-known/a", 1));
}

fn a_file_that_is_the_same_is_no_change(place: &Place) {
    assert_eq!(put(place, "a.txt", "1").version, 2);
    place.fresh_changes();
    assert_eq!(put(place, "a.txt", "1").version, 2);
    assert_eq!(place.fresh_changes(), []);
    assert_eq!(put(place, "a.txt", "2").version, 3);
}

fn a_domain_has_a_bounded_number_of_files(place: &Place) {
    let outcomes = place.at_once(MAX_FILES + 4, |thread, store| {
        let file = file(&format!("{thread}.txt"), "x");
        store.put_file(DOMAIN, &Expected::Any, &file, NOW).unwrap()
    });
    let refused = outcomes
        .iter()
        .filter(|outcome| **outcome == FilePut::TooMany);
    assert_eq!(refused.count(), 4);
    assert_eq!(told(place).domains[0].files.len(), MAX_FILES);
}

fn a_file_belongs_to_one_domain_and_one_version(place: &Place) {
    put(place, "a.txt", "1");
    let other = Expected::OneOf(vec![1]);
    let again = place.put_file(DOMAIN, &other, &file("a.txt", "2"), NOW);
    assert_eq!(again.unwrap(), FilePut::OtherVersion);
    let deleted = |id, expected, path| place.delete_file(id, expected, path, NOW).unwrap();
    assert_eq!(deleted(DOMAIN, &other, "a.txt"), FileDeleted::OtherVersion);
    assert_eq!(
        deleted(DomainId(9), &Expected::Any, "a.txt"),
        FileDeleted::NotFound
    );
    assert_eq!(
        deleted(DOMAIN, &Expected::Any, "b.txt"),
        FileDeleted::NotFound
    );
    let unknown = place.put_file(DomainId(9), &Expected::Any, &file("a.txt", "2"), NOW);
    assert_eq!(unknown.unwrap(), FilePut::NotFound);
}

fn the_secret_is_made_once_and_stays(place: &Place) {
    let secret = place.secret().unwrap();
    assert_ne!(secret.as_bytes(), &[0; 32]);
    place.at_once(4, |_, store| store.migrate().unwrap());
    put(place, "a.txt", "1");
    assert_eq!(place.secret().unwrap(), secret);
    assert_eq!(told(place).secret, secret);
}

#[cfg(all(feature = "postgres", feature = "sqlite"))]
#[test]
fn every_instance_has_a_secret_of_its_own() {
    use suo_admin::random;
    let places = [
        Place::sqlite_with(random::system),
        Place::sqlite_with(random::system),
        Place::postgres_with(random::system),
        Place::postgres_with(random::system),
    ];
    let mut secrets: Vec<_> = places
        .iter()
        .map(|place| *place.secret().unwrap().as_bytes())
        .collect();
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!(secrets.len(), places.len());
}
