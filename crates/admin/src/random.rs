//! Randomness, handed to whoever needs it so that tests can choose it.

use crate::store::Cause;

/// Fills bytes with randomness fit for secrets.
pub type Random = fn(&mut [u8]) -> Result<(), Cause>;

/// The operating system's randomness.
///
/// # Errors
/// If the system has none, which it only says early in its own start.
pub fn system(bytes: &mut [u8]) -> Result<(), Cause> {
    getrandom::fill(bytes).map_err(Cause::from)
}
