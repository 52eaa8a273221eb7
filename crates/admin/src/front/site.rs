//! Who runs the site: at the head and the foot of every page.

/// What the operator says about the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    name: Option<String>,
    contact: Option<String>,
    icp: Option<String>,
}

impl Site {
    /// Takes the values of `SUO_SITE_NAME`, `SUO_SITE_CONTACT` and `SUO_SITE_ICP`; what is empty
    /// is not shown.
    #[must_use]
    pub fn new(name: &str, contact: &str, icp: &str) -> Self {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Self {
            name: said(name),
            contact: said(contact),
            icp: said(icp),
        }
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("suo")
    }

    pub(super) fn contact(&self) -> Option<&str> {
        self.contact.as_deref()
    }

    /// The site's number in the Chinese registry; the law asks for a link to the registry.
    pub(super) fn icp(&self) -> Option<&str> {
        self.icp.as_deref()
    }

    /// Where the contact leads, if it can be pressed: an address of mail or of a page.
    pub(super) fn contact_link(&self) -> Option<String> {
        let contact = self.contact()?;
        if contact.contains(char::is_whitespace) {
            return None;
        }
        let is_page = contact.starts_with("https://") || contact.starts_with("http://");
        match contact {
            page if is_page => Some(page.to_owned()),
            mail if mail.contains('@') => Some(format!("mailto:{mail}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn mail_and_pages_can_be_pressed() {
        let link = |contact| Site::new("", contact, "").contact_link();
        assert_eq!(link("a@b.example").as_deref(), Some("mailto:a@b.example"));
        assert_eq!(
            link("https://b.example/x").as_deref(),
            Some("https://b.example/x")
        );
        for text in ["", "+86 10 1234", "javascript:alert(1)", "write to a@b"] {
            assert_eq!(link(text), None, "{text}");
        }
    }
}
