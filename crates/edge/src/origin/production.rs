//! Redis for speed, the admins for certainty.

use std::future;

use futures_util::{FutureExt, future::BoxFuture};
use suo_link::wire::{
    leases::{Reply, Request},
    names::LinkKey,
    visitor_keys::DayKey,
};

use super::{Answer, Origin, Unavailable, admin::Admins, redis::Redis};

/// Where links come from in production.
pub struct Production {
    redis: Redis,
    admins: Option<Admins>,
}

impl Production {
    /// Without admins, what Redis has lost stays in doubt until it is rebuilt.
    #[must_use]
    pub fn new(redis: Redis, admins: Option<Admins>) -> Self {
        Self { redis, admins }
    }
}

impl Origin for Production {
    fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.redis.look_up(key)
    }

    fn resolve<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        match &self.admins {
            Some(admins) => admins.link(key),
            None => nobody(),
        }
    }

    fn domains(&self) -> Answer<'_> {
        self.redis.domains()
    }

    fn resolve_domains(&self) -> Answer<'_> {
        match &self.admins {
            Some(admins) => admins.domains(),
            None => nobody(),
        }
    }

    fn lease<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, Unavailable>> {
        match &self.admins {
            Some(admins) => admins.lease(request).boxed(),
            None => nobody(),
        }
    }

    fn visitor_keys(&self) -> BoxFuture<'_, Result<Vec<DayKey>, Unavailable>> {
        match &self.admins {
            Some(admins) => admins.visitor_keys().boxed(),
            None => nobody(),
        }
    }

    fn answers_in_part(&self) -> bool {
        self.redis.answers_in_part()
    }
}

fn nobody<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T, Unavailable>> {
    let reason = String::from("SUO_ADMIN_INTERNAL_URL names no admin");
    future::ready(Err(Unavailable(reason))).boxed()
}
