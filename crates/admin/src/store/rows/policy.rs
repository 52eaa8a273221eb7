//! A link's policy as it lies in two columns: JSON without the password, and the password's hash.

use suo_link::policy::{PasswordHash, Policy};

use super::known;
use crate::{policy_text::PolicyText, store::StoreError};

/// What the column `policy` holds: nothing for a link that has no more than a password.
pub(in crate::store) fn text(policy: Option<&Policy>) -> Option<String> {
    let text = PolicyText::from(policy?);
    (text != PolicyText::default()).then(|| serde_json::json!(text).to_string())
}

/// What the column `password_hash` holds.
pub(in crate::store) fn password_hash(policy: Option<&Policy>) -> Option<&str> {
    Some(policy?.password.as_ref()?.as_phc())
}

/// The policy of both columns; `None` for a plain link.
pub(in crate::store) fn read(
    text: Option<&str>,
    password_hash: Option<&str>,
) -> Result<Option<Box<Policy>>, StoreError> {
    if text.is_none() && password_hash.is_none() {
        return Ok(None);
    }
    let mut policy = match text {
        None => Policy::default(),
        Some(text) => {
            let text: PolicyText = serde_json::from_str(text).map_err(StoreError::broken)?;
            known(text.read())?
        }
    };
    if let Some(hash) = password_hash {
        policy.password = Some(known(PasswordHash::from_phc(hash))?);
    }
    Ok(Some(Box::new(policy)))
}
