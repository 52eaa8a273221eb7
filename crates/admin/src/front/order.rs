//! What a form asks for, read by the same rules as the API; and how much of it there may be.

use std::net::IpAddr;

use serde_json::{Map, json};
use suo_link::{
    destination::{Destination, PrivateTargets},
    time::Timestamp,
};

use super::{Front, choice::Choice, save::Refusal};
use crate::{
    api::{
        links::{Reading, new_link},
        target::TargetRules,
    },
    problem::Finding,
    state::State,
    store::{LinkFields, NewLink, StoredDomain},
    time,
};

/// What all links of a form have in common.
pub(super) struct Order<'a> {
    pub(super) state: &'a State,
    pub(super) choice: &'a Choice,
    /// All domains, and the one on which the links are made.
    pub(super) domains: &'a [StoredDomain],
    pub(super) domain: &'a StoredDomain,
    pub(super) now: Timestamp,
}

impl Order<'_> {
    /// A link to this target, with what is doubtful about it.
    pub(super) fn read(&self, target: &str) -> Result<(NewLink, Vec<Finding>), Refusal> {
        let mut members = Map::new();
        members.insert("target".into(), json!(target));
        members.insert("domain".into(), json!(self.domain.domain.name.as_str()));
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
        new_link(&members, "", reading).map_err(Refusal::Wrong)
    }
}

impl Front {
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
        for host in self.limited_hosts(link) {
            let taken = self.quotas.take_host(&host, now);
            taken.map_err(|used_up| none(used_up, &host))?;
        }
        Ok(())
    }

    /// Every host once that a link leads somebody to, but for those that everybody leads to.
    fn limited_hosts(&self, link: &LinkFields) -> Vec<String> {
        let mut hosts = vec![link.target_host.clone()];
        let rules = link.policy.iter().flat_map(|policy| &policy.rules);
        for target in rules.flat_map(|rule| &rule.targets) {
            let destination = Destination::parse(&target.url, PrivateTargets::Allowed);
            hosts.extend(destination.map(|destination| destination.host().canonical().to_owned()));
        }
        hosts.sort_unstable();
        hosts.dedup();
        let opening = self.opening.as_ref();
        let is_common = |host: &String| opening.is_some_and(|it| it.common_hosts.have(host));
        hosts.retain(|host| !is_common(host));
        hosts
    }
}
