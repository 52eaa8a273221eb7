//! The form that asks for a link's password. It names no target.

use super::{Content, Html, Tongue, heading, style::Powers, words::Words};

/// The form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Password {
    /// Whether a wrong one was just given.
    pub(crate) is_wrong: bool,
}

impl Content for Password {
    fn title<'a>(&'a self, words: &'a Words) -> &'a str {
        words.password_title
    }

    fn powers(&self) -> Powers {
        Powers::Form
    }

    fn body(&self, html: &mut Html, tongue: Tongue, _room: usize) {
        let words = tongue.words();
        heading(html, words.password_title);
        // Without an action it goes to where the page was found, the visitor's query included.
        html.raw("<form method=post>");
        if self.is_wrong {
            html.raw("<p id=e role=alert><b>")
                .text(words.password_wrong)
                .raw("</b></p>");
        }
        html.raw("<label for=p>")
            .text(words.password_label)
            .raw("</label><input id=p name=password type=password required autocomplete=off maxlength=256");
        if self.is_wrong {
            html.raw(" aria-invalid=true aria-describedby=e");
        }
        html.raw("><button>")
            .text(words.password_send)
            .raw("</button></form>");
    }
}
