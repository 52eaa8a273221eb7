//! A single answer as JSON.

use serde::Serialize;
use suo_link::id::LinkId;
use utoipa::ToSchema;

use crate::{
    store::{StoredDomain, StoredEvent},
    time,
};

/// What one visitor got. Nothing in it tells visitors apart.
#[derive(Serialize, ToSchema)]
pub struct EventBody {
    /// Opaque; sorts in the order in which answers were counted.
    pub id: String,
    /// When it was answered, by the edge's clock.
    pub at: String,
    /// The link; null where there is none.
    pub link: Option<String>,
    /// The domain's name; null if there is no such domain any more.
    pub domain: Option<String>,
    /// By which code; null if the link has it no more.
    pub code: Option<String>,
    /// What the visitor got: `redirect`, `guide` …
    pub outcome: &'static str,
    /// Who asked: human, preview, crawler, prefetch.
    pub class: &'static str,
    /// click or scan.
    pub via: &'static str,
    /// The app.
    pub app: &'static str,
    /// The system.
    pub os: &'static str,
    /// The device.
    pub device: &'static str,
    /// The host that the visitor came from.
    pub referrer: Option<String>,
    /// The country, if it is known.
    pub country: Option<String>,
    /// The preferred language.
    pub language: Option<String>,
    /// `<rule>.<target>`, both from 1, where a rule has chosen.
    pub variant: Option<String>,
}

impl EventBody {
    pub(super) fn new(event: &StoredEvent, domains: &[StoredDomain]) -> Self {
        let click = &event.click;
        let domain = domains.iter().find(|known| known.domain.id == click.domain);
        let variant =
            |rule: u8, target: u8| format!("{}.{}", u16::from(rule) + 1, u16::from(target) + 1);
        Self {
            id: public(event.id),
            at: time::to_text(click.at),
            link: (click.link != LinkId(0)).then(|| click.link.to_public()),
            domain: domain.map(|known| known.domain.name.as_str().to_owned()),
            code: event.code.clone(),
            outcome: click.outcome.as_str(),
            class: click.class.as_str(),
            via: click.via.as_str(),
            app: click.app.name(),
            os: click.os.name(),
            device: click.device.name(),
            referrer: event.referrer.clone(),
            country: click.country.map(|country| country.as_str().to_owned()),
            language: click.language.map(|language| language.letters()),
            variant: click
                .variant
                .map(|chosen| variant(chosen.rule, chosen.target)),
        }
    }
}

/// The number of an answer as opaque text that sorts like it.
pub(super) fn public(id: i64) -> String {
    LinkId(id.unsigned_abs()).to_public()
}

/// Reads what [`public`] wrote.
pub(super) fn number(text: &str) -> Option<i64> {
    i64::try_from(LinkId::from_public(text)?.0).ok()
}
