//! Policies: kept, and given to edges as they are.

use suo_admin::store::{Expected, LinkEdit, Patched, StoredLink};
use suo_link::{
    policy::{
        Allow, AppSet, Condition, DeviceSet, OsSet, Pair, PasswordHash, Policy, Preview, Rule,
        Weighted,
    },
    time::Timestamp,
    visitor::{Country, LanguageRange},
    wire::record::Content,
};

use super::{
    on_both,
    place::{NOW, Place, created, new, patched},
};

on_both!(
    a_policy_is_kept_and_reaches_the_record,
    a_password_alone_is_a_policy,
    an_edit_of_the_policy_is_an_edit,
    a_policy_can_be_taken_away,
);

fn full() -> Policy {
    let rule = Rule {
        when: Condition {
            app: AppSet::from_names(["wechat", "any_app"]).unwrap(),
            os: OsSet::from_names(["ios"]).unwrap(),
            device: DeviceSet::from_names(["mobile"]).unwrap(),
            language: [LanguageRange::parse("zh-cn").unwrap()].into(),
            country: [Country::parse("CN").unwrap(), Country::parse("HK").unwrap()].into(),
            query: [Pair {
                name: "k \"".into(),
                value: "值".into(),
            }]
            .into(),
            after: Some(Timestamp(1)),
            before: Some(Timestamp(1_767_323_045_678)),
        },
        targets: [Weighted {
            url: "https://b.example/?a=1&b".into(),
            weight: 7,
        }]
        .into(),
    };
    Policy {
        guide_apps: AppSet::from_names(["qq"]).unwrap(),
        allow: Allow {
            apps: AppSet::from_names(["browser", "qq"]).unwrap(),
            os: OsSet::from_names(["other", "ios"]).unwrap(),
        },
        rules: [rule].into(),
        password: password(),
        preview: Some(Preview {
            title: Some("标题".into()),
            ..Preview::default()
        }),
    }
}

fn password() -> Option<PasswordHash> {
    PasswordHash::from_phc("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA")
}

fn create(place: &Place, policy: Policy) -> StoredLink {
    let mut link = new(Some("One"), "https://a.example");
    link.fields.policy = Some(Box::new(policy));
    created(place.create_as(link))
}

/// What an edge is told of the policy.
fn told(place: &Place) -> Option<Box<Policy>> {
    match place.record("One").unwrap().content {
        Content::Redirect(link) => link.policy,
        other => panic!("{other:?}"),
    }
}

fn a_policy_is_kept_and_reaches_the_record(place: &Place) {
    let link = create(place, full());
    assert_eq!(place.link(link.id).unwrap(), Some(link.clone()));
    assert_eq!(link.fields.policy.as_deref(), Some(&full()));
    assert_eq!(told(place).as_deref(), Some(&full()));
    let changes = place.fresh_changes();
    let records = changes.iter().filter_map(|change| match change {
        suo_link::wire::changes::Change::Created { record, .. } => Some(record.clone()),
        _ => None,
    });
    // What waits in the outbox says the same as what is answered.
    for record in records {
        let record = suo_link::wire::record::Record::decode(&record).unwrap();
        assert_eq!(record.content, place.record("One").unwrap().content);
    }
    assert!(!format!("{link:?}").contains("argon2"));
}

fn a_password_alone_is_a_policy(place: &Place) {
    let only = Policy {
        password: password(),
        ..Policy::default()
    };
    let link = create(place, only.clone());
    assert_eq!(
        place
            .link(link.id)
            .unwrap()
            .unwrap()
            .fields
            .policy
            .as_deref(),
        Some(&only)
    );
    assert_eq!(told(place).as_deref(), Some(&only));
}

fn edit(place: &Place, link: &StoredLink, policy: Option<Policy>) -> Patched {
    place.edit(
        link.id,
        |fields| fields.policy = policy.clone().map(Box::new),
        None,
    )
}

fn an_edit_of_the_policy_is_an_edit(place: &Place) {
    let link = create(place, full());
    assert_eq!(patched(edit(place, &link, Some(full()))).version, 1);
    let other = Policy {
        rules: Box::default(),
        ..full()
    };
    assert_eq!(patched(edit(place, &link, Some(other.clone()))).version, 2);
    assert_eq!(told(place).as_deref(), Some(&other));
    // Whoever decides on the edit sees the policy that is there.
    let mut seen = None;
    let mut look = |link: &StoredLink| -> Option<LinkEdit> {
        seen = link.fields.policy.clone();
        None
    };
    place
        .patch_link(link.id, &Expected::Any, &mut look, NOW)
        .unwrap();
    assert_eq!(seen.as_deref(), Some(&other));
}

fn a_policy_can_be_taken_away(place: &Place) {
    let link = create(place, full());
    assert_eq!(patched(edit(place, &link, None)).fields.policy, None);
    assert_eq!(told(place), None);
}
