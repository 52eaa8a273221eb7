//! What a cached link takes in memory.

use suo_link::policy::{Policy, Rule};

use super::CachedLink;

/// What a cached link takes beside the cache's own entry.
pub(super) fn of(link: &CachedLink) -> usize {
    let expired_target = link.expired_target.as_deref().unwrap_or("");
    let policy = link.policy.as_deref().map_or(0, policy_bytes);
    size_of::<CachedLink>() + link.target.len() + expired_target.len() + policy
}

/// What a policy takes, with everything that hangs on it.
fn policy_bytes(policy: &Policy) -> usize {
    let text = |text: &Option<Box<str>>| text.as_deref().map_or(0, str::len);
    let preview = policy.preview.as_ref().map_or(0, |preview| {
        text(&preview.title) + text(&preview.description) + text(&preview.image)
    });
    let password = policy.password.as_ref();
    let password = password.map_or(0, |hash| hash.as_phc().len());
    let rules = policy.rules.iter().map(rule_bytes);
    size_of::<Policy>() + preview + password + rules.sum::<usize>()
}

fn rule_bytes(rule: &Rule) -> usize {
    let when = &rule.when;
    let targets = rule.targets.iter().map(|target| target.url.len());
    let languages = when.language.iter().map(|language| language.as_str().len());
    let pairs = when
        .query
        .iter()
        .map(|pair| pair.name.len() + pair.value.len());
    let texts = targets.chain(languages).chain(pairs);
    size_of::<Rule>()
        + size_of_val(&*rule.targets)
        + size_of_val(&*when.language)
        + size_of_val(&*when.country)
        + size_of_val(&*when.query)
        + texts.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use suo_link::policy::{Condition, PasswordHash, Policy, Preview, Rule, Weighted};

    use super::policy_bytes;

    #[test]
    fn every_text_of_a_policy_counts() {
        let nothing = policy_bytes(&Policy::default());
        let text = || Some("x".repeat(100).into());
        let hash = PasswordHash::from_phc(&format!("$argon2id${}", "x".repeat(90)));
        let rule = Rule {
            when: Condition::default(),
            targets: [Weighted {
                url: "x".repeat(100).into(),
                weight: 1,
            }]
            .into(),
        };
        let full = Policy {
            rules: [rule].into(),
            password: hash,
            preview: Some(Preview {
                title: text(),
                description: text(),
                image: text(),
            }),
            ..Policy::default()
        };
        let fixed = size_of::<Rule>() + size_of::<Weighted>();
        assert_eq!(policy_bytes(&full), nothing + 500 + fixed);
    }
}
