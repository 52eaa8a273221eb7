//! The page that shows a link that was made; and the part of it that is the link itself, which
//! the page for managing it has too.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use suo_link::time::Timestamp;

use super::{
    hints::Hint,
    home::secret,
    moment, outcomes,
    outcomes::Outcome,
    page::{self, Frame},
    picture,
    save::Made,
    visit::Visit,
    words::fill,
};
use crate::{
    problem::{Code, Finding},
    state::State,
    store::{StoredDomain, StoredLink},
};

#[derive(Template)]
#[template(path = "front/result.html")]
struct Page<'a> {
    frame: Frame<'a>,
    taken: Option<&'a str>,
    link: LinkView,
    manage: ManageView,
}

/// A link as its maker sees it.
pub(super) struct LinkView {
    pub(super) short_url: String,
    /// Its parts, between which a line may break: `https://`, the domain, the code.
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) code: String,
    pub(super) target: String,
    pub(super) end: String,
    /// The path of its QR code, without the ending.
    pub(super) picture: String,
    /// Pixels along one side of it.
    pub(super) picture_width: usize,
    pub(super) alt: String,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) homographs: Vec<String>,
    pub(super) hint: Option<HintView>,
}

/// A suggestion, and the apps that it is about.
pub(super) struct HintView {
    pub(super) text: &'static str,
    pub(super) apps: &'static [&'static str],
}

/// A manage address.
pub(super) struct ManageView {
    pub(super) path: String,
    pub(super) url: String,
}

impl ManageView {
    pub(super) fn new(visit: &Visit, address: &str) -> Self {
        let path = format!("/manage/{address}");
        let url = visit.here() + &path;
        Self { path, url }
    }
}

impl LinkView {
    pub(super) async fn new(
        state: &State,
        visit: &Visit,
        link: &StoredLink,
        domain: &StoredDomain,
        now: Timestamp,
    ) -> Self {
        let (tongue, words) = (visit.tongue, visit.tongue.words());
        let short_url = domain.short_url(&link.code);
        let (scheme, host) = parts(&short_url, &link.code);
        let (scheme, host) = (scheme.to_owned(), host.to_owned());
        let end = link.fields.expires_at.map_or_else(
            || words.valid_always.to_owned(),
            |end| {
                let said = if end <= now {
                    words.valid_no_more
                } else {
                    words.valid_until
                };
                fill(said, &[&moment::text(end, &state.front.time_zone, tongue)])
            },
        );
        let outcomes = match secret(state).await {
            Ok(secret) => outcomes::of(&link.fields.for_edges(link.id), &secret, now, tongue),
            // What was made is shown all the same.
            Err(_) => Vec::new(),
        };
        let is_guided = link
            .fields
            .policy
            .as_ref()
            .is_some_and(|policy| !policy.guide_apps.is_empty());
        let hint = Hint::about(&link.fields.target).filter(|_| !is_guided);
        Self {
            end,
            picture: picture::path(domain, &link.code),
            picture_width: picture::width(domain, &link.code),
            alt: fill(words.qr_alt, &[&short_url]),
            target: link.fields.target.clone(),
            outcomes,
            homographs: Vec::new(),
            hint: hint.map(|hint| HintView {
                text: hint.text(words),
                apps: hint.apps(),
            }),
            scheme,
            host,
            code: link.code.clone(),
            short_url,
        }
    }
}

/// `https://` and the host of a short URL with this code.
fn parts<'a>(short_url: &'a str, code: &str) -> (&'a str, &'a str) {
    let rest = short_url.strip_suffix(code).unwrap_or(short_url);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let scheme = rest.find("://").map_or(0, |at| at + 3);
    rest.split_at(scheme)
}

pub(super) async fn show(
    state: &State,
    visit: &Visit,
    made: &Made,
    taken: Option<&str>,
) -> HttpResponse {
    let mut link = LinkView::new(state, visit, &made.link, &made.domain, state.now()).await;
    link.homographs = homographs(&made.warnings, visit);
    let words = visit.tongue.words();
    let page = Page {
        frame: Frame::new(state, visit, words.done),
        taken,
        link,
        manage: ManageView::new(visit, &made.address),
    };
    page::respond(StatusCode::OK, &page, None)
}

/// The real names of hosts that imitate others. The warning ends with it.
fn homographs(warnings: &[Finding], visit: &Visit) -> Vec<String> {
    let words = visit.tongue.words();
    let about = warnings
        .iter()
        .filter(|finding| finding.code == Code::Homograph);
    let real = about.filter_map(|finding| finding.detail.rsplit(' ').next());
    real.map(|name| fill(words.homograph, &[name])).collect()
}
