//! Redis Cluster: which slot a key falls into, and which node holds it.

use std::{fmt, ops::RangeInclusive};

/// How many slots a cluster has.
pub const SLOTS: u16 = 16_384;

/// Where a node of a cluster listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl Node {
    /// Reads `host:port` as the node `from` wrote it, who leaves out the host if it is its own.
    #[must_use]
    pub fn parse(text: &str, from: &Self) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let host = if host.is_empty() { &from.host } else { host };
        Some(Self {
            host: host.to_owned(),
            port: port.parse().ok()?,
        })
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Which primary holds which slots, as one node of the cluster sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotMap(Vec<(RangeInclusive<u16>, Node)>);

impl SlotMap {
    /// Who holds a key; `None` if nobody does.
    #[must_use]
    pub fn holder(&self, key: &str) -> Option<&Node> {
        let slot = slot(key.as_bytes());
        let held = self.0.iter().find(|(slots, _)| slots.contains(&slot));
        held.map(|(_, node)| node)
    }

    /// Every primary that holds a slot, once.
    #[must_use]
    pub fn primaries(&self) -> Vec<&Node> {
        let mut nodes: Vec<&Node> = self.0.iter().map(|(_, node)| node).collect();
        nodes.sort();
        nodes.dedup();
        nodes
    }

    /// How many slots somebody holds. Of two maps the one with more is to be believed: a node
    /// that has lost its way knows of few.
    #[must_use]
    pub fn covered(&self) -> usize {
        self.0.iter().map(|(slots, _)| slots.len()).sum()
    }
}

impl FromIterator<(RangeInclusive<u16>, Node)> for SlotMap {
    fn from_iter<I: IntoIterator<Item = (RangeInclusive<u16>, Node)>>(held: I) -> Self {
        let mut held: Vec<_> = held.into_iter().collect();
        // So that what two nodes say can be compared.
        held.sort_by_key(|(slots, _)| *slots.start());
        Self(held)
    }
}

/// The slot of a key: of its hash tag, if it has one.
#[must_use]
pub fn slot(key: &[u8]) -> u16 {
    crc16(hash_tag(key)) % SLOTS
}

/// What stands between the first `{` and the first `}` after it, unless that is nothing.
fn hash_tag(key: &[u8]) -> &[u8] {
    let Some(open) = key.iter().position(|byte| *byte == b'{') else {
        return key;
    };
    let rest = key.get(open + 1..).unwrap_or_default();
    match rest.iter().position(|byte| *byte == b'}') {
        None | Some(0) => key,
        Some(close) => rest.get(..close).unwrap_or(key),
    }
}

/// CRC-16/XMODEM, as the cluster specification has it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 {
                shifted
            } else {
                shifted ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Node, SLOTS, SlotMap, slot};

    fn node(host: &str, port: u16) -> Node {
        Node {
            host: host.to_owned(),
            port,
        }
    }

    /// As `CLUSTER KEYSLOT` of a real server says.
    #[test]
    fn slots_are_those_of_redis() {
        for (key, expected) in [
            ("123456789", 12_739),
            ("foo", 12_182),
            ("{foo}:bar", 12_182),
            ("x{foo}{bar}", 12_182),
            ("foo{}", 5_542),
            ("{}foo", 9_500),
            ("foo{", 7_673),
            ("", 0),
        ] {
            assert_eq!(slot(key.as_bytes()), expected, "{key}");
        }
        assert_eq!(slot(b"suo:{00}:m"), slot(b"00"));
    }

    #[test]
    fn a_key_is_held_by_whoever_holds_its_slot() {
        let halves = [(0..=8191, node("a", 1)), (8192..=SLOTS - 1, node("b", 1))];
        let map: SlotMap = halves.into_iter().collect();
        assert_eq!(map.holder("foo"), Some(&node("b", 1)));
        assert_eq!(map.holder(""), Some(&node("a", 1)));
        assert_eq!(map.covered(), usize::from(SLOTS));
        assert_eq!(map.primaries().len(), 2);
        assert_eq!(SlotMap::default().holder("foo"), None);
    }

    #[test]
    fn a_node_may_leave_out_its_own_host() {
        let from = node("redis-1", 6379);
        assert_eq!(Node::parse(":6380", &from), Some(node("redis-1", 6380)));
        assert_eq!(
            Node::parse("10.0.0.1:6380", &from),
            Some(node("10.0.0.1", 6380))
        );
        assert_eq!(Node::parse("::1:6380", &from), Some(node("::1", 6380)));
        assert_eq!(Node::parse("?", &from), None);
    }
}
