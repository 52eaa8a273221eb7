//! Writing HTML so that nothing foreign gets into it unescaped: our own markup is `'static`,
//! every other text is escaped on its way.

/// A document in the making.
#[derive(Debug)]
pub(super) struct Html(String);

impl Html {
    pub(super) fn new() -> Self {
        // The largest that a page may be.
        Self(String::with_capacity(super::MAX_BYTES))
    }

    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, or the value of an attribute in double quotes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match escape(c) {
                Some(escaped) => self.0.push_str(escaped),
                None => self.0.push(c),
            }
        }
        self
    }

    /// As much of a text as fits into so many bytes once it is escaped; what was cut ends in `…`.
    pub(super) fn clipped(&mut self, text: &str, bytes: usize) -> &mut Self {
        const ELLIPSIS: &str = "…";
        if escaped_length(text) <= bytes {
            return self.text(text);
        }
        let mut left = bytes.saturating_sub(ELLIPSIS.len());
        for c in text.chars() {
            let length = escape(c).map_or(c.len_utf8(), str::len);
            if length > left {
                break;
            }
            left -= length;
            self.text(c.encode_utf8(&mut [0; 4]));
        }
        self.text(ELLIPSIS)
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// The bytes of a text once it is escaped.
pub(crate) fn escaped_length(text: &str) -> usize {
    text.chars()
        .map(|c| escape(c).map_or(c.len_utf8(), str::len))
        .sum()
}

/// What stands for a character that markup would be made of, or that would turn the direction of
/// what follows; control characters become a space.
fn escape(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some(""),
        c if c.is_control() => Some(" "),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Html, escaped_length};

    fn text(text: &str) -> String {
        let mut html = Html::new();
        html.text(text);
        html.into_string()
    }

    fn clipped(text: &str, bytes: usize) -> String {
        let mut html = Html::new();
        html.clipped(text, bytes);
        html.into_string()
    }

    #[test]
    fn foreign_text_makes_no_markup() {
        let hostile = "</title><script>alert(1)</script>\"'&\0\r\n\u{202E}txt";
        let escaped = text(hostile);
        assert_eq!(
            escaped,
            "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;   txt"
        );
        assert_eq!(escaped_length(hostile), escaped.len());
    }

    #[test]
    fn what_does_not_fit_is_cut_between_characters() {
        assert_eq!(clipped("短链接", 9), "短链接");
        assert_eq!(clipped("短链接", 8), "短…");
        assert_eq!(clipped("a&b", 6), "a…");
        assert_eq!(clipped("abc", 0), "…");
    }
}
