//! "This link does not open here": who may open it, and how.

use suo_link::{
    platform::{App, Called, Os},
    policy::{Allow, AppSet},
};

use super::{
    Content, Html, ShortLink, Tongue, guide, heading, menus, paragraph, style::Powers, words::Words,
};

/// Why a visitor may not open a link. It names neither target nor host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Denied<'a> {
    pub(crate) allow: &'a Allow,
    /// Apps that are not to be named although they may: there the visitor would be sent away again.
    pub(crate) except: AppSet,
    /// Whether the same visitor may, in an ordinary browser.
    pub(crate) in_browser: bool,
    pub(crate) app: App,
    pub(crate) os: Os,
    pub(crate) link: ShortLink<'a>,
}

impl Content for Denied<'_> {
    fn title<'a>(&'a self, words: &'a Words) -> &'a str {
        if self.in_browser {
            words.guide_title
        } else {
            words.denied_title
        }
    }

    fn powers(&self) -> Powers {
        Powers::Copy
    }

    fn body(&self, html: &mut Html, tongue: Tongue, room: usize) {
        let words = tongue.words();
        if self.in_browser {
            guide::arrow(html, words, menus::of(self.app));
        }
        heading(html, self.title(words));
        self.who_may(html, tongue);
        if self.in_browser {
            paragraph(html, words.denied_in_browser);
            guide::way(html, tongue, self.app, self.os, &self.link, room);
            return;
        }
        if self.is_for_wechat() {
            self.picture(html, words);
        } else {
            paragraph(html, words.denied_how);
        }
        self.link.copyable(html, words, room);
    }
}

impl Denied<'_> {
    fn who_may(&self, html: &mut Html, tongue: Tongue) {
        let words = tongue.words();
        let is_named = |name: &&str| self.except.names().all(|except| except != *name);
        let apps = self.allow.apps.names().filter(is_named);
        let apps = apps.map(|name| app(name, words));
        let systems = self.allow.os.names().filter_map(|name| name.parse().ok());
        list(html, tongue, words.denied_apps, apps);
        list(html, tongue, words.denied_os, systems.map(Os::called));
    }

    /// The app is what is in the way, and WeChat will do, it or its like alone.
    fn is_for_wechat(&self) -> bool {
        let apps = self.allow.apps;
        let mut names = apps.names();
        let is_wechat = |name| matches!(name, "wechat" | "wechat_mini_program" | "wecom");
        !self.allow.lets_app(self.app) && apps.covers(App::Wechat) && names.all(is_wechat)
    }

    /// A picture from our own host: WeChat reads pictures that are pressed long, not drawings
    /// within a page.
    fn picture(&self, html: &mut Html, words: &Words) {
        html.raw("<img alt=\"")
            .text(words.qr_alt)
            .raw("\" width=240 height=240 src=\"/")
            .text(self.link.code)
            .raw("/qr.png\">");
        paragraph(html, words.denied_wechat);
    }
}

fn list(html: &mut Html, tongue: Tongue, label: &str, entries: impl Iterator<Item = Called>) {
    let mut entries = entries.peekable();
    if entries.peek().is_none() {
        return;
    }
    html.raw("<p>").text(label).raw("<b>");
    while let Some(entry) = entries.next() {
        html.raw(match tongue {
            Tongue::Chinese => entry.zh,
            Tongue::English => entry.en,
        });
        if entries.peek().is_some() {
            html.text(tongue.words().separator);
        }
    }
    html.raw("</b></p>");
}

/// What an app or a group of apps is called.
fn app(name: &'static str, words: &'static Words) -> Called {
    let of_both = |text| Called { zh: text, en: text };
    match name {
        "browser" => of_both(words.browser),
        "any_app" => of_both(words.any_app),
        name => name.parse().map_or(of_both(name), App::called),
    }
}
