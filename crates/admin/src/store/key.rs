//! API keys and idempotency keys as the store keeps them.

use suo_link::time::Timestamp;

/// SHA-256 of an API key: all that is kept of it, but for its first characters.
pub type KeyHash = [u8; 32];

/// An API key's number, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(pub u64);

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes {
    /// See everything.
    pub read: bool,
    /// Change everything.
    pub write: bool,
}

impl Scopes {
    /// Both scopes.
    pub const ALL: Self = Self {
        read: true,
        write: true,
    };

    /// Whether somebody with these scopes may make or delete a key with `other`.
    #[must_use]
    pub fn include(self, other: Self) -> bool {
        (self.read || !other.read) && (self.write || !other.write)
    }
}

/// A kept key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its number.
    pub id: ApiKeyId,
    /// What its owner calls it.
    pub name: String,
    /// Its first characters, so that people can tell keys apart.
    pub prefix: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A key to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// Its hash.
    pub hash: KeyHash,
    /// Its first characters.
    pub prefix: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
}

/// What became of a key to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDeleted {
    /// It is gone.
    Done,
    /// There is no such key.
    NotFound,
    /// It may do more than whoever wants it deleted.
    MayDoMore,
}

/// Tells two requests with one idempotency key apart: SHA-256 of method, path and body.
pub type Fingerprint = [u8; 32];

/// Tells two claims of one idempotency key apart: random.
pub type ClaimToken = [u8; 16];

/// A request's claim on an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose key it is: each API key has its own.
    pub api_key: ApiKeyId,
    /// The idempotency key.
    pub key: String,
    /// The request.
    pub fingerprint: Fingerprint,
    /// This very claim.
    pub token: ClaimToken,
    /// Until when the request is believed to be at work.
    pub until: Timestamp,
    /// Replies older than this are forgotten.
    pub forget_before: Timestamp,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The key is ours until the claim runs out.
    Ours,
    /// Another request is at work with it.
    InWork,
    /// It was used for another request.
    OtherRequest,
    /// The request was answered already.
    Answered(Reply),
}

/// A reply as it was sent, to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The value of `ETag`.
    pub etag: Option<String>,
    /// The JSON.
    pub body: Vec<u8>,
}
