//! How often an address may try to guess the password of a link.

use std::{
    hash::BuildHasher,
    net::IpAddr,
    sync::atomic::{AtomicI64, Ordering::Relaxed},
};

use suo_link::{id::LinkId, time::Timestamp};

use crate::hash::Seeded;

/// Wrong passwords that may follow each other without a pause.
pub(super) const AT_ONCE: i64 = 8;

/// One more attempt is due after so many milliseconds.
const INTERVAL: i64 = 30_000;

/// Places for pairs of address and link. Which pair has which is secret, so nobody can take the
/// place of another on purpose; who shares one by chance shares its attempts.
const SEATS: usize = 1 << 16;

/// A table of fixed size, so that no number of addresses makes it grow: each place holds the
/// moment at which all attempts of its pair are forgotten (the generic cell rate algorithm).
#[derive(Debug)]
pub(super) struct Attempts {
    seats: Box<[AtomicI64]>,
    hasher: Seeded,
}

/// The place of a pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat(usize);

impl Attempts {
    pub(super) fn new() -> Self {
        Self {
            seats: (0..SEATS).map(|_| AtomicI64::new(0)).collect(),
            hasher: Seeded::random(),
        }
    }

    /// One person has a whole /64 of IPv6 addresses.
    pub(super) fn seat(&self, address: IpAddr, link: LinkId) -> Seat {
        let network = match address.to_canonical() {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            IpAddr::V6(address) => (address.to_bits() >> 64) as u64,
        };
        let pair = (network, address.to_canonical().is_ipv4(), link.0);
        Seat(self.hasher.hash_one(pair) as usize % SEATS)
    }

    /// Whether there is an attempt left; otherwise after how many seconds.
    pub(super) fn check(&self, seat: Seat, now: Timestamp) -> Result<(), u64> {
        let forgotten = self.moment(seat).map_or(0, |moment| moment.load(Relaxed));
        after(forgotten, now).map(drop)
    }

    /// Counts an attempt, if there is one left.
    pub(super) fn count(&self, seat: Seat, now: Timestamp) -> Result<(), u64> {
        let Some(moment) = self.moment(seat) else {
            return Ok(());
        };
        let mut refusal = 0;
        let counted = moment.fetch_update(Relaxed, Relaxed, |forgotten| {
            after(forgotten, now)
                .map_err(|seconds| refusal = seconds)
                .ok()
        });
        counted.map(drop).map_err(|_| refusal)
    }

    pub(super) fn forget(&self, seat: Seat) {
        if let Some(moment) = self.moment(seat) {
            moment.store(0, Relaxed);
        }
    }

    fn moment(&self, seat: Seat) -> Option<&AtomicI64> {
        self.seats.get(seat.0)
    }
}

/// When all attempts are forgotten after one more.
fn after(forgotten: i64, now: Timestamp) -> Result<i64, u64> {
    // A clock that was set back must not lock anybody out for long.
    let begin = forgotten.clamp(now.0, now.0.saturating_add(AT_ONCE * INTERVAL));
    let next = begin + INTERVAL;
    let surplus = next - now.0 - AT_ONCE * INTERVAL;
    if surplus <= 0 {
        Ok(next)
    } else {
        Err(surplus.unsigned_abs().div_ceil(1000))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use suo_link::{id::LinkId, time::Timestamp};

    use super::{AT_ONCE, Attempts, INTERVAL};

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn later(milliseconds: i64) -> Timestamp {
        Timestamp(NOW.0 + milliseconds)
    }

    #[test]
    fn attempts_come_back_one_by_one() {
        let attempts = Attempts::new();
        let seat = attempts.seat([192, 0, 2, 1].into(), LinkId(1));
        for _ in 0..AT_ONCE {
            assert_eq!(attempts.count(seat, NOW), Ok(()));
        }
        assert_eq!(attempts.check(seat, NOW), Err(30));
        assert_eq!(attempts.count(seat, later(1)), Err(30));
        assert_eq!(attempts.count(seat, later(INTERVAL)), Ok(()));
        assert_eq!(attempts.count(seat, later(INTERVAL)), Err(30));
        attempts.forget(seat);
        assert_eq!(attempts.check(seat, NOW), Ok(()));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let attempts = Attempts::new();
        let seat = attempts.seat([192, 0, 2, 1].into(), LinkId(1));
        attempts.count(seat, later(1_000_000_000)).unwrap();
        let wait = attempts.check(seat, NOW).unwrap_err();
        assert!(wait <= 30, "{wait}");
    }

    #[test]
    fn others_have_attempts_of_their_own() {
        let attempts = Attempts::new();
        let seat = |address: &str, link| {
            let address: IpAddr = address.parse().unwrap();
            attempts.seat(address, LinkId(link)).0
        };
        let one = seat("192.0.2.1", 1);
        assert_eq!(one, seat("::ffff:192.0.2.1", 1));
        assert_ne!(one, seat("192.0.2.1", 2));
        assert_ne!(one, seat("192.0.2.2", 1));
        assert_eq!(seat("2001:db8::1", 1), seat("2001:db8::2", 1));
        assert_ne!(seat("2001:db8::1", 1), seat("2001:db8:0:1::1", 1));
    }
}
