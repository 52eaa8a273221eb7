//! Makes the links of a form, by the same rules as the API.

use std::net::IpAddr;

use serde_json::{Map, json};
use suo_link::{
    destination::{Destination, PrivateTargets},
    id::DomainId,
    time::Timestamp,
};

use super::{choice::Choice, home::secret, keys, quota::UsedUp, visit::Visit};
use crate::{
    api::{
        links::{Reading, new_link},
        target::TargetRules,
    },
    problem::{Finding, Problem},
    state::State,
    store::{Creation, LinkFields, NewLink, StoredDomain, StoredLink},
    time,
};

/// A link that was made.
pub(super) struct Made {
    pub(super) link: StoredLink,
    pub(super) domain: StoredDomain,
    /// The last part of its manage address.
    pub(super) address: String,
    /// What is doubtful about it.
    pub(super) warnings: Vec<Finding>,
}

/// Why a link was not made.
pub(super) enum Refusal {
    /// The form is wrong.
    Wrong(Vec<Finding>),
    /// Too much was made already; the host that the link leads to.
    UsedUp(UsedUp, String),
    /// Its code was taken, again and again.
    Unlucky,
}

/// Why none was made.
pub(super) enum Failure {
    /// The domain that is open to the public does not exist.
    NoDomain,
    /// The database is away.
    Down,
}

impl From<Problem> for Failure {
    fn from(_: Problem) -> Self {
        Self::Down
    }
}

/// Makes one link for each target, in order.
pub(super) async fn save(
    state: &State,
    visit: &Visit,
    targets: &[&str],
    choice: &Choice,
) -> Result<Vec<Result<Made, Refusal>>, Failure> {
    let secret = secret(state).await?;
    let domains = state.ask(|store| store.domains()).await?;
    let now = state.now();
    let domain = open_domain(state, &domains).ok_or_else(|| {
        tracing::error!("SUO_PUBLIC_DOMAIN names no domain of this instance");
        Failure::NoDomain
    })?;
    let order = Order {
        state,
        visit,
        choice,
        domains: &domains,
        domain: domain.domain.id,
        now,
    };
    let read: Vec<_> = targets
        .iter()
        .map(|target| order.read(domain, target))
        .collect();
    let new: Vec<NewLink> = read.iter().flatten().map(|(new, _)| new.clone()).collect();
    let creations = state
        .ask(move |store| {
            let creations = store.create_links(&new, now, None)?;
            let made: Vec<_> = creations
                .iter()
                .filter_map(created)
                .map(|link| link.id)
                .collect();
            store.open_management(&made)?;
            Ok(creations)
        })
        .await?;
    state.relay.settled().await;
    let mut creations = creations.into_iter();
    let made = |(_, warnings)| {
        let link = creations
            .next()
            .and_then(|creation| created(&creation).cloned());
        let link = link.ok_or(Refusal::Unlucky)?;
        Ok(Made {
            address: keys::manage_address(&secret, link.id, 1),
            domain: domain.clone(),
            link,
            warnings,
        })
    };
    let mut made = made;
    Ok(read
        .into_iter()
        .map(|read| read.and_then(&mut made))
        .collect())
}

/// The domain on which the public makes links.
fn open_domain<'a>(state: &State, domains: &'a [StoredDomain]) -> Option<&'a StoredDomain> {
    let opening = state.front.opening.as_ref()?;
    domains.iter().find(|known| match &opening.domain {
        Some(name) => known.domain.name == *name,
        None => known.domain.is_default,
    })
}

fn created(creation: &Creation) -> Option<&StoredLink> {
    match creation {
        Creation::Created(link) | Creation::Existing(link) => Some(link),
        Creation::CodeTaken => None,
    }
}

/// What all links of a form have in common.
struct Order<'a> {
    state: &'a State,
    visit: &'a Visit,
    choice: &'a Choice,
    domains: &'a [StoredDomain],
    domain: DomainId,
    now: Timestamp,
}

impl Order<'_> {
    fn read(
        &self,
        domain: &StoredDomain,
        target: &str,
    ) -> Result<(NewLink, Vec<Finding>), Refusal> {
        let mut members = Map::new();
        members.insert("target".into(), json!(target));
        members.insert("domain".into(), json!(domain.domain.name.as_str()));
        if let Some(end) = self.state.front.first_end(self.now) {
            members.insert("expires_at".into(), json!(time::to_text(end)));
        }
        self.choice.write(&mut members);
        let reading = Reading {
            rules: TargetRules {
                private: self.state.private_targets,
                domains: self.domains,
            },
            password: None,
            now: self.now,
        };
        let read = new_link(&members, "", reading).map_err(Refusal::Wrong)?;
        debug_assert_eq!(read.0.domain, self.domain);
        let front = &self.state.front;
        front.take(self.visit.address, &read.0.fields, self.now)?;
        Ok(read)
    }
}

impl super::Front {
    /// One more link of this address, to all hosts that it may lead to.
    pub(super) fn take(
        &self,
        address: IpAddr,
        link: &LinkFields,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let none = |used_up, host: &str| Refusal::UsedUp(used_up, host.to_owned());
        let address = self.quotas.take_address(address, now);
        address.map_err(|used_up| none(used_up, ""))?;
        for host in hosts(link) {
            let taken = self.quotas.take_host(&host, now);
            taken.map_err(|used_up| none(used_up, &host))?;
        }
        Ok(())
    }
}

/// Every host once that a link leads somebody to.
fn hosts(link: &LinkFields) -> Vec<String> {
    let mut hosts = vec![link.target_host.clone()];
    let rules = link.policy.iter().flat_map(|policy| &policy.rules);
    for target in rules.flat_map(|rule| &rule.targets) {
        let destination = Destination::parse(&target.url, PrivateTargets::Allowed);
        hosts.extend(destination.map(|destination| destination.host().canonical().to_owned()));
    }
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}
