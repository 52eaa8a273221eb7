//! The agents seen last, so that one seen again costs a hash and one line of the processor's cache.

use std::fmt;

use xxhash_rust::xxh3::{xxh3_64, xxh3_128_with_secret};

use super::{Platform, classify};

/// Remembers what [`classify`] said. One for each thread; nothing in it is shared.
///
/// An agent is recognised by 128 bits that nobody can foresee who does not know the secret; its bytes are not
/// kept. A place has room for two, and forgets the one that came first.
pub struct Memo {
    secret: Box<MemoSecret>,
    places: Box<[Place]>,
}

/// What makes the hashes of one memo unlike those of every other.
pub type MemoSecret = [u8; 192];

/// An agent that is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    user_agent: &'a [u8],
    by: u128,
}

/// Where an agent is remembered, as large as a line of the processor's cache.
#[derive(Clone, Debug, Default)]
#[repr(align(64))]
pub struct Place {
    newer: Option<Known>,
    older: Option<Known>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    by: u128,
    hash: u64,
    platform: Platform,
}

impl Memo {
    /// A memo of `agents` agents, at least two, rounded up to a power of two; each takes 32 bytes.
    /// The secret is random.
    #[must_use]
    pub fn new(agents: usize, secret: MemoSecret) -> Self {
        let places = agents.div_ceil(2).max(1).next_power_of_two();
        Self {
            secret: Box::new(secret),
            places: vec![Place::default(); places].into(),
        }
    }

    /// What [`classify`] says of the agent.
    pub fn classify(&mut self, user_agent: &[u8]) -> Platform {
        self.recognise(self.seek(user_agent)).0
    }

    /// Begins to look for an agent. For whoever has something to do while its [place](Self::place) is fetched.
    #[must_use]
    pub fn seek<'a>(&self, user_agent: &'a [u8]) -> Sought<'a> {
        let by = xxh3_128_with_secret(user_agent, &*self.secret);
        Sought { user_agent, by }
    }

    /// What [`Memo::recognise`] will read.
    #[must_use]
    pub fn place(&self, sought: Sought<'_>) -> Option<&Place> {
        self.places.get(self.index(sought))
    }

    /// What [`classify`] says of the agent, and its hash (xxh3, without the secret).
    pub fn recognise(&mut self, sought: Sought<'_>) -> (Platform, u64) {
        let index = self.index(sought);
        let known = match self.places.get_mut(index) {
            Some(place) => place.known(sought),
            None => Known::learned(sought),
        };
        (known.platform, known.hash)
    }

    fn index(&self, sought: Sought<'_>) -> usize {
        sought.by as usize & (self.places.len() - 1)
    }
}

/// Hides the secret.
impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").finish_non_exhaustive()
    }
}

impl Place {
    fn known(&mut self, sought: Sought<'_>) -> Known {
        let both = [self.newer, self.older].into_iter().flatten();
        if let Some(known) = { both }.find(|known| known.by == sought.by) {
            return known;
        }
        let known = Known::learned(sought);
        self.older = self.newer.replace(known);
        known
    }
}

impl Known {
    #[cold]
    fn learned(Sought { user_agent, by }: Sought<'_>) -> Self {
        Self {
            by,
            hash: xxh3_64(user_agent),
            platform: classify(user_agent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Memo, MemoSecret, Place, xxh3_64};
    use crate::platform::classify;

    const SECRET: MemoSecret = [7; 192];

    #[test]
    fn agents_that_share_a_place_are_not_confused() {
        let agents: [&[u8]; 4] = [b"curl/8", b"", b"Mozilla/5.0 (iPad)", &[b'x'; 5000]];
        let mut memo = Memo::new(1, SECRET);
        for agent in agents.iter().chain(&agents).chain(agents.iter().rev()) {
            let recognised = memo.recognise(memo.seek(agent));
            assert_eq!(recognised, (classify(agent), xxh3_64(agent)));
        }
    }

    #[test]
    fn a_place_remembers_the_two_that_came_last() {
        let mut memo = Memo::new(2, SECRET);
        let mut remembered = |agent: &[u8]| {
            let before: Vec<_> = memo.places[0].keys().collect();
            memo.classify(agent);
            memo.places[0].keys().eq(before)
        };
        for (agent, expected) in [
            ("a", false),
            ("b", false),
            ("a", true),
            ("c", false),
            ("b", true),
            ("a", false),
        ] {
            assert_eq!(remembered(agent.as_bytes()), expected, "{agent}");
        }
    }

    #[test]
    fn there_is_room_for_two_agents_at_least_and_a_place_is_a_line() {
        let places = |agents| Memo::new(agents, SECRET).places.len();
        assert_eq!([0, 1, 2, 3, 1000].map(places), [1, 1, 1, 2, 512]);
        assert_eq!(size_of::<Place>(), 64);
    }

    impl Place {
        fn keys(&self) -> impl Iterator<Item = u128> {
            [self.newer, self.older]
                .into_iter()
                .flatten()
                .map(|known| known.by)
        }
    }
}
