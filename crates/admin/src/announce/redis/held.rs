//! Connections that are never replaced behind one's back: whatever was written on one of them
//! went to one and the same server process.

use std::collections::{BTreeMap, btree_map::Entry};

use redis::Connection;
use suo_link::wire::slots::{Node, SlotMap};

use super::{
    cluster::Cluster,
    line::unavailable,
    server::{Patience, connect},
    target::RedisTarget,
};
use crate::announce::AnnounceError;

/// Connections of a rebuild. A node that loses a slot meanwhile says so by an error, which
/// ends the rebuild.
pub(super) struct Held<'a> {
    target: &'a RedisTarget,
    /// `None`: there is but one server.
    slots: Option<SlotMap>,
    connections: BTreeMap<Holder, Connection>,
}

/// A node of a cluster; `None`: the one server.
pub(super) type Holder = Option<Node>;

impl<'a> Held<'a> {
    pub(super) fn new(target: &'a RedisTarget) -> Result<Self, AnnounceError> {
        let slots = match target.only() {
            Some(_) => None,
            None => Some(Cluster::new(target.clone()).learn()),
        };
        let slots = slots.transpose().map_err(|error| unavailable(&error))?;
        let mut held = Self {
            target,
            slots,
            connections: BTreeMap::new(),
        };
        if held.slots.is_none() {
            held.at(&None)?;
        }
        Ok(held)
    }

    /// The connection to whoever holds this key.
    pub(super) fn of(&mut self, key: &str) -> Result<&mut Connection, AnnounceError> {
        let holder = self.holder(key)?;
        self.at(&holder)
    }

    /// Who holds this key.
    pub(super) fn holder(&self, key: &str) -> Result<Holder, AnnounceError> {
        let Some(slots) = &self.slots else {
            return Ok(None);
        };
        let Some(node) = slots.holder(key) else {
            let reason = "Redis: no node of the cluster holds a part of the links";
            return Err(AnnounceError::Unavailable(reason.into()));
        };
        Ok(Some(node.clone()))
    }

    /// The connection to one of them.
    pub(super) fn at(&mut self, holder: &Holder) -> Result<&mut Connection, AnnounceError> {
        match self.connections.entry(holder.clone()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let client = match (holder, self.target.only()) {
                    (None, Some(only)) => Ok(only.clone()),
                    (Some(node), _) => self.target.client(node),
                    (None, None) => Err((redis::ErrorKind::Client, "no node is named").into()),
                };
                let connected = client.and_then(|client| connect(&client, Patience::USUAL));
                Ok(new.insert(connected.map_err(|error| unavailable(&error))?))
            }
        }
    }
}
