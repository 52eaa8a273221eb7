//! `POST /api-keys`

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiKeyBody;
use crate::{
    api::{
        body::{Object, Written},
        failures::CreatesKey,
        fields::Fields,
    },
    auth::{kept, new_key},
    problem::{Code, Name, Problem},
    state::State,
    store::Scopes,
};

/// The most characters of a key's name.
const NAME: usize = 100;

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub struct NewApiKeyBody {
    /// What is kept.
    #[serde(flatten)]
    pub kept: ApiKeyBody,
    /// The key: shown now and never again.
    #[schema(example = "suo_3fk9…")]
    pub key: String,
}

/// Make an API key
///
/// The key is in this answer and nowhere else. A key makes keys of its own scopes at most.
#[utoipa::path(
    post,
    path = "/api/v1/api-keys",
    tag = "api keys",
    request_body(content = crate::api::inputs::ApiKeyInput),
    responses((status = 201, description = "The new key", body = NewApiKeyBody), CreatesKey),
    security(("key" = []))
)]
pub(crate) async fn create_api_key(
    state: Data<State>,
    Written { caller, body }: Written,
) -> Result<HttpResponse, Problem> {
    let (name, scopes) = read(&body, caller.scopes)?;
    let key = new_key().map_err(|error| {
        tracing::error!(%error, "no random bytes");
        Problem::new(Name::Unavailable, "try again in a moment")
    })?;
    let (new, now) = (kept(&key, &name, scopes), state.now());
    let made = state.ask(move |store| store.add_api_key(&new, now)).await?;
    let made = made.ok_or_else(|| Problem::new(Name::Internal, "the key exists already"))?;
    Ok(HttpResponse::Created().json(NewApiKeyBody {
        kept: ApiKeyBody::from(&made),
        key,
    }))
}

fn read(body: &Object, own: Scopes) -> Result<(String, Scopes), Problem> {
    let mut fields = Fields::new(&body.members, "");
    fields.only(&["name", "scopes"], &[]);
    let name = fields.bounded("name", NAME);
    fields.require("name", &name, "a key needs a name");
    let scopes = scopes(&mut fields, own);
    fields.finish().map_err(Problem::fields)?;
    Ok((name.flatten().unwrap_or_default(), scopes))
}

fn scopes(fields: &mut Fields<'_>, own: Scopes) -> Scopes {
    let given = fields
        .texts("scopes")
        .map(|given| Some(given).filter(|given| !given.is_empty()));
    let detail = "a list of read, write, or both";
    fields.require("scopes", &given, detail);
    let given = given.flatten().unwrap_or_default();
    let scopes = Scopes {
        read: given.contains(&"read"),
        write: given.contains(&"write"),
    };
    if given.iter().any(|scope| !["read", "write"].contains(scope)) {
        fields.refuse("scopes", Code::UnknownValue, detail);
    } else if !own.include(scopes) {
        let detail = "a key makes keys of its own scopes at most";
        fields.refuse("scopes", Code::ScopeExceeded, detail);
    }
    scopes
}
