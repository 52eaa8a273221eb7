//! What is known, and how it changes: by sightings that are believed, and by notices.

use std::sync::Arc;

use suo_link::{
    link::Link,
    rev::{Position, Rev},
    wire::{
        WireError,
        changes::{Change, Notice},
        names::{Bucket, LinkKey},
        record::{Content, Record},
        sighting::Sighting,
    },
};

use crate::{
    asking::Learned,
    cache::{Cache, CachedLink, KeyBytes, Remembered},
    counters::Counters,
    domains::Register,
    found::Found,
    hearing::{Freshness, Hearing, Moment, Weight},
};

/// Everything that this edge knows.
pub(crate) struct Knowledge {
    pub(crate) cache: Cache,
    pub(crate) domains: Register,
    pub(crate) hearing: Hearing,
    pub(crate) counters: Arc<Counters>,
}

impl Knowledge {
    /// What is remembered, if it may be served without asking.
    pub(crate) fn good(&self, key: &KeyBytes) -> Option<Remembered> {
        let remembered = self.cache.remembered(key)?;
        self.hearing
            .is_good(remembered.freshness())
            .then_some(remembered)
    }

    /// Takes in what was seen about a link by somebody who began to look at `moment`.
    pub(crate) fn learn_link(
        &self,
        key: &LinkKey,
        sighting: &Sighting,
        moment: Moment,
    ) -> Learned<Found> {
        let bytes = KeyBytes::of(key);
        let freshness = Freshness::as_of(self.hearing.answered(moment));
        let is_believed = || self.believes(key.bucket(), sighting.marker);
        let learned = match self.read(key.bucket(), sighting) {
            Ok(Reading::Redirect(rev, link)) => {
                let link = CachedLink {
                    link,
                    rev,
                    freshness,
                };
                self.cache.put_link(&bytes, link, is_believed)
            }
            Ok(Reading::Absent(rev)) => self.cache.put_absence(&bytes, rev, freshness, is_believed),
            Ok(Reading::Unknown) => {
                self.cache.forget(&bytes);
                return Learned::Known(Found::InDoubt);
            }
            Ok(Reading::Domains(..)) => return Learned::Doubtful,
            Err(unusable) => return unusable.into(),
        };
        learned.map_or(Learned::Behind, |remembered| {
            Learned::Known(remembered.into())
        })
    }

    /// Takes in what was seen about the domains by somebody who began to look at `moment`.
    pub(crate) fn learn_domains(&self, sighting: &Sighting, moment: Moment) -> Learned<()> {
        let moment = self.hearing.answered(moment);
        let is_believed = || self.believes(Bucket::DOMAINS, sighting.marker);
        match self.read(Bucket::DOMAINS, sighting) {
            Ok(Reading::Domains(rev, domains)) => {
                if self.domains.write(rev, domains, moment, is_believed) {
                    Learned::Known(())
                } else {
                    Learned::Behind
                }
            }
            // Every instance has a domain.
            Ok(_) => Learned::Doubtful,
            Err(unusable) => unusable.into(),
        }
    }

    /// Whether nothing about the domains was missed since they were confirmed.
    pub(crate) fn domains_are_current(&self) -> bool {
        let confirmed = self.domains.confirmed();
        confirmed.is_some_and(|moment| self.hearing.has_missed_nothing_since(moment))
    }

    /// Takes in what was heard.
    pub(crate) fn apply(&self, notice: &Notice) {
        if let Some(moment) = self.hearing.see(notice) {
            for change in &notice.changes.0 {
                self.apply_change(change, moment);
            }
            self.hearing.advance(notice.position);
            self.counters.notices.add_one();
        }
    }

    /// Whether what came with this marker holds everything that was heard of.
    pub(crate) fn believes(&self, bucket: Bucket, marker: Option<Position>) -> bool {
        self.hearing.weigh(bucket, marker) == Weight::Believed
    }

    fn apply_change(&self, change: &Change, moment: Moment) {
        match change {
            Change::Created { key, .. } => self.cache.forget(&KeyBytes::of(key)),
            Change::Edited { key, record } => self.apply_edit(&KeyBytes::of(key), record, moment),
            Change::Domains { record } => self.apply_domains(record, moment),
        }
    }

    fn apply_domains(&self, record: &[u8], moment: Moment) {
        if let Ok(Reading::Domains(rev, domains)) = self.decode(record) {
            self.domains.write(rev, domains, moment, || true);
        } else {
            // The domains of before are better than none, but no longer all there are.
            self.domains.doubt();
        }
    }

    fn apply_edit(&self, key: &KeyBytes, record: &[u8], moment: Moment) {
        match self.decode(record) {
            Ok(Reading::Redirect(rev, link)) => {
                let freshness = Freshness::as_of(moment);
                self.cache.edit(
                    key,
                    CachedLink {
                        link,
                        rev,
                        freshness,
                    },
                );
            }
            Ok(Reading::Absent(Some(rev))) => self.cache.delete(key, rev),
            // Whoever asks for it hears that nobody can say.
            Ok(_) | Err(_) => self.cache.forget(key),
        }
    }

    fn read(&self, bucket: Bucket, sighting: &Sighting) -> Result<Reading, Unusable> {
        if let Some(marker) = sighting.marker {
            self.hearing.learn(marker.generation);
        }
        match (
            self.hearing.weigh(bucket, sighting.marker),
            &sighting.record,
        ) {
            (Weight::Doubtful, _) => Err(Unusable::Doubtful),
            (Weight::Behind, _) => Err(Unusable::Behind),
            (Weight::Believed, None) => Ok(Reading::Absent(None)),
            (Weight::Believed, Some(record)) => self.decode(record),
        }
    }

    fn decode(&self, record: &[u8]) -> Result<Reading, Unusable> {
        match Record::decode(record) {
            Ok(Record { rev, content }) => Ok(match content {
                Content::Redirect(link) => Reading::Redirect(rev, link),
                Content::Absent => Reading::Absent(Some(rev)),
                Content::Domains(instance) => Reading::Domains(rev, instance),
            }),
            Err(error) => {
                self.counters.unknown_records.add_one();
                tracing::debug!(%error, "a record can't be read");
                match error {
                    WireError::UnknownKind(_)
                    | WireError::UnknownSection(_)
                    | WireError::Version(_) => Ok(Reading::Unknown),
                    WireError::Length | WireError::Value => Err(Unusable::Doubtful),
                }
            }
        }
    }
}

/// What a record says to this edge.
enum Reading {
    Redirect(Rev, Link),
    /// A tombstone with its age, or no record.
    Absent(Option<Rev>),
    Domains(Rev, suo_link::instance::Instance),
    /// A newer program wrote it: nobody here can say.
    Unknown,
}

/// Why a sighting tells nothing.
enum Unusable {
    Behind,
    Doubtful,
}

impl<T> From<Unusable> for Learned<T> {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::Behind => Self::Behind,
            Unusable::Doubtful => Self::Doubtful,
        }
    }
}
