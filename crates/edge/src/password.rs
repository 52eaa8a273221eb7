//! Passwords of links: proving one, remembering that it was proven, limiting guesses.

mod attempts;
mod cookie;
mod form;

use std::{io, net::IpAddr};

use argon2::{
    Argon2,
    password_hash::{self, PasswordVerifier, phc},
};
use suo_link::{id::LinkId, policy::PasswordHash};

use crate::workshop::Workshop;
use attempts::Attempts;

pub(crate) use cookie::{Cookie, UnlockingKey};
pub(crate) use form::{BadForm, is_from_elsewhere, read as read_form};

/// Attempts that wait for their turn at most. One takes some 20 ms, so the last of them waits
/// for less than two seconds.
const QUEUE: usize = 64;

/// What trying a password comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
    /// Too many wrong ones from this address: seconds until the next may be tried.
    TooMany(u64),
    /// Others are being tried; a moment later there is room again.
    Busy,
    /// The hash cannot be read: a newer suo has written it.
    Unreadable,
}

/// Tries passwords, off the serving threads; one for all workers.
#[derive(Debug)]
pub(crate) struct Gate {
    workshop: Workshop,
    attempts: Attempts,
}

impl Gate {
    /// Starts one hashing thread for four serving ones.
    pub(crate) fn new(workers: usize) -> io::Result<Self> {
        Ok(Self {
            workshop: Workshop::start("suo-edge-hash", workers.div_ceil(4), QUEUE)?,
            attempts: Attempts::new(),
        })
    }

    /// Tries a password from an address. Only attempts that are really made count.
    pub(crate) async fn try_password(
        &self,
        password: Vec<u8>,
        hash: &PasswordHash,
        link: LinkId,
        address: IpAddr,
    ) -> Verdict {
        let seat = self.attempts.seat(address, link);
        let now = crate::clock::now();
        if let Err(seconds) = self.attempts.check(seat, now) {
            return Verdict::TooMany(seconds);
        }
        let phc = hash.as_phc().to_owned();
        let Ok(verdict) = self.workshop.take_on(move || verify(&password, &phc)) else {
            return Verdict::Busy;
        };
        // Before the answer is known: who sends many at once gets no more of them than others.
        if let Err(seconds) = self.attempts.count(seat, now) {
            return Verdict::TooMany(seconds);
        }
        let verdict = verdict.await.unwrap_or(Verdict::Busy);
        if verdict == Verdict::Right {
            self.attempts.forget(seat);
        }
        verdict
    }
}

fn verify(password: &[u8], phc: &str) -> Verdict {
    let Ok(hash) = phc::PasswordHash::new(phc) else {
        return Verdict::Unreadable;
    };
    match Argon2::default().verify_password(password, &hash) {
        Ok(()) => Verdict::Right,
        Err(password_hash::Error::PasswordInvalid) => Verdict::Wrong,
        Err(_) => Verdict::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};
    use suo_link::{id::LinkId, policy::PasswordHash};

    use super::{Gate, Verdict};

    /// The hash of "open sesame", with 8 KiB, so that the test is quick.
    fn sesame() -> PasswordHash {
        let cost = Params::new(8, 1, 1, None).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        let hash = argon2.hash_password_with_salt(b"open sesame", b"salt of a test");
        PasswordHash::from_phc(&hash.unwrap().to_string()).unwrap()
    }

    async fn attempt(gate: &Gate, password: &str, hash: &PasswordHash) -> Verdict {
        let address = IpAddr::from([192, 0, 2, 1]);
        let password = password.as_bytes().to_vec();
        gate.try_password(password, hash, LinkId(1), address).await
    }

    #[tokio::test]
    async fn the_right_password_opens_and_makes_good_for_wrong_ones() {
        let gate = Gate::new(1).unwrap();
        for _ in 0..3 {
            for _ in 0..3 {
                assert_eq!(
                    attempt(&gate, "open barley", &sesame()).await,
                    Verdict::Wrong
                );
            }
            assert_eq!(
                attempt(&gate, "open sesame", &sesame()).await,
                Verdict::Right
            );
        }
    }

    #[tokio::test]
    async fn wrong_passwords_are_limited() {
        let gate = Gate::new(1).unwrap();
        let mut wrong = 0;
        let seconds = loop {
            match attempt(&gate, "", &sesame()).await {
                Verdict::Wrong => wrong += 1,
                Verdict::TooMany(seconds) => break seconds,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(wrong, super::attempts::AT_ONCE);
        assert!((1..=60).contains(&seconds));
        // The right one does not pass either: otherwise the limit would tell which it is.
        assert!(matches!(
            attempt(&gate, "open sesame", &sesame()).await,
            Verdict::TooMany(_)
        ));
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_read_is_no_wrong_password() {
        let gate = Gate::new(1).unwrap();
        let hash = PasswordHash::from_phc("$argon2id$x").unwrap();
        assert_eq!(attempt(&gate, "", &hash).await, Verdict::Unreadable);
    }
}
