//! The short link itself, as pages show it: the plain link that works in every browser.

use suo_link::domain::Scheme;

use super::{
    html::{Html, escaped_length},
    words::Words,
};

/// The short link that the visitor has followed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortLink<'a> {
    pub(crate) scheme: Scheme,
    /// Host and non-default port.
    pub(crate) domain: &'a str,
    /// The code as it was asked for.
    pub(crate) code: &'a str,
    /// `/q` if it came from a QR code, else empty.
    pub(crate) suffix: &'static str,
    /// The raw query.
    pub(crate) query: Option<&'a str>,
}

impl ShortLink<'_> {
    /// Scheme, domain and path.
    pub(super) fn write(&self, html: &mut Html, room: usize) {
        html.raw(self.scheme.as_str()).raw("://").text(self.domain);
        self.write_path(html, room);
    }

    /// The path, with the query if there is room for it.
    pub(super) fn write_path(&self, html: &mut Html, room: usize) {
        html.raw("/").text(self.code).raw(self.suffix);
        if let Some(query) = self.fitting_query(room) {
            html.raw("?").text(query);
        }
    }

    pub(super) fn fitting_query(&self, room: usize) -> Option<&str> {
        self.query
            .filter(|query| !query.is_empty() && escaped_length(query) <= room / 2)
    }

    /// The link to be copied, and the button that copies it where there are scripts.
    pub(super) fn copyable(&self, html: &mut Html, words: &Words, room: usize) {
        html.raw("<p><a class=u id=u href=\"");
        // The address of the page itself, where the query is too long to be written.
        if self.query.is_none() || self.fitting_query(room).is_some() {
            self.write_path(html, room);
        }
        html.raw("\">");
        self.write(html, room);
        html.raw("</a></p><button id=b hidden data-y=\"")
            .text(words.copied)
            .raw("\" data-n=\"")
            .text(words.not_copied)
            .raw("\">")
            .text(words.copy)
            .raw("</button><p id=s class=w role=status></p>");
    }
}
