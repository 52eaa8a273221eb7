//! What a link shows of itself where it is shared: to programs that fetch previews, and to people
//! who ask with a `+` behind the link.

use suo_link::policy;

use super::{
    Content, Html, ShortLink, Tongue, heading, html::escaped_length, paragraph, words::Words,
};

/// Bytes of a title or a host once it is escaped.
const TITLE_BYTES: usize = 384;

/// The card for a program that fetches previews. It names the real target and leads to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BotCard<'a> {
    pub(crate) card: &'a policy::Card<'a>,
    pub(crate) link: ShortLink<'a>,
}

/// What people see of a link before they follow it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preview<'a> {
    /// `None`: it is protected.
    pub(crate) card: Option<&'a policy::Card<'a>>,
    pub(crate) link: ShortLink<'a>,
}

impl Content for BotCard<'_> {
    fn title<'a>(&'a self, _words: &'a Words) -> &'a str {
        title(self.card)
    }

    fn head(&self, html: &mut Html, room: usize) {
        let preview = self.card.preview;
        property(html, "og:type", "website", room);
        property(html, "og:title", title(self.card), TITLE_BYTES.min(room));
        property(html, "og:site_name", self.card.host, room.max(256));
        if let Some(description) = &preview.description {
            property(html, "og:description", description, room);
        }
        // An address that is cut leads elsewhere.
        if let Some(image) = preview.image.as_ref().filter(|image| fits(image, room)) {
            property(html, "og:image", image, room);
        }
        html.raw("<meta property=\"og:url\" content=\"");
        self.link.write(html, room);
        html.raw("\">");
    }

    fn body(&self, html: &mut Html, tongue: Tongue, room: usize) {
        heading_and_text(html, self.card, room);
        destination(html, self.card, tongue.words(), &self.link, room);
    }
}

impl Content for Preview<'_> {
    fn title<'a>(&'a self, words: &'a Words) -> &'a str {
        words.preview_title
    }

    fn body(&self, html: &mut Html, tongue: Tongue, room: usize) {
        let words = tongue.words();
        if let Some(card) = self.card {
            heading_and_text(html, card, room);
            destination(html, card, words, &self.link, room);
        } else {
            heading(html, words.guide_protected);
            paragraph(html, words.preview_hidden);
        }
        html.raw("<p>").text(words.link_label);
        self.link.write(html, room);
        html.raw("</p><a class=k href=\"");
        self.link.write_path(html, room);
        html.raw("\">").text(words.preview_open).raw("</a>");
    }
}

fn title<'a>(card: &'a policy::Card<'_>) -> &'a str {
    card.preview.title.as_deref().unwrap_or(card.host)
}

fn fits(text: &str, room: usize) -> bool {
    escaped_length(text) <= room
}

fn heading_and_text(html: &mut Html, card: &policy::Card<'_>, room: usize) {
    html.raw("<h1>")
        .clipped(title(card), TITLE_BYTES.min(room.max(128)))
        .raw("</h1>");
    if let Some(description) = &card.preview.description {
        html.raw("<p>")
            .clipped(description, room.max(64))
            .raw("</p>");
    }
}

/// The host of the target, and the way there.
fn destination(
    html: &mut Html,
    card: &policy::Card<'_>,
    words: &Words,
    link: &ShortLink<'_>,
    room: usize,
) {
    html.raw("<p>")
        .text(words.guide_leads)
        .raw("<br><a class=h rel=noreferrer href=\"");
    if fits(&card.location, room) {
        html.text(&card.location);
    } else {
        link.write_path(html, room);
    }
    html.raw("\">").text(card.host).raw("</a></p>");
}

fn property(html: &mut Html, name: &'static str, content: &str, room: usize) {
    html.raw("<meta property=\"")
        .raw(name)
        .raw("\" content=\"")
        .clipped(content, room)
        .raw("\">");
}
