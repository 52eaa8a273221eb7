//! API keys.

pub mod create;
pub mod delete;
pub mod list;

use serde::Serialize;
use suo_link::id::LinkId;
use utoipa::ToSchema;

use crate::{
    store::{ApiKey, ApiKeyId, Scopes},
    time,
};

/// An API key, without the key itself.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyBody {
    /// Opaque.
    #[schema(example = "0000000000001")]
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The key's first characters.
    #[schema(example = "suo_3fk9")]
    pub prefix: String,
    /// `read` and `write`.
    pub scopes: Vec<&'static str>,
    /// RFC 3339.
    pub created_at: String,
}

impl From<&ApiKey> for ApiKeyBody {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: LinkId(key.id.0).to_public(),
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            scopes: names(key.scopes),
            created_at: time::to_text(key.created_at),
        }
    }
}

fn names(scopes: Scopes) -> Vec<&'static str> {
    let given = [(scopes.read, "read"), (scopes.write, "write")];
    given
        .into_iter()
        .filter_map(|(is_given, name)| is_given.then_some(name))
        .collect()
}

/// Ids of keys are written like those of links.
fn key_id(text: &str) -> Option<ApiKeyId> {
    LinkId::from_public(text).map(|LinkId(number)| ApiKeyId(number))
}
