//! The cookie that remembers, for a short time, that a visitor has proven a link's password.

use std::fmt::{self, Write};

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header::COOKIE};
use sha2::Sha256;
use suo_link::{domain::Scheme, id::LinkId, policy::PasswordHash, time::Timestamp};

const NAME: &str = "suo_unlocked";

/// How long a proof holds, in seconds.
const LIFETIME: i64 = 15 * 60;

/// Bytes of the tag that are sent: 128 bits.
const TAG_BYTES: usize = 16;

/// The instance's key for this purpose; all edges have the same.
#[derive(Clone, Copy)]
pub(crate) struct UnlockingKey(pub(crate) [u8; 32]);

impl fmt::Debug for UnlockingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnlockingKey(..)")
    }
}

/// What a proof is about: one link with one password. Who changes the password undoes all proofs.
#[derive(Clone, Copy)]
pub(crate) struct Cookie<'a> {
    pub(crate) key: &'a UnlockingKey,
    pub(crate) link: LinkId,
    pub(crate) hash: &'a PasswordHash,
}

impl Cookie<'_> {
    /// The value of `Set-Cookie`: for the paths of this code alone, and for no script.
    pub(crate) fn set(&self, code: &str, scheme: Scheme, now: Timestamp) -> Option<HeaderValue> {
        let end = now.0 / 1000 + LIFETIME;
        let tag = hex(&self.mac(end).finalize().into_bytes()[..TAG_BYTES]);
        let secure = match scheme {
            Scheme::Https => "; Secure",
            Scheme::Http => "",
        };
        let text = format!(
            "{NAME}={end}.{tag}; Max-Age={LIFETIME}; Path=/{code}; HttpOnly; SameSite=Lax{secure}"
        );
        // Codes are letters, digits, `-` and `_`.
        HeaderValue::from_str(&text).ok()
    }

    /// Whether the visitor's cookies hold a proof. Cookies of other codes may stand beside it.
    pub(crate) fn is_among(&self, headers: &HeaderMap, now: Timestamp) -> bool {
        let values = headers.get_all(COOKIE).iter();
        let pairs = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        pairs
            .filter_map(|pair| pair.trim_ascii().strip_prefix(NAME.as_bytes()))
            .filter_map(|rest| rest.strip_prefix(b"="))
            .any(|value| self.proves(value, now))
    }

    fn proves(&self, value: &[u8], now: Timestamp) -> bool {
        let proof = std::str::from_utf8(value).ok().and_then(|text| {
            let (end, tag) = text.split_once('.')?;
            Some((end.parse::<i64>().ok()?, unhex(tag)?))
        });
        proof.is_some_and(|(end, tag)| {
            let seconds = now.0 / 1000;
            let is_in_time = (seconds..=seconds.saturating_add(LIFETIME)).contains(&end);
            // Compared in constant time.
            is_in_time && self.mac(end).verify_truncated_left(&tag).is_ok()
        })
    }

    fn mac(&self, end: i64) -> Hmac<Sha256> {
        // A key that is shorter than a block of the hash is filled up with zeros (RFC 2104).
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.key.0);
        let mut mac = Hmac::<Sha256>::new(&key.into());
        // Both numbers have a fixed length, so no two proofs are the same bytes.
        mac.update(&self.link.0.to_be_bytes());
        mac.update(&end.to_be_bytes());
        mac.update(self.hash.as_phc().as_bytes());
        mac
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; TAG_BYTES]> {
    let digits: &[u8; 2 * TAG_BYTES] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; TAG_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = *byte << 4 | u8::try_from(value).ok()?;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::COOKIE};
    use suo_link::{domain::Scheme, id::LinkId, policy::PasswordHash, time::Timestamp};

    use super::{Cookie, LIFETIME, UnlockingKey};

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const KEY: UnlockingKey = UnlockingKey([7; 32]);

    fn hash(text: &str) -> PasswordHash {
        PasswordHash::from_phc(&format!("$argon2id${text}")).unwrap()
    }

    fn value(cookie: &Cookie<'_>) -> String {
        let set = cookie.set("ab", Scheme::Https, NOW).unwrap();
        let text = set.to_str().unwrap();
        assert!(text.ends_with("; Max-Age=900; Path=/ab; HttpOnly; SameSite=Lax; Secure"));
        text.split(';').next().unwrap().to_owned()
    }

    fn is_among(cookie: &Cookie<'_>, value: &str, now: Timestamp) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(value).unwrap());
        cookie.is_among(&headers, now)
    }

    #[test]
    fn a_proof_holds_for_one_link_with_one_password_for_a_while() {
        let (one, other) = (hash("one"), hash("other"));
        let cookie = Cookie {
            key: &KEY,
            link: LinkId(1),
            hash: &one,
        };
        let proof = value(&cookie);
        assert!(is_among(&cookie, &proof, NOW));
        assert!(is_among(
            &cookie,
            &format!("a=b; {proof}; suo_unlocked=x"),
            NOW
        ));
        let last = Timestamp(NOW.0 + LIFETIME * 1000);
        assert!(is_among(&cookie, &proof, last));
        assert!(!is_among(&cookie, &proof, Timestamp(last.0 + 1000)));
        let of_another_link = Cookie {
            link: LinkId(2),
            ..cookie
        };
        let of_another_password = Cookie {
            hash: &other,
            ..cookie
        };
        let of_another_instance = Cookie {
            key: &UnlockingKey([8; 32]),
            ..cookie
        };
        for cookie in [of_another_link, of_another_password, of_another_instance] {
            assert!(!is_among(&cookie, &proof, NOW));
        }
    }

    #[test]
    fn nothing_else_is_a_proof() {
        let hash = hash("one");
        let cookie = Cookie {
            key: &KEY,
            link: LinkId(1),
            hash: &hash,
        };
        let proof = value(&cookie);
        let (end, tag) = proof.split_once('.').unwrap();
        for forged in [
            "",
            "suo_unlocked",
            "suo_unlocked=",
            "suo_unlocked=.",
            &format!("suo_unlocked=99999999999.{tag}"),
            &format!("suo_unlocked=-1.{tag}"),
            &format!("{end}."),
            &proof[..proof.len() - 1],
            &format!("{proof}0"),
            &format!("x{proof}"),
        ] {
            assert!(!is_among(&cookie, forged, NOW), "{forged}");
        }
    }
}
