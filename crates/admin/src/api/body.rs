//! Bodies of requests: JSON objects, with a bound.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    web::{self, Bytes},
};
use serde_json::{Map, Value};

use crate::{
    auth::{Reader, Writer},
    problem::{Code, Finding, Name, Problem},
    store::ApiKey,
};

/// The largest body, in bytes.
pub const LIMIT: usize = 1024 * 1024;

/// The largest body of a batch, in bytes.
pub const BATCH_LIMIT: usize = 32 * 1024 * 1024;

/// A caller who may write, and what they sent. The body is read after the key was checked:
/// strangers hear about their key only, and can't make us keep megabytes in memory.
pub struct Written<const L: usize = LIMIT> {
    /// Whose key it is.
    pub caller: ApiKey,
    /// What was sent.
    pub body: Object<L>,
}

/// A caller who may read, and what they ask about.
pub struct Asked<const L: usize = LIMIT> {
    /// Whose key it is.
    pub caller: ApiKey,
    /// What was sent.
    pub body: Object<L>,
}

/// A JSON object of at most `L` bytes, with the bytes that it came as.
pub struct Object<const L: usize = LIMIT> {
    /// What was sent, for fingerprints.
    pub bytes: Bytes,
    /// Its members.
    pub members: Map<String, Value>,
}

impl<const L: usize> FromRequest for Written<L> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let writer = Writer::from_request(request, &mut Payload::None);
        let body = Object::of(request, payload);
        Box::pin(async move {
            let Writer(caller) = writer.await?;
            let body = body.await?;
            Ok(Self { caller, body })
        })
    }
}

impl<const L: usize> FromRequest for Asked<L> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let reader = Reader::from_request(request, &mut Payload::None);
        let body = Object::of(request, payload);
        Box::pin(async move {
            let Reader(caller) = reader.await?;
            let body = body.await?;
            Ok(Self { caller, body })
        })
    }
}

impl<const L: usize> Object<L> {
    /// Reads nothing before it is polled.
    fn of(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, Problem>> + use<L> {
        let media_type = check_media_type(request);
        let payload = web::Payload::from_request(request, payload);
        async move {
            media_type?;
            let payload = payload
                .await
                .map_err(|error| Problem::new(Name::NotJson, error))?;
            Self::read(payload).await
        }
    }

    async fn read(payload: web::Payload) -> Result<Self, Problem> {
        let bytes = bounded(payload, L).await?;
        let members = object(&bytes)?;
        Ok(Self { bytes, members })
    }
}

/// All of a body that has at most `limit` bytes.
pub(super) async fn bounded(payload: web::Payload, limit: usize) -> Result<Bytes, Problem> {
    match payload.to_bytes_limited(limit).await {
        Err(_) => Err(too_large(limit)),
        Ok(Err(error)) => Err(Problem::new(Name::NotJson, error)),
        Ok(Ok(bytes)) => Ok(bytes),
    }
}

fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let given = request.content_type();
    let is_it = |read: &str| read.eq_ignore_ascii_case(given);
    if ["application/json", "application/merge-patch+json"]
        .into_iter()
        .any(is_it)
    {
        return Ok(());
    }
    Err(Problem::new(
        Name::UnsupportedMediaType,
        format_args!("send Content-Type: application/json, not {given:?}"),
    ))
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        Name::TooLarge,
        format_args!("a body here has at most {limit} bytes"),
    )
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Problem::fields(vec![Finding::new(
            "",
            Code::WrongType,
            "send a JSON object",
        )])),
        Err(error) => Err(Problem::new(Name::NotJson, error)),
    }
}
