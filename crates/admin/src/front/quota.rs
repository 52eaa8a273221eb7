//! How much strangers may do, in memory of a fixed size.
//!
//! Each quota is a generic cell rate algorithm (ITU-T I.371): of somebody only the moment is kept
//! at which they will have used nothing. Moments lie in a fixed number of slots, two for each
//! caller, and who uses two slots up must be refused; so nothing grows and nothing is swept, and
//! a caller is only refused for others if both slots happen to be theirs.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use suo_link::time::Timestamp;

/// Slots of one quota: half a MiB.
const SLOTS: usize = 1 << 16;

/// So many at once, and after that one in so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once.
    pub burst: i64,
    /// Milliseconds until there is one more.
    pub every: i64,
}

/// The quotas of strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Links of one address: generous, for thousands of phones share one (carrier NAT).
    pub address: Rate,
    /// Links to one host, from all addresses together: strict, for that is how a campaign looks
    /// that has many addresses. `None`: as many as anybody likes.
    pub host: Option<Rate>,
    /// Pictures of one address.
    pub pictures: Rate,
    /// Frames of a camera of one address; two a second are sent.
    pub frames: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |burst, every| Rate { burst, every };
        Self {
            address: rate(300, 5_000),
            host: Some(rate(60, 20_000)),
            pictures: rate(120, 2_000),
            frames: rate(600, 250),
        }
    }
}

impl Limits {
    /// All limits but the one on hosts.
    #[must_use]
    pub fn without_hosts() -> Self {
        Self {
            host: None,
            ..Self::default()
        }
    }
}

/// Used-up quotas.
pub(super) struct Quotas {
    address: Quota,
    host: Option<Quota>,
    pictures: Quota,
    frames: Quota,
}

/// Whose quota is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UsedUp {
    Address,
    Host,
}

impl Quotas {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            address: Quota::new(limits.address),
            host: limits.host.map(Quota::new),
            pictures: Quota::new(limits.pictures),
            frames: Quota::new(limits.frames),
        }
    }

    /// One more link from this address.
    pub(super) fn take_address(&self, address: IpAddr, now: Timestamp) -> Result<(), UsedUp> {
        let is_free = self.address.take(&network(address), now);
        is_free.then_some(()).ok_or(UsedUp::Address)
    }

    /// Whether this address may make another link; nothing is used up by asking.
    pub(super) fn has_room(&self, address: IpAddr, now: Timestamp) -> bool {
        self.address.has_room(&network(address), now)
    }

    /// One more link to this host, in its canonical form.
    pub(super) fn take_host(&self, host: &str, now: Timestamp) -> Result<(), UsedUp> {
        let is_free = self
            .host
            .as_ref()
            .is_none_or(|quota| quota.take(&host, now));
        is_free.then_some(()).ok_or(UsedUp::Host)
    }

    /// One more picture from this address.
    pub(super) fn take_picture(&self, address: IpAddr, now: Timestamp) -> bool {
        self.pictures.take(&network(address), now)
    }

    /// One more frame from a camera at this address.
    pub(super) fn take_frame(&self, address: IpAddr, now: Timestamp) -> bool {
        self.frames.take(&network(address), now)
    }
}

/// What counts as one address: of IPv6 the /64, which one customer has to themselves.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

struct Quota {
    rate: Rate,
    hashers: [RandomState; 2],
    slots: Mutex<Box<[i64]>>,
}

impl Quota {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            hashers: [RandomState::new(), RandomState::new()],
            slots: Mutex::new(vec![i64::MIN; SLOTS].into()),
        }
    }

    /// Uses one up; `false`: there is none left now.
    fn take(&self, who: &impl Hash, now: Timestamp) -> bool {
        let places = self.places(who);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(used_until) = self.used_until(&slots, places, now) else {
            return false;
        };
        let until = used_until.saturating_add(self.rate.every);
        for place in places {
            if let Some(slot) = slots.get_mut(place) {
                *slot = (*slot).max(until);
            }
        }
        true
    }

    /// Whether there is one left.
    fn has_room(&self, who: &impl Hash, now: Timestamp) -> bool {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        self.used_until(&slots, self.places(who), now).is_some()
    }

    fn places(&self, who: &impl Hash) -> [usize; 2] {
        let place = |hasher: &RandomState| (hasher.hash_one(who) % SLOTS as u64) as usize;
        self.hashers.each_ref().map(place)
    }

    /// When the caller will have used nothing; `None`: everything is used up.
    fn used_until(&self, slots: &[i64], places: [usize; 2], now: Timestamp) -> Option<i64> {
        let kept = places.map(|place| slots.get(place).copied().unwrap_or(i64::MIN));
        // Others only ever add to a slot: the lower one is nearer to what this caller used.
        let used_until = kept.into_iter().min().unwrap_or(i64::MIN).max(now.0);
        let most = (self.rate.burst - 1) * self.rate.every;
        (used_until.saturating_sub(now.0) <= most).then_some(used_until)
    }
}

#[cfg(test)]
mod tests {
    use suo_link::time::Timestamp;

    use super::{Quota, Rate, network};

    const RATE: Rate = Rate {
        burst: 3,
        every: 1000,
    };

    fn taken(quota: &Quota, who: u32, now: i64, times: usize) -> usize {
        let take = |_: &usize| quota.take(&who, Timestamp(now));
        (0..times).filter(take).count()
    }

    #[test]
    fn a_burst_and_then_one_at_a_time() {
        let quota = Quota::new(RATE);
        assert!(quota.has_room(&1_u32, Timestamp(0)));
        assert_eq!(taken(&quota, 1, 0, 5), 3);
        assert!(!quota.has_room(&1_u32, Timestamp(999)));
        assert_eq!(taken(&quota, 1, 999, 5), 0);
        assert_eq!(taken(&quota, 1, 1000, 5), 1);
        assert_eq!(taken(&quota, 1, 1_000_000, 5), 3);
    }

    /// Where the slots lie is random: of a thousand callers one may well share both of them.
    #[test]
    fn hardly_anybody_pays_for_others() {
        let quota = Quota::new(RATE);
        let paid = (0..1000).filter(|who| taken(&quota, *who, 0, 4) != 3);
        assert!(paid.count() < 20);
    }

    #[test]
    fn a_clock_that_goes_back_refuses_nobody_for_good() {
        let quota = Quota::new(RATE);
        assert_eq!(taken(&quota, 1, 5000, 3), 3);
        assert_eq!(taken(&quota, 1, 0, 3), 0);
        assert_eq!(taken(&quota, 1, 8000, 3), 3);
    }

    #[test]
    fn one_customer_is_one_address() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::2:3"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
