//! Links and absences that this edge remembers.
//!
//! A small type of its own, so that a table per core can be put in front of it.

use std::sync::Arc;

use moka::{ops::compute::Op, sync};
use suo_link::{code::MAX_LENGTH, id::DomainId, link::Link, rev::Rev, wire::names::LinkKey};

use crate::{hash::Seeded, hearing::Freshness};

/// What moka and the allocator take for an entry, in bytes: so much more memory is resident
/// for each of 100 000 links than the link itself needs (measured with suo-edge's allocator).
const ENTRY_OVERHEAD: usize = 304;

/// One part in so many of the memory is for absences: they are small, and strangers can make
/// as many as they like.
const ABSENCES_SHARE: u64 = 16;

type Key = Box<[u8]>;

/// A link in the cache.
#[derive(Debug)]
pub struct CachedLink {
    /// The link.
    pub link: Link,
    /// How old its record is.
    pub rev: Rev,
    pub(crate) freshness: Freshness,
}

impl std::ops::Deref for CachedLink {
    type Target = Link;

    fn deref(&self) -> &Link {
        &self.link
    }
}

/// A remembered absence.
#[derive(Debug)]
pub(crate) struct Absence {
    pub(crate) freshness: Freshness,
}

/// What the cache holds about a key, good or not.
#[derive(Clone, Debug)]
pub(crate) enum Remembered {
    Link(Arc<CachedLink>),
    Absence(Arc<Absence>),
}

impl Remembered {
    pub(crate) fn freshness(&self) -> &Freshness {
        match self {
            Self::Link(link) => &link.freshness,
            Self::Absence(absence) => &absence.freshness,
        }
    }
}

/// A key as bytes: the domain's number, big-endian, then the code.
pub(crate) struct KeyBytes {
    bytes: [u8; 4 + MAX_LENGTH],
    length: usize,
}

/// Everything remembered, within a bound of bytes.
pub(crate) struct Cache {
    links: sync::Cache<Key, Arc<CachedLink>, Seeded>,
    absences: sync::Cache<Key, Arc<Absence>, Seeded>,
}

impl Cache {
    pub(crate) fn new(bytes: u64) -> Self {
        let for_absences = bytes / ABSENCES_SHARE;
        Self {
            links: bounded(bytes - for_absences, |link: &Arc<CachedLink>| {
                heap_bytes(link)
            }),
            absences: bounded(for_absences, |_| size_of::<Absence>()),
        }
    }

    pub(crate) fn remembered(&self, key: &KeyBytes) -> Option<Remembered> {
        let link = self.links.get(key.as_bytes()).map(Remembered::Link);
        link.or_else(|| self.absences.get(key.as_bytes()).map(Remembered::Absence))
    }

    /// Replaces an older link, and whatever absence; keeps a newer link. Returns the link that
    /// is true now, or `None` if it was not believed.
    pub(crate) fn put_link(
        &self,
        key: &KeyBytes,
        link: CachedLink,
        is_believed: impl Fn() -> bool,
    ) -> Option<Remembered> {
        let link = Arc::new(link);
        let mut kept = Arc::clone(&link);
        let believed = write(&self.links, key, &is_believed, |old| match old {
            Some(old) if old.rev >= link.rev => {
                old.freshness.renew(link.freshness.moment());
                kept = old;
                Op::Nop
            }
            _ => Op::Put(link),
        });
        write(&self.absences, key, &is_believed, |_| Op::Remove);
        believed.then_some(Remembered::Link(kept))
    }

    /// Replaces any link but one that is newer than the tombstone `rev`: that one is returned.
    /// `None`: it was not believed.
    pub(crate) fn put_absence(
        &self,
        key: &KeyBytes,
        rev: Option<Rev>,
        freshness: Freshness,
        is_believed: impl Fn() -> bool,
    ) -> Option<Remembered> {
        let mut newer = None;
        let believed = write(&self.links, key, &is_believed, |old| match old {
            Some(old) if rev.is_some_and(|rev| rev < old.rev) => {
                old.freshness.renew(freshness.moment());
                newer = Some(old);
                Op::Nop
            }
            _ => Op::Remove,
        });
        if !believed {
            return None;
        }
        if let Some(newer) = newer {
            return Some(Remembered::Link(newer));
        }
        let absence = Arc::new(Absence { freshness });
        let put = Arc::clone(&absence);
        write(&self.absences, key, &is_believed, |_| Op::Put(put))
            .then_some(Remembered::Absence(absence))
    }

    /// An edit was heard: replaces an older link, but adds none that nobody asked for.
    pub(crate) fn edit(&self, key: &KeyBytes, link: CachedLink) {
        write(&self.links, key, &heard, |old| match old {
            Some(old) if old.rev < link.rev => Op::Put(Arc::new(link)),
            _ => Op::Nop,
        });
        write(&self.absences, key, &heard, |_| Op::Remove);
    }

    /// A deletion was heard.
    pub(crate) fn delete(&self, key: &KeyBytes, rev: Rev) {
        write(&self.links, key, &heard, |old| match old {
            Some(old) if old.rev < rev => Op::Remove,
            _ => Op::Nop,
        });
    }

    /// Whatever is remembered has to be looked up.
    pub(crate) fn forget(&self, key: &KeyBytes) {
        write(&self.links, key, &heard, |_| Op::Remove);
        write(&self.absences, key, &heard, |_| Op::Remove);
    }
}

/// Notices need no check: they raised the bar themselves.
fn heard() -> bool {
    true
}

/// The one way into the caches. The key is locked while `is_believed` is asked and `decide`
/// chooses, so a notice either comes later and touches what was written, or has raised the bar
/// before. Returns what `is_believed` said.
fn write<V: Clone + Send + Sync + 'static>(
    cache: &sync::Cache<Key, V, Seeded>,
    key: &KeyBytes,
    is_believed: &impl Fn() -> bool,
    decide: impl FnOnce(Option<V>) -> Op<V>,
) -> bool {
    let mut believed = false;
    let entry = cache.entry(Box::from(key.as_bytes()));
    entry.and_compute_with(|old| {
        believed = is_believed();
        if believed {
            decide(old.map(moka::Entry::into_value))
        } else {
            Op::Nop
        }
    });
    believed
}

fn bounded<V: Clone + Send + Sync + 'static>(
    bytes: u64,
    size: impl Fn(&V) -> usize + Send + Sync + 'static,
) -> sync::Cache<Key, V, Seeded> {
    sync::Cache::builder()
        .max_capacity(bytes)
        .weigher(move |key: &Key, value: &V| {
            u32::try_from(ENTRY_OVERHEAD + key.len() + size(value)).unwrap_or(u32::MAX)
        })
        .build_with_hasher(Seeded::random())
}

/// What a cached link takes beside the cache's own entry.
fn heap_bytes(link: &CachedLink) -> usize {
    size_of::<CachedLink>() + link.link.heap_bytes()
}

impl KeyBytes {
    /// `None` if the text is too long for a code.
    pub(crate) fn new(domain: DomainId, code_key: &str) -> Option<Self> {
        (code_key.len() <= MAX_LENGTH).then(|| Self::cut(domain, code_key.as_bytes()))
    }

    /// The bytes of a key; its code has at most [`MAX_LENGTH`].
    pub(crate) fn of(key: &LinkKey) -> Self {
        Self::cut(key.domain, key.code.as_str().as_bytes())
    }

    fn cut(domain: DomainId, code: &[u8]) -> Self {
        let code = &code[..code.len().min(MAX_LENGTH)];
        let length = 4 + code.len();
        let mut bytes = [0; 4 + MAX_LENGTH];
        bytes[..4].copy_from_slice(&domain.0.to_be_bytes());
        bytes[4..length].copy_from_slice(code);
        Self { bytes, length }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use suo_link::id::DomainId;

    use super::{CachedLink, ENTRY_OVERHEAD, KeyBytes};

    #[test]
    fn a_cached_link_takes_at_most_450_bytes_beside_its_url() {
        let key = KeyBytes::new(DomainId(1), "k7qm2xp").unwrap();
        let bytes = ENTRY_OVERHEAD + key.as_bytes().len() + size_of::<CachedLink>();
        assert!(bytes <= 450, "{bytes}");
    }

    #[test]
    fn keys_are_domain_and_code() {
        let key = KeyBytes::new(DomainId(258), "ab").unwrap();
        assert_eq!(key.as_bytes(), [0, 0, 1, 2, b'a', b'b']);
        assert!(KeyBytes::new(DomainId(1), &"a".repeat(64)).is_some());
        assert!(KeyBytes::new(DomainId(1), &"a".repeat(65)).is_none());
    }
}
