//! Keys and channels in Redis, all behind one prefix.
//!
//! Keys of one bucket share a hash tag, so that a script on them stays inside one Cluster slot.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

use crate::{code::CodeKey, id::DomainId};

/// How many buckets links fall into. Rows remember their bucket: a change needs a migration.
pub const LINK_BUCKETS: u16 = 256;

/// All buckets: those of the links, and the one of the domains.
pub const BUCKETS: usize = LINK_BUCKETS as usize + 1;

/// A part of the projection that is lost, found and rebuilt as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(u16);

impl Bucket {
    /// The bucket of the one record that holds all domains.
    pub const DOMAINS: Self = Self(LINK_BUCKETS);

    /// Every bucket, the domains' last.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (0..=LINK_BUCKETS).map(Self)
    }

    /// The bucket with this number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        (number <= LINK_BUCKETS).then_some(Self(number))
    }

    /// Its number, from 0; the domains' is [`LINK_BUCKETS`].
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }

    /// Its place in an array of [`BUCKETS`].
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The hash tag: two hexadecimal digits, or `domains`.
impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::DOMAINS {
            f.write_str("domains")
        } else {
            write!(f, "{:02x}", self.0)
        }
    }
}

/// What a record is found by: a code on a domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkKey {
    /// The domain.
    pub domain: DomainId,
    /// The code as it is matched there.
    pub code: CodeKey,
}

impl LinkKey {
    /// The bucket that the key falls into.
    #[must_use]
    pub fn bucket(&self) -> Bucket {
        bucket_of(self.domain, self.code.as_str())
    }
}

/// The bucket of a code on a domain.
#[must_use]
pub fn bucket_of(domain: DomainId, code_key: &str) -> Bucket {
    let mut bytes = [0u8; 4 + crate::code::MAX_LENGTH];
    let code = &code_key.as_bytes()[..code_key.len().min(crate::code::MAX_LENGTH)];
    bytes[..4].copy_from_slice(&domain.0.to_be_bytes());
    bytes[4..4 + code.len()].copy_from_slice(code);
    Bucket((xxh3_64(&bytes[..4 + code.len()]) % u64::from(LINK_BUCKETS)) as u16)
}

/// Whether a text may be a prefix: visible ASCII without braces, which would take the place of
/// the hash tags that keep a bucket in one Cluster slot.
#[must_use]
pub fn is_prefix(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"{}".contains(&byte))
}

/// Builds the names behind one prefix (`SUO_REDIS_PREFIX`).
#[derive(Clone, Debug)]
pub struct Names {
    prefix: String,
}

impl Names {
    /// Names that begin with `<prefix>:`.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// The record of a code: `suo:{bb}:l:<domain>:<code>`.
    #[must_use]
    pub fn record(&self, key: &LinkKey) -> String {
        format!(
            "{}:{{{}}}:l:{}:{}",
            self.prefix,
            key.bucket(),
            key.domain,
            key.code.as_str()
        )
    }

    /// The one record of all domains.
    #[must_use]
    pub fn domains(&self) -> String {
        format!("{}:{{{}}}:all", self.prefix, Bucket::DOMAINS)
    }

    /// The marker of a bucket: the highest position whose changes are all in it.
    #[must_use]
    pub fn marker(&self, bucket: Bucket) -> String {
        format!("{}:{{{bucket}}}:m", self.prefix)
    }

    /// The token of the rebuild that is filling a bucket.
    #[must_use]
    pub fn rebuild(&self, bucket: Bucket) -> String {
        format!("{}:{{{bucket}}}:r", self.prefix)
    }

    /// The stream that holds recent notices for those who missed them.
    #[must_use]
    pub fn stream(&self) -> String {
        format!("{}:changes", self.prefix)
    }

    /// The channel on which notices are published.
    #[must_use]
    pub fn channel(&self) -> String {
        format!("{}:notices", self.prefix)
    }

    /// The stream of segments of clicks, in the Redis for clicks.
    #[must_use]
    pub fn clicks(&self) -> String {
        format!("{}:clicks", self.prefix)
    }

    /// The table of journals and up to which segment each is in the database.
    #[must_use]
    pub fn applied(&self) -> String {
        format!("{}:clicks:applied", self.prefix)
    }

    /// A SCAN pattern that matches every link record.
    #[must_use]
    pub fn record_pattern(&self) -> String {
        let escape = |c: char| {
            if "*?[]\\^".contains(c) {
                format!("\\{c}")
            } else {
                c.to_string()
            }
        };
        format!(
            "{}:{{*}}:l:*",
            self.prefix.chars().map(escape).collect::<String>()
        )
    }

    /// Reads a name that [`Names::record`] wrote.
    #[must_use]
    pub fn parse_record(&self, name: &str) -> Option<LinkKey> {
        let rest = name.strip_prefix(&self.prefix)?.strip_prefix(":{")?;
        let (_, rest) = rest.split_once("}:l:")?;
        let (domain, code) = rest.split_once(':')?;
        let code = CodeKey::from_segment(code, true)?;
        Some(LinkKey {
            domain: DomainId(domain.parse().ok()?),
            code,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, Bucket, LinkKey, Names};
    use crate::{code::CodeKey, id::DomainId};

    fn key(domain: u32, code: &str) -> LinkKey {
        LinkKey {
            domain: DomainId(domain),
            code: CodeKey::from_segment(code, true).unwrap(),
        }
    }

    #[test]
    fn names_are_pinned() {
        let names = Names::new("suo");
        let key = key(1, "k7qm2xp");
        assert_eq!(names.record(&key), "suo:{a8}:l:1:k7qm2xp");
        assert_eq!(names.marker(key.bucket()), "suo:{a8}:m");
        assert_eq!(names.rebuild(key.bucket()), "suo:{a8}:r");
        assert_eq!(names.domains(), "suo:{domains}:all");
        assert_eq!(names.marker(Bucket::DOMAINS), "suo:{domains}:m");
        assert_eq!(names.stream(), "suo:changes");
        assert_eq!(names.channel(), "suo:notices");
        assert_eq!(names.clicks(), "suo:clicks");
        assert_eq!(names.applied(), "suo:clicks:applied");
        assert_eq!(Names::new("a*b").record_pattern(), "a\\*b:{*}:l:*");
    }

    #[test]
    fn record_names_are_read_back() {
        let names = Names::new("test:7");
        let key = key(12, "A_b-9");
        assert_eq!(names.parse_record(&names.record(&key)), Some(key));
        assert_eq!(names.parse_record("suo:{00}:l:1:abc"), None);
        assert_eq!(names.parse_record("test:7:{00}:m"), None);
    }

    #[test]
    fn buckets_are_filled_evenly() {
        let mut counts = [0u32; BUCKETS];
        for n in 0..25_600 {
            counts[key(1, &format!("code{n}")).bucket().index()] += 1;
        }
        assert_eq!(counts[Bucket::DOMAINS.index()], 0);
        assert!(counts[..256].iter().all(|count| (50..170).contains(count)));
    }
}
