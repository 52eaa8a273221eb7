//! The projection: what Redis holds.

mod address;
mod cluster;
mod pool;

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use redis::{Cmd, FromRedisValue};
use suo_link::{
    rev::Position,
    wire::{
        names::{Bucket, LinkKey, Names},
        sighting::Sighting,
    },
};
use tokio::runtime::Handle;

pub use self::address::{Address, BadAddress};
use self::{address::Place, cluster::Cluster, pool::Pool};
use super::{Answer, Unavailable};

/// How long an attempt to connect may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// Asks Redis over pooled connections.
#[derive(Clone)]
pub struct Redis {
    servers: Servers,
    names: Names,
}

#[derive(Clone)]
enum Servers {
    One(Pool),
    Cluster(Arc<Cluster>),
}

impl Redis {
    /// Connects when it is first asked. The pool's upkeep runs on `background`.
    #[must_use]
    pub fn new(address: &Address, names: Names, background: &Handle) -> Self {
        let _context = background.enter();
        let servers = match &address.0 {
            Place::One(server) => Servers::One(Pool::new(server)),
            Place::Cluster(cluster) => {
                background.spawn(Arc::clone(cluster).follow());
                Servers::Cluster(Arc::clone(cluster))
            }
        };
        Self { servers, names }
    }

    /// Another Redis than the one with the changes, for something else.
    #[must_use]
    pub fn beside(address: &Address, names: Names, background: &Handle) -> Self {
        // Nothing here hears of changes, on which belief in a cluster rests otherwise.
        address.stream_answers(true);
        Self::new(address, names, background)
    }

    /// What is held about a code: marker and record in one MGET.
    pub(crate) fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.see(key.bucket(), self.names.record(key)).boxed()
    }

    /// What is held about the domains.
    pub(crate) fn domains(&self) -> Answer<'_> {
        self.see(Bucket::DOMAINS, self.names.domains()).boxed()
    }

    /// Whether some nodes of a cluster answer, though others may not.
    pub(crate) fn answers_in_part(&self) -> bool {
        match &self.servers {
            Servers::One(_) => false,
            Servers::Cluster(cluster) => cluster.answers_in_part(),
        }
    }

    /// Runs a command where its keys are.
    pub(crate) async fn ask<T: FromRedisValue>(
        &self,
        key: &str,
        command: &Cmd,
    ) -> Result<T, Unavailable> {
        match &self.servers {
            Servers::One(pool) => Ok(pool.ask(command).await?),
            Servers::Cluster(cluster) => cluster.ask(key, command).await,
        }
    }

    async fn see(&self, bucket: Bucket, record: String) -> Result<Sighting, Unavailable> {
        let marker = self.names.marker(bucket);
        let mut mget = redis::cmd("MGET");
        mget.arg(&marker).arg(record);
        let (marker, record): MarkerAndRecord = self.ask(&marker, &mget).await?;
        Ok(Sighting {
            marker: marker.and_then(position),
            record,
        })
    }
}

type MarkerAndRecord = (Option<Vec<u8>>, Option<Vec<u8>>);

/// A marker that can't be read is none.
fn position(marker: Vec<u8>) -> Option<Position> {
    std::str::from_utf8(&marker).ok()?.parse().ok()
}
