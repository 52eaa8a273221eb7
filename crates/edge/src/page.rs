//! The pages that visitors see who are not sent on: each one HTML document of at most
//! [`MAX_BYTES`], complete in itself, readable without scripts, in Chinese and in English.
//!
//! A page says what is given to it and nothing else: whether a host may be named is decided in
//! `suo_link::policy`, before.

mod card;
mod denied;
mod guide;
mod html;
mod link;
pub(crate) mod menus;
mod notice;
mod password;
mod site;
mod style;
mod words;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::HeaderValue;

use html::Html;
use style::{Powers, SCRIPT, STYLE};
use words::Words;

pub(crate) use card::{BotCard, Preview};
pub(crate) use denied::Denied;
pub(crate) use guide::Guide;
pub(crate) use link::ShortLink;
pub(crate) use notice::Notice;
pub(crate) use password::Password;
pub use site::{BadSite, Site};
pub(crate) use words::Tongue;

/// The most bytes of a page.
pub(crate) const MAX_BYTES: usize = 4096;

/// How many bytes each long text of a page may take, tried one after the other until the page is
/// not too long. With none of them it never is.
const ROOMS: [usize; 5] = [1024, 512, 256, 128, 0];

/// A page as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) html: Bytes,
    /// The value of `Content-Security-Policy`.
    pub(crate) policy: HeaderValue,
}

/// What a page shows besides the frame that all have in common.
trait Content {
    /// Title and heading.
    fn title<'a>(&'a self, words: &'a Words) -> &'a str;

    fn powers(&self) -> Powers {
        Powers::Text
    }

    /// What only programs read.
    fn head(&self, _html: &mut Html, _room: usize) {}

    /// What stands below the heading; long texts take at most `room` bytes each.
    fn body(&self, html: &mut Html, tongue: Tongue, room: usize);
}

/// Makes pages that bear the operator's name.
#[derive(Debug)]
pub(crate) struct Pages {
    site: Site,
    /// Those that are always the same, ready to be sent: strangers can ask for as many as they like.
    notices: Vec<Page>,
}

impl Pages {
    pub(crate) fn new(site: Site) -> Self {
        let mut pages = Self {
            site,
            notices: Vec::new(),
        };
        let all = Notice::ALL.iter().flat_map(|notice| {
            let page = |tongue| pages.page(tongue, notice);
            Tongue::ALL.map(page)
        });
        pages.notices = all.collect();
        pages
    }

    pub(crate) fn notice(&self, tongue: Tongue, notice: Notice) -> Page {
        let place = notice as usize * Tongue::ALL.len() + tongue as usize;
        match self.notices.get(place) {
            Some(page) => page.clone(),
            None => self.page(tongue, &notice),
        }
    }

    pub(crate) fn guide(&self, tongue: Tongue, guide: &Guide<'_>) -> Page {
        self.page(tongue, guide)
    }

    pub(crate) fn denied(&self, tongue: Tongue, denied: &Denied<'_>) -> Page {
        self.page(tongue, denied)
    }

    pub(crate) fn password(&self, tongue: Tongue, password: Password) -> Page {
        self.page(tongue, &password)
    }

    pub(crate) fn preview(&self, tongue: Tongue, preview: &Preview<'_>) -> Page {
        self.page(tongue, preview)
    }

    pub(crate) fn card(&self, tongue: Tongue, card: &BotCard<'_>) -> Page {
        self.page(tongue, card)
    }

    fn page(&self, tongue: Tongue, content: &dyn Content) -> Page {
        let rooms = ROOMS
            .iter()
            .map(|room| self.document(tongue, content, *room));
        let mut html = String::new();
        for document in rooms {
            html = document;
            if html.len() <= MAX_BYTES {
                break;
            }
        }
        Page {
            html: html.into(),
            policy: content.powers().policy(),
        }
    }

    fn document(&self, tongue: Tongue, content: &dyn Content, room: usize) -> String {
        let words = tongue.words();
        let title = content.title(words);
        let mut html = Html::new();
        html.raw("<!doctype html><html lang=")
            .raw(tongue.tag())
            .raw("><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=robots content=noindex><title>")
            .clipped(title, room.max(128))
            .raw("</title>");
        content.head(&mut html, room);
        html.raw("<style>")
            .raw(STYLE)
            .raw("</style></head><body><main>");
        content.body(&mut html, tongue, room);
        html.raw("</main>");
        self.site.footer(&mut html, words);
        if content.powers() == Powers::Copy {
            html.raw("<script>").raw(SCRIPT).raw("</script>");
        }
        html.raw("</body></html>");
        html.into_string()
    }
}

/// The heading.
fn heading(html: &mut Html, text: &str) {
    html.raw("<h1>").text(text).raw("</h1>");
}

fn paragraph(html: &mut Html, text: &str) {
    html.raw("<p>").text(text).raw("</p>");
}
