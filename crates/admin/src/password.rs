//! Hashing the passwords of links: argon2id, off the serving threads, a few at a time.

use argon2::{Argon2, password_hash::PasswordHasher};
use suo_link::policy::PasswordHash;
use tokio::sync::Semaphore;

use crate::{
    problem::{Name, Problem},
    random,
    store::Cause,
};

/// Hashes under way at once in this process: each takes 19 MiB of memory and a core for some
/// 30 ms (argon2's defaults, which are the first choice of OWASP's Password Storage Cheat Sheet
/// after 46 MiB). All others wait in turn.
const AT_ONCE: usize = 2;

/// Bytes of salt (RFC 9106, section 3.1).
const SALT: usize = 16;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// Hashes a password with a salt of its own.
///
/// # Errors
/// 503 if the system gives no random bytes, no memory or no thread.
pub(crate) async fn hash(password: String) -> Result<PasswordHash, Problem> {
    // The semaphore is never closed; without a place the hash would still be right.
    let _place = PLACES.acquire().await;
    let hashed = actix_web::web::block(move || hash_now(password.as_bytes())).await;
    let hashed = hashed.map_err(Cause::from).flatten();
    hashed.map_err(|error| {
        tracing::error!(%error, "a password was not hashed");
        Problem::new(Name::Unavailable, "try again in a moment")
    })
}

fn hash_now(password: &[u8]) -> Result<PasswordHash, Cause> {
    let mut salt = [0; SALT];
    random::system(&mut salt)?;
    let hash = Argon2::default().hash_password_with_salt(password, &salt)?;
    PasswordHash::from_phc(&hash.to_string()).ok_or_else(|| "it is no hash of argon2id".into())
}

#[cfg(test)]
mod tests {
    use argon2::{Argon2, PasswordVerifier, password_hash::phc};

    use super::hash_now;

    #[test]
    fn a_hash_fits_its_password_only_and_never_looks_the_same() {
        let hash = hash_now("开门 please".as_bytes()).unwrap();
        assert!(hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let read = phc::PasswordHash::new(hash.as_phc()).unwrap();
        let fits = |password: &str| Argon2::default().verify_password(password.as_bytes(), &read);
        assert!(fits("开门 please").is_ok() && fits("开门").is_err());
        assert_ne!(hash_now("开门 please".as_bytes()).unwrap(), hash);
    }
}
