//! A link as the API shows it.

use serde_json::Value;

use crate::torture::history::{State, Target};

/// What the API says about the link of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) content: Content,
}

/// What a write changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) target: Target,
    pub(super) is_paused: bool,
    /// The primary code.
    pub(super) code: String,
}

impl View {
    /// Reads a link; `None` if it is none that we could have written.
    pub(super) fn read(link: &Value) -> Option<Self> {
        let content = Content {
            target: Target::parse(link["target"].as_str()?)?,
            is_paused: link["status"] == "paused",
            code: link["code"].as_str()?.to_owned(),
        };
        Some(Self {
            id: link["id"].as_str()?.to_owned(),
            version: link["version"].as_u64()?,
            content,
        })
    }
}

impl Content {
    /// What visitors see.
    pub(super) fn state(&self) -> State {
        if self.is_paused {
            State::Absent
        } else {
            State::Leads(self.target)
        }
    }
}
