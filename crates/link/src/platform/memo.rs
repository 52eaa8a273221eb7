//! The agents seen last, so that one seen again costs a hash and a comparison.

use xxhash_rust::xxh3::xxh3_64;

use super::{Platform, classify};

/// Agents longer than this are not remembered: no browser sends them, and memory is bounded.
const LONGEST: usize = 1024;

/// Remembers what [`classify`] said. One for each thread; nothing in it is shared.
///
/// A place is found by the hash and given to whoever came last. An agent is recognised by its
/// bytes, so two agents of one hash are never taken for each other.
#[derive(Debug)]
pub struct Memo {
    places: Box<[Place]>,
}

#[derive(Clone, Debug)]
struct Place {
    agent: Vec<u8>,
    platform: Option<Platform>,
}

impl Memo {
    /// A memo with `places` places, at least one, rounded up to a power of two. Full, it takes
    /// at most a kilobyte a place.
    #[must_use]
    pub fn new(places: usize) -> Self {
        let empty = Place {
            agent: Vec::new(),
            platform: None,
        };
        Self {
            places: vec![empty; places.max(1).next_power_of_two()].into(),
        }
    }

    /// What [`classify`] says of the agent.
    pub fn classify(&mut self, user_agent: &[u8]) -> Platform {
        self.recognise(user_agent).0
    }

    /// The same, with the hash (xxh3) by which the agent was found.
    pub fn recognise(&mut self, user_agent: &[u8]) -> (Platform, u64) {
        let hash = xxh3_64(user_agent);
        if user_agent.len() > LONGEST {
            return (classify(user_agent), hash);
        }
        let last = self.places.len() - 1;
        let Some(place) = self.places.get_mut(hash as usize & last) else {
            return (classify(user_agent), hash);
        };
        let platform = match place.platform {
            Some(platform) if place.agent == user_agent => platform,
            _ => place.learn(user_agent),
        };
        (platform, hash)
    }
}

impl Place {
    #[cold]
    fn learn(&mut self, user_agent: &[u8]) -> Platform {
        let platform = classify(user_agent);
        self.agent.clear();
        self.agent.extend_from_slice(user_agent);
        self.platform = Some(platform);
        platform
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Memo};
    use crate::platform::classify;

    #[test]
    fn agents_that_share_a_place_are_not_confused() {
        let agents: [&[u8]; 4] = [b"curl/8", b"", b"Mozilla/5.0 (iPad)", &[b'x'; LONGEST + 1]];
        let mut memo = Memo::new(1);
        for agent in agents.iter().chain(&agents).chain(agents.iter().rev()) {
            assert_eq!(memo.classify(agent), classify(agent));
        }
    }

    #[test]
    fn a_memo_of_nothing_has_a_place() {
        assert_eq!(Memo::new(0).places.len(), 1);
        assert_eq!(Memo::new(1000).places.len(), 1024);
    }
}
