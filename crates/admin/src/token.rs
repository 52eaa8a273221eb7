//! The token by which programs of one instance know each other.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use sha2::{Digest, Sha256};

/// The digest of `SUO_INTERNAL_TOKEN`: compared in place of the token, so that the time a
/// comparison takes tells nothing about the token.
#[derive(Clone)]
pub struct InternalToken([u8; 32]);

impl InternalToken {
    /// Remembers a token.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Whether the request bears the token.
    #[must_use]
    pub fn is_borne_by(&self, request: &HttpRequest) -> bool {
        let header = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| <[u8; 32]>::from(Sha256::digest(token)) == self.0)
    }
}
