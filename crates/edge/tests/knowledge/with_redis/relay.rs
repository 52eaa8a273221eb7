//! Writes to Redis what the admin's relay writes, in the same order.

use redis::{Client, Connection};
use suo_link::{
    rev::Position,
    wire::{
        changes::{Change, Changes, Notice},
        names::{Bucket, Names},
    },
};

use crate::knowledge::words::{created, edited, notice, position, record, tombstone};

pub(super) struct Relay {
    line: Connection,
    names: Names,
    pub(super) at: Position,
    numbered: u64,
}

impl Relay {
    pub(super) fn new(url: &str, names: Names) -> Self {
        Self {
            line: Client::open(url).unwrap().get_connection().unwrap(),
            names,
            at: position(1, 0),
            numbered: 0,
        }
    }

    /// Gives every bucket its marker: the projection is complete.
    pub(super) fn seal(&mut self) {
        for bucket in Bucket::all() {
            self.set(&self.names.marker(bucket), self.at.to_string().as_bytes());
        }
    }

    pub(super) fn create(&mut self, code: &str, target: &str) {
        let record = record(self.next_number(), target);
        self.project(&edited(code, record));
        self.announce(&created(code));
    }

    pub(super) fn edit(&mut self, code: &str, target: &str) {
        let change = edited(code, record(self.next_number(), target));
        self.project(&change);
        self.announce(&change);
    }

    pub(super) fn delete(&mut self, code: &str) {
        let change = edited(code, tombstone(self.next_number()));
        self.project(&change);
        self.announce(&change);
    }

    pub(super) fn name_domain(&mut self, name: &str) {
        let record = crate::knowledge::words::domains(self.next_number(), name);
        let change = Change::Domains { record };
        self.project(&change);
        self.announce(&change);
    }

    /// The record and its bucket's marker; nobody is told.
    pub(super) fn project(&mut self, change: &Change) {
        self.at.seq += 1;
        let name = match change {
            Change::Created { key, .. } | Change::Edited { key, .. } => self.names.record(key),
            Change::Domains { .. } => self.names.domains(),
        };
        self.set(&name, change.record());
        let marker = self.names.marker(change.bucket());
        self.set(&marker, self.at.to_string().as_bytes());
    }

    fn announce(&mut self, change: &Change) {
        let notice = self.enter(change);
        self.publish(&notice);
    }

    /// As if the bucket of the domains had lost writes.
    pub(super) fn unseal_domains(&mut self) {
        let mut command = redis::cmd("DEL");
        let marker = self.names.marker(Bucket::DOMAINS);
        self.run(command.arg(marker));
    }

    /// A message that says nothing stands in the stream for the last one, which is lost.
    pub(super) fn enter_nothing(&mut self) -> Notice {
        let nothing = Notice {
            position: self.at,
            changes: Changes::default(),
        };
        self.enter_bytes(&nothing.encode());
        nothing
    }

    /// Into the stream alone, as if the published message got lost.
    pub(super) fn enter(&mut self, change: &Change) -> Notice {
        let notice = notice(self.at, change.clone());
        self.enter_bytes(&notice.encode());
        notice
    }

    pub(super) fn enter_bytes(&mut self, bytes: &[u8]) {
        let mut command = redis::cmd("XADD");
        command.arg(self.names.stream()).arg(self.at.to_string());
        self.run(command.arg("n").arg(bytes));
    }

    pub(super) fn publish(&mut self, notice: &Notice) {
        let mut command = redis::cmd("PUBLISH");
        command.arg(self.names.channel()).arg(notice.encode());
        self.run(&command);
    }

    /// Leaves nothing in the stream but its last entry.
    pub(super) fn trim(&mut self) {
        let mut command = redis::cmd("XTRIM");
        self.run(command.arg(self.names.stream()).arg("MAXLEN").arg(1));
    }

    pub(super) fn next_number(&mut self) -> u64 {
        self.numbered += 1;
        self.numbered
    }

    fn set(&mut self, name: &str, value: &[u8]) {
        let mut command = redis::cmd("SET");
        self.run(command.arg(name).arg(value));
    }

    fn run(&mut self, command: &redis::Cmd) {
        let _: redis::Value = command.query(&mut self.line).unwrap();
    }
}
