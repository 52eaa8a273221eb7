//! URLs that fields hold: targets of links and of domains.

use suo_link::destination::{Destination, DestinationError, PrivateTargets};

use super::fields::Fields;
use crate::{
    problem::{Code, Finding},
    store::StoredDomain,
};

/// What is wrong with a target on a domain of ours.
pub(super) const LOOP: &str = "a link to a short domain of this service would lead in a circle";

/// What decides whether a target is accepted, beside the target itself.
#[derive(Clone, Copy)]
pub(crate) struct TargetRules<'a> {
    pub(crate) private: PrivateTargets,
    /// All domains of ours: a link to one of them would be a loop.
    pub(crate) domains: &'a [StoredDomain],
}

impl TargetRules<'_> {
    /// Reads a URL, adding to `warnings` what is doubtful about it. Empty counts as null.
    pub(super) fn read(
        self,
        fields: &mut Fields<'_>,
        name: &str,
        warnings: &mut Vec<Finding>,
    ) -> Option<Option<Destination>> {
        let Some(text) = fields.text(name)? else {
            return Some(None);
        };
        match Destination::parse(text, self.private) {
            Err(error) => {
                fields.refuse(name, code(&error), error);
                None
            }
            Ok(destination) if self.is_ours(&destination) => {
                fields.refuse(name, Code::OwnDomain, LOOP);
                None
            }
            Ok(destination) => {
                warnings.extend(homograph(fields.pointer(name), &destination));
                Some(Some(destination))
            }
        }
    }

    fn is_ours(self, destination: &Destination) -> bool {
        let authority = destination.authority();
        self.domains
            .iter()
            .any(|known| known.domain.name.as_str() == authority)
    }
}

/// A warning about look-alike letters.
pub(super) fn homograph(pointer: String, destination: &Destination) -> Option<Finding> {
    let shown = destination.homograph()?;
    let punycode = destination.host().canonical();
    let detail = format!("{shown} is written with look-alike letters; its real name is {punycode}");
    Some(Finding::new(pointer, Code::Homograph, detail))
}

/// Which code says what is wrong with a URL.
pub(super) fn code(error: &DestinationError) -> Code {
    match error {
        DestinationError::Empty => Code::Required,
        DestinationError::TooLong => Code::TooLong,
        DestinationError::Scheme(_) => Code::SchemeNotAllowed,
        DestinationError::Credentials => Code::CredentialsInUrl,
        DestinationError::Private => Code::PrivateTarget,
        DestinationError::ControlCharacter
        | DestinationError::NotAUrl
        | DestinationError::Backslash
        | DestinationError::Host(_)
        | DestinationError::Port => Code::InvalidUrl,
    }
}
