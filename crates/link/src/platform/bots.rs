//! Bots and their tokens, in order of precedence: the first section found says what kind it is.
//!
//! Tokens are written as in [`super::tokens`]; case does not matter. What names neither a system
//! nor a browser is a bot, too (`verdict.rs`).

mod crawlers;
mod libraries;
mod monitors;
mod previews;
mod words;

use super::{BotKind, tokens::Token};

/// One way to know a bot.
pub struct BotSection {
    /// What it is.
    pub name: &'static str,
    /// Its kind.
    pub kind: BotKind,
    /// Any of them says so …
    pub tokens: &'static [Token],
    /// … unless one of these is there, too, where any are named.
    pub unless: &'static [Token],
    /// Whether it counts only for who names neither a system nor a browser.
    pub alone: bool,
}

/// Every section, the strongest first.
pub const BOTS: &[BotSection] = &[
    previews::PREVIEWS,
    monitors::MONITORS,
    libraries::LIBRARIES,
    crawlers::CRAWLERS,
    monitors::SELF_STYLED,
    crawlers::GOOGLE,
    words::DOERS,
    words::CONTACTS,
    words::DOERS_ALONE,
    libraries::LIKE_LIBRARIES,
    words::NOBODY,
];

/// Who has seen them.
mod sources {
    pub(super) const MONPERRUS: &str = "monperrus/crawler-user-agents crawler-user-agents.json";
    pub(super) const ISBOT: &str = "omrilotan/isbot src/patterns.json";
    pub(super) const MATOMO: &str = "matomo-org/device-detector regexes/bots.yml";
    pub(super) const MATOMO_LIBRARIES: &str =
        "matomo-org/device-detector regexes/client/libraries.yml";
    pub(super) const BROWSCAP: &str = "browscap/browscap resources/user-agents";
    pub(super) const OPAWG: &str = "opawg/user-agents-v2 src/bots.json";
    pub(super) const UA_PARSER: &str = "ua-parser/uap-core tests/test_device.yaml";
    pub(super) const DUB: &str = "dubinc/dub lib/middleware/utils/bots-list.ts";
    pub(super) const CAPTURED: &str = "agents found in public code";
}
