//! "Open this link in your browser", for visitors in an app that blocks or cripples it.

use suo_link::platform::{App, Os};

use super::{
    Content, Html, ShortLink, Tongue, heading,
    html::escaped_length,
    menus::{self, Entry, Menu, WayOut},
    paragraph,
    style::Powers,
    words::Words,
};

/// How to open a link outside the app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guide<'a> {
    pub(crate) app: App,
    pub(crate) os: Os,
    pub(crate) link: ShortLink<'a>,
    /// Host and whole URL of the target; `None`: neither may be named.
    pub(crate) target: Option<(&'a str, &'a str)>,
}

impl Content for Guide<'_> {
    fn title<'a>(&'a self, words: &'a Words) -> &'a str {
        words.guide_title
    }

    fn powers(&self) -> Powers {
        Powers::Copy
    }

    fn body(&self, html: &mut Html, tongue: Tongue, room: usize) {
        let words = tongue.words();
        arrow(html, words, menus::of(self.app));
        heading(html, words.guide_title);
        self.destination(html, words, room);
        way(html, tongue, self.app, self.os, &self.link, room);
        if matches!(menus::of(self.app), Menu::BottomRight(..)) {
            arrow_down(html, words);
        }
    }
}

impl Guide<'_> {
    /// Where it leads; to be pressed as well, for whoever does not want to leave the app.
    fn destination(&self, html: &mut Html, words: &Words, room: usize) {
        let Some((host, location)) = self.target else {
            html.raw("<p class=h>")
                .text(words.guide_protected)
                .raw("</p>");
            return;
        };
        html.raw("<p>").text(words.guide_leads).raw("<br>");
        if escaped_length(location) <= room {
            html.raw("<a class=h rel=noreferrer href=\"")
                .text(location)
                .raw("\">")
                .text(host)
                .raw("</a></p>");
        } else {
            html.raw("<b class=h>").text(host).raw("</b></p>");
        }
    }
}

/// The steps that open the short link in the browser: the app's own menu, the documented way out,
/// the link to be copied.
pub(super) fn way(
    html: &mut Html,
    tongue: Tongue,
    app: App,
    os: Os,
    link: &ShortLink<'_>,
    room: usize,
) {
    let words = tongue.words();
    match menus::of(app) {
        Menu::TopRight(sign, entry) => steps(html, tongue, words.menu_top_right, sign, entry),
        Menu::BottomRight(sign, entry) => steps(html, tongue, words.menu_bottom_right, sign, entry),
        Menu::Somewhere(entry) => steps(html, tongue, words.menu_somewhere, "", entry),
        Menu::None => paragraph(html, words.menu_none),
    }
    way_out(html, words, app, os, link, room);
    link.copyable(html, words, room);
}

fn steps(html: &mut Html, tongue: Tongue, first: &str, sign: &'static str, entry: Entry) {
    let words = tongue.words();
    html.raw("<ol><li>").text(first);
    if !sign.is_empty() {
        html.raw(" <b aria-hidden=true>").raw(sign).raw("</b>");
    }
    html.raw("<li>").text(words.menu_choose);
    match tongue {
        Tongue::Chinese => html.raw("“").raw(entry.zh).raw("”"),
        Tongue::English => html.raw(" “").raw(entry.en).raw("”"),
    };
    html.raw("</ol>");
    paragraph(html, words.menu_else);
}

fn way_out(html: &mut Html, words: &Words, app: App, os: Os, link: &ShortLink<'_>, room: usize) {
    // It is one more long address; the menu and the plain link lead to the same place.
    let Some(way) = menus::way_out(app, os).filter(|_| room > 0) else {
        return;
    };
    html.raw("<a class=k href=\"");
    match way {
        WayOut::LineParameter => {
            link.write_path(html, room);
            let has_query = link.fitting_query(room).is_some();
            html.raw(if has_query { "&amp;" } else { "?" })
                .raw("openExternalBrowser=1");
        }
        WayOut::Intent => {
            html.raw("intent://").text(link.domain);
            link.write_path(html, room);
            html.raw("#Intent;scheme=")
                .raw(link.scheme.as_str())
                .raw(";end");
        }
    }
    html.raw("\">").text(words.way_out).raw("</a>");
}

/// The arrow to a menu at the top right; the one to the bottom right stands below the text.
pub(super) fn arrow(html: &mut Html, words: &Words, menu: Menu) {
    if matches!(menu, Menu::TopRight(..)) {
        html.raw("<svg class=r viewBox=\"0 0 72 72\" role=img aria-label=\"")
            .text(words.arrow_up)
            .raw("\"><path d=\"M10 64C12 36 30 22 60 14M44 8l18 5-9 17\"")
            .raw(STROKE);
    }
}

fn arrow_down(html: &mut Html, words: &Words) {
    html.raw("<svg class=l viewBox=\"0 0 72 72\" role=img aria-label=\"")
        .text(words.arrow_down)
        .raw("\"><path d=\"M10 8C12 36 30 50 60 58M53 42l9 17-18 5\"")
        .raw(STROKE);
}

const STROKE: &str =
    " fill=none stroke=#17a673 stroke-width=5 stroke-linecap=round stroke-linejoin=round /></svg>";
