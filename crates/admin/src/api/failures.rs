//! Sets of problems that routes answer with, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{RefOr, Response},
};

use crate::problem::{self, Name};

/// Names a set of problems that a route can answer with.
macro_rules! problems {
    ($($(#[$doc:meta])* $set:ident: $($name:ident)+;)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $set;

            impl IntoResponses for $set {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    let always = [Name::Unauthorized, Name::Forbidden, Name::Unavailable, Name::Internal, Name::MethodNotAllowed];
                    problem::responses(&[&always[..], &[$(Name::$name),+]].concat()).collect()
                }
            }
        )+
    };
}

problems! {
    /// Of reading one link.
    Reads: NotFound;
    /// Of lists.
    Lists: InvalidFields;
    /// Of creating a link.
    Creates: NotJson CodeTaken IdempotencyInWork TooLarge UnsupportedMediaType InvalidFields IdempotencyMismatch;
    /// Of creating many links.
    Batches: NotJson IdempotencyInWork TooLarge UnsupportedMediaType InvalidFields IdempotencyMismatch;
    /// Of changing a link.
    Edits: NotJson NotFound CodeTaken VersionMismatch TooLarge UnsupportedMediaType InvalidFields;
    /// Of deleting a link.
    Deletes: NotFound VersionMismatch;
    /// Of trying a link out.
    Simulates: NotJson NotFound TooLarge UnsupportedMediaType InvalidFields;
    /// Of reading a picture.
    Decodes: TooLarge UnsupportedMediaType InvalidFields UnreadablePicture PictureTooHard Busy;
    /// Of adding a logo.
    AddsLogo: TooLarge UnsupportedMediaType InvalidFields UnreadablePicture PictureTooHard Busy;
    /// Of deleting a logo.
    DeletesLogo: NotFound;
    /// Of sums of everything, or of a tag.
    Sums: InvalidFields;
    /// Of sums of something.
    SumsOf: NotFound InvalidFields;
    /// Of single answers.
    Events: NotFound InvalidFields;
    /// Of watching.
    Watches: NotFound InvalidFields Busy;
    /// Of drawing a link's QR code.
    Draws: NotFound InvalidFields Busy;
    /// Of making an API key.
    CreatesKey: NotJson TooLarge UnsupportedMediaType InvalidFields;
    /// Of deleting an API key.
    DeletesKey: NotFound;
    /// Of adding a domain.
    CreatesDomain: NotJson DomainTaken TooLarge UnsupportedMediaType InvalidFields;
    /// Of putting a file onto a domain.
    PutsFile: NotJson NotFound VersionMismatch TooLarge UnsupportedMediaType InvalidFields;
    /// Of changing a domain.
    EditsDomain: NotJson NotFound CaseRuleFixed VersionMismatch TooLarge UnsupportedMediaType InvalidFields;
}
