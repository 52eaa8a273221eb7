//! All names of problems (`urn:suo:problem:<name>`) and all codes of single fields. Clients may rely
//! on them.

use serde::Serialize;
use utoipa::ToSchema;

macro_rules! names {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $title:literal;)+) => {
        /// What went wrong, as a whole.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Name { $($(#[$doc])* $variant),+ }

        impl Name {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The end of its URN.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The HTTP status, the same for every problem of this name.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// In a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

names! {
    /// The body is not JSON.
    NotJson = "not-json", 400, "The body is not JSON";
    /// No API key, or a wrong one.
    Unauthorized = "unauthorized", 401, "An API key is needed";
    /// The API key lacks a scope.
    Forbidden = "forbidden", 403, "The API key may not do this";
    /// There is no such thing.
    NotFound = "not-found", 404, "There is no such thing";
    /// The path exists, the method does not.
    MethodNotAllowed = "method-not-allowed", 405, "This method is not allowed here";
    /// The code belongs to another link.
    CodeTaken = "code-taken", 409, "The code is taken";
    /// The domain exists already.
    DomainTaken = "domain-taken", 409, "The domain exists already";
    /// The case rule of a domain is fixed once it has a link.
    CaseRuleFixed = "case-rule-fixed", 409, "The case rule can't change any more";
    /// A request with this idempotency key is at work.
    IdempotencyInWork = "idempotency-in-work", 409, "A request with this Idempotency-Key is at work";
    /// The thing has another version than `If-Match` says.
    VersionMismatch = "version-mismatch", 412, "It has been changed meanwhile";
    /// The body is too large.
    TooLarge = "too-large", 413, "The body is too large";
    /// The body is of a media type that is not read here.
    UnsupportedMediaType = "unsupported-media-type", 415, "This media type is not read here";
    /// One or more fields are wrong.
    InvalidFields = "invalid-fields", 422, "Some fields are not valid";
    /// The idempotency key was used for another request.
    IdempotencyMismatch = "idempotency-mismatch", 422, "The Idempotency-Key was used for another request";
    /// No code was found in a picture.
    UnreadablePicture = "unreadable-picture", 422, "No code was found in the picture";
    /// Reading a picture ran into the limits.
    PictureTooHard = "picture-too-hard", 422, "Reading the picture takes too much";
    /// A fault of ours.
    Internal = "internal", 500, "Something went wrong on our side";
    /// The database is away.
    Unavailable = "unavailable", 503, "The database is not available";
    /// Too much of the same is under way.
    Busy = "busy", 503, "Too much of this is under way";
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What is wrong (or doubtful) about one field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// Every code, with its name in JSON.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$variant, $name)),+];
        }
    };
}

codes! {
    /// No such field, or one that is not served yet.
    UnknownField = "unknown_field",
    /// The field must be there.
    Required = "required",
    /// The value has another type.
    WrongType = "wrong_type",
    /// The value is none of those allowed.
    UnknownValue = "unknown_value",
    /// Fewer characters than needed.
    TooShort = "too_short",
    /// More characters than allowed.
    TooLong = "too_long",
    /// More entries than allowed.
    TooMany = "too_many",
    /// A number out of its range.
    OutOfRange = "out_of_range",
    /// No code can look like this.
    InvalidCode = "invalid_code",
    /// The word is reserved.
    ReservedCode = "reserved_code",
    /// The code belongs to another link.
    CodeTaken = "code_taken",
    /// Not a URL that people can be sent to.
    InvalidUrl = "invalid_url",
    /// A scheme other than http and https.
    SchemeNotAllowed = "scheme_not_allowed",
    /// A user name or a password in a URL.
    CredentialsInUrl = "credentials_in_url",
    /// A loopback, private or otherwise unroutable host.
    PrivateTarget = "private_target",
    /// A short domain of our own: a loop.
    OwnDomain = "own_domain",
    /// Not a moment in RFC 3339.
    InvalidTime = "invalid_time",
    /// A moment that must come after another one and does not.
    TimesOutOfOrder = "times_out_of_order",
    /// No such domain here.
    UnknownDomain = "unknown_domain",
    /// Not a path that a file of a domain may have.
    InvalidPath = "invalid_path",
    /// Not UTF-8 text.
    NotText = "not_text",
    /// Not a domain name.
    InvalidDomain = "invalid_domain",
    /// The field can't be changed.
    Immutable = "immutable",
    /// Not a cursor of ours.
    InvalidCursor = "invalid_cursor",
    /// A key may not make keys that may do more.
    ScopeExceeded = "scope_exceeded",
    /// Two capitals are a country, such as `CN`.
    InvalidCountry = "invalid_country",
    /// Not a language tag, such as `zh` or `zh-CN`.
    InvalidLanguage = "invalid_language",
    /// There is nothing to guide out of a browser.
    BrowserGuided = "browser_guided",
    /// A policy with which nobody ever reaches the target.
    Unsatisfiable = "unsatisfiable",
    /// Not a colour.
    InvalidColor = "invalid_color",
    /// No such logo here.
    UnknownLogo = "unknown_logo",
    /// The colours of a QR code are too near to each other, or the wrong way round.
    LowContrast = "low_contrast",
    /// The logo hides too much of a QR code.
    LogoTooLarge = "logo_too_large",
    /// A QR code that is not read in this design.
    UnreadableDesign = "unreadable_design",
    /// A warning: a rule that can match nobody, or nobody any more.
    UnreachableRule = "unreachable_rule",
    /// A warning: visitors of a rule that names their app are not guided.
    GuideSkipped = "guide_skipped",
    /// A warning: some who may open a link are guided to a browser, which may not.
    GuidedIntoDenial = "guided_into_denial",
    /// A warning: something else in the policy makes it have no effect.
    NoEffect = "no_effect",
    /// A warning: the host imitates another one with look-alike letters.
    Homograph = "homograph",
    /// A warning: links lead to a domain that is a short domain of our own from now on.
    LinksLeadHere = "links_lead_here",
}

#[cfg(test)]
mod tests {
    use super::{Code, Name};

    #[test]
    fn codes_are_written_as_their_table_says() {
        for (code, name) in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), *name);
        }
    }

    #[test]
    fn the_manual_names_every_problem_and_every_code() {
        let manual = include_str!("../../../../docs/api.md");
        let names = Name::ALL.iter().map(|name| name.as_str());
        let codes = Code::ALL.iter().map(|(_, name)| *name);
        for name in names.chain(codes) {
            assert!(manual.contains(&format!("`{name}`")), "{name}");
        }
    }
}
