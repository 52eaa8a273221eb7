//! Errors of the API: problem documents after RFC 9457. Titles and details are for people and may
//! change.

mod names;

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::{Serialize, Serializer};
use utoipa::{
    ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

pub use self::names::{Code, Name};
use crate::store::StoreError;

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What is wrong about one field, or worth a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// A JSON pointer into the body, `?name` for a query parameter, or a header's name.
    pub pointer: String,
    /// What it is, for programs.
    pub code: Code,
    /// What it is and what would be right, for people.
    pub detail: String,
}

impl Finding {
    /// A finding about the field at `pointer`.
    pub fn new(pointer: impl Into<String>, code: Code, detail: impl fmt::Display) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: detail.to_string(),
        }
    }
}

/// An error as clients see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:suo:problem:<name>`.
    #[serde(rename = "type", serialize_with = "urn")]
    #[schema(rename = "type", value_type = String, example = "urn:suo:problem:invalid-fields")]
    name: Name,
    /// In a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened this time.
    detail: String,
    /// What is wrong with which field, all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Finding>,
    #[serde(skip)]
    #[schema(ignore)]
    allow: Option<String>,
}

impl Problem {
    /// A problem of this name.
    pub fn new(name: Name, detail: impl fmt::Display) -> Self {
        Self {
            name,
            title: name.title(),
            status: name.status(),
            detail: detail.to_string(),
            errors: Vec::new(),
            allow: None,
        }
    }

    /// Fields that are wrong.
    #[must_use]
    pub fn fields(errors: Vec<Finding>) -> Self {
        let detail = match errors.len() {
            1 => "1 field is not valid".to_owned(),
            count => format!("{count} fields are not valid"),
        };
        Self {
            errors,
            ..Self::new(Name::InvalidFields, detail)
        }
    }

    /// A code that belongs to another link; `base` is the JSON pointer to the link that wants it.
    #[must_use]
    pub fn code_taken(base: &str) -> Self {
        let detail = "another link has this code: choose another code";
        let pointer = format!("{base}/code");
        let errors = vec![Finding::new(pointer, Code::CodeTaken, detail)];
        Self {
            errors,
            ..Self::new(Name::CodeTaken, detail)
        }
    }

    /// A method that the path does not have; `allowed` is the value of `Allow`.
    #[must_use]
    pub fn method(allowed: String) -> Self {
        let detail = format!("allowed here: {allowed}");
        Self {
            allow: Some(allowed),
            ..Self::new(Name::MethodNotAllowed, detail)
        }
    }

    /// Which problem it is.
    #[must_use]
    pub fn name(&self) -> Name {
        self.name
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type(MEDIA_TYPE);
        match self.name {
            Name::Unauthorized => _ = response.insert_header((WWW_AUTHENTICATE, "Bearer")),
            Name::Unavailable | Name::Busy | Name::IdempotencyInWork => {
                response.insert_header((RETRY_AFTER, "1"));
            }
            _ => {}
        }
        if let Some(allow) = &self.allow {
            response.insert_header((ALLOW, allow.as_str()));
        }
        response.body(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// The cause is for the log; the client hears only whose fault it was.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "a request could not be served");
                Self::new(Name::Unavailable, "try again in a moment")
            }
            StoreError::ClaimLost => in_work(),
            StoreError::Broken(_) | StoreError::Aborted(_) => {
                tracing::error!(%error, "a request failed");
                Self::new(Name::Internal, "the operator finds the cause in the log")
            }
        }
    }
}

/// A request with the same idempotency key has not been answered yet.
#[must_use]
pub fn in_work() -> Problem {
    Problem::new(
        Name::IdempotencyInWork,
        "ask again when it has been answered",
    )
}

/// How a problem of each of these names looks in the OpenAPI document, by status.
pub(crate) fn responses(names: &[Name]) -> impl Iterator<Item = (String, RefOr<Response>)> {
    let mut statuses: Vec<u16> = names.iter().map(|name| name.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.into_iter().map(|status| {
        let of_status = names.iter().filter(|name| name.status() == status);
        let urns: Vec<_> = of_status
            .map(|name| format!("`urn:suo:problem:{}`: {}", name.as_str(), name.title()))
            .collect();
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(urns.join("; "))
            .content(MEDIA_TYPE, content);
        (status.to_string(), RefOr::T(response.build()))
    })
}

fn urn<S: Serializer>(name: &Name, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("urn:suo:problem:{}", name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{Name, Problem};

    #[test]
    fn every_problem_is_a_document_with_its_urn() {
        for name in Name::ALL {
            let problem = serde_json::to_value(Problem::new(*name, "so")).unwrap();
            assert_eq!(
                problem["type"],
                format!("urn:suo:problem:{}", name.as_str())
            );
            assert_eq!(problem["status"], name.status());
            assert_eq!(problem["detail"], "so");
        }
    }
}
