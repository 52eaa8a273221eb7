//! Who runs the site: at the foot of every page.

use std::fmt;

use super::{
    html::{Html, escaped_length},
    words::Words,
};

/// The most bytes of each text, once it is escaped: all three must fit on each page.
const MAX_BYTES: usize = 120;

/// Where numbers of the Chinese registry (ICP备案) are looked up; the law asks for the link.
const REGISTRY: &str = "https://beian.miit.gov.cn/";

/// What the operator says about the site on every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    name: Option<Box<str>>,
    contact: Option<Box<str>>,
    icp: Option<Box<str>>,
}

/// A text that is too long for the foot of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSite {
    /// The setting.
    pub setting: &'static str,
}

impl fmt::Display for BadSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is longer than {MAX_BYTES} bytes (as HTML)")
    }
}

impl std::error::Error for BadSite {}

impl Site {
    /// Takes the values of `SUO_SITE_NAME`, `SUO_SITE_CONTACT` and `SUO_SITE_ICP`; what is empty
    /// is not shown.
    ///
    /// # Errors
    /// If one is too long.
    pub fn new(name: &str, contact: &str, icp: &str) -> Result<Self, BadSite> {
        Ok(Self {
            name: checked("SUO_SITE_NAME", name)?,
            contact: checked("SUO_SITE_CONTACT", contact)?,
            icp: checked("SUO_SITE_ICP", icp)?,
        })
    }

    pub(super) fn footer(&self, html: &mut Html, words: &Words) {
        if *self == Self::default() {
            return;
        }
        html.raw("<footer>");
        if let Some(name) = &self.name {
            html.text(name).raw("<br>");
        }
        if let Some(contact) = &self.contact {
            html.text(words.site_contact);
            contact_link(html, contact);
            html.raw("<br>");
        }
        if let Some(icp) = &self.icp {
            html.raw("<a href=")
                .raw(REGISTRY)
                .raw(">")
                .text(icp)
                .raw("</a>");
        }
        html.raw("</footer>");
    }
}

fn checked(setting: &'static str, text: &str) -> Result<Option<Box<str>>, BadSite> {
    let text = text.trim();
    if escaped_length(text) > MAX_BYTES {
        return Err(BadSite { setting });
    }
    Ok((!text.is_empty()).then(|| text.into()))
}

/// An address of mail or of a page can be pressed; a telephone number or anything else is text.
fn contact_link(html: &mut Html, contact: &str) {
    let is_word = !contact.contains(char::is_whitespace);
    let is_page = contact.starts_with("https://") || contact.starts_with("http://");
    if is_word && is_page {
        html.raw("<a href=\"").text(contact);
    } else if is_word && contact.contains('@') {
        html.raw("<a href=\"mailto:").text(contact);
    } else {
        html.text(contact);
        return;
    }
    html.raw("\">").text(contact).raw("</a>");
}
