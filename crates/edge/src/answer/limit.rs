//! Links that people may follow only so often.

use std::num::NonZeroU64;

use suo_link::{link::Link, policy::Decision, visitor::Visitor, wire::clicks::Class};

use super::{Edge, Head, Reply, Visit, record};
use crate::{leases::Pass, page::Notice};

impl Edge {
    /// The answer of a link with a limit. Who follows it takes a unit; whoever gets something else
    /// of it, and every program, must still be told if it is used up.
    pub(super) async fn within_limit(
        &self,
        visit: Visit<'_>,
        link: &Link,
        most: NonZeroU64,
        mut visitor: Visitor<'_>,
    ) -> Reply {
        let decision = self.decide(visit, link, &visitor, visit.now);
        let pass = match decision {
            Decision::Banned | Decision::Paused | Decision::NotStarted | Decision::Expired => {
                return self.decided(visit, link, &visitor, &decision);
            }
            Decision::Redirect(_) if self.is_person_who_follows(visit.head) => {
                self.take(link, most).await
            }
            _ => self.look(link, most).await,
        };
        let refused = match pass {
            Pass::Open(lease) => {
                let reply = self.decided(visit, link, &visitor, &decision);
                return reply.paid_by(lease);
            }
            Pass::UsedUp => {
                visitor.used_up = true;
                let decision = self.decide(visit, link, &visitor, visit.now);
                let reply = self.decided(visit, link, &visitor, &decision);
                return reply.instead_of_used_up();
            }
            Pass::Elsewhere => Notice::Waits,
            Pass::Unknown => Notice::InDoubt,
        };
        self.notice(visit.head, refused)
    }

    /// What people see of the link before they follow it, or that it is used up.
    pub(super) async fn preview_within_limit(
        &self,
        visit: Visit<'_>,
        link: &Link,
        mut visitor: Visitor<'_>,
    ) -> Reply {
        match self.used_up(visit, link).await {
            Ok(is_used_up) => visitor.used_up = is_used_up,
            Err(reply) => return reply,
        }
        self.preview(visit, link, &visitor)
    }

    /// Whether the link is used up; the answer if nobody can say.
    pub(super) async fn used_up(&self, visit: Visit<'_>, link: &Link) -> Result<bool, Reply> {
        let Some(most) = link.limit(visit.now) else {
            return Ok(false);
        };
        match self.look(link, most).await {
            Pass::Open(_) => Ok(false),
            Pass::UsedUp => Ok(true),
            Pass::Elsewhere => Err(self.notice(visit.head, Notice::Waits)),
            Pass::Unknown => Err(self.notice(visit.head, Notice::InDoubt)),
        }
    }

    /// The same where nothing is given away if nobody can say.
    pub(super) async fn is_known_to_be_used_up(&self, visit: Visit<'_>, link: &Link) -> bool {
        match link.limit(visit.now) {
            Some(most) => self.look(link, most).await == Pass::UsedUp,
            None => false,
        }
    }

    async fn take(&self, link: &Link, most: NonZeroU64) -> Pass {
        let has_room = || {
            let recorder = self.recorder.as_ref();
            recorder.is_some_and(|recorder| recorder.borrow_mut().lease())
        };
        match &self.leases {
            Some(leases) => leases.take(link.id, most, has_room).await,
            None => Pass::Unknown,
        }
    }

    async fn look(&self, link: &Link, most: NonZeroU64) -> Pass {
        match &self.leases {
            Some(leases) => leases.look(link.id, most).await,
            None => Pass::Unknown,
        }
    }

    fn is_person_who_follows(&self, head: Head<'_>) -> bool {
        let (platform, _) = self.recognised(head);
        !head.is_head && record::class(head.signs, platform.bot_kind) == Class::Human
    }
}
