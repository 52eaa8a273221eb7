//! What people paste: one URL, a whole share text with one URL in it, or a list of URLs.

/// The most links that are made at once.
pub(super) const MOST: usize = 100;

/// What was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken<'a> {
    /// Nothing but white space.
    Nothing,
    /// The whole text, to be judged as it is.
    Whole(&'a str),
    /// The one URL among other words.
    Found(&'a str),
    /// A URL a line.
    Lines(Vec<&'a str>),
    /// Words without a URL.
    NoLink,
    /// Words with several URLs, so that nobody knows which one is meant.
    Several(usize),
    /// More lines than are taken at once.
    TooMany,
}

/// Finds what is meant.
pub(super) fn take(text: &str) -> Taken<'_> {
    let text = text.trim();
    if text.is_empty() {
        return Taken::Nothing;
    }
    let lines = lines(text);
    if lines.len() > 1
        && lines.iter().all(|line| is_one_word(line))
        && lines.iter().any(|line| begins_a_url(line))
    {
        return of_lines(lines);
    }
    if is_one_word(text) && !has_words_before(text) {
        return Taken::Whole(text);
    }
    let mut found = urls(text);
    found.dedup();
    match found.as_slice() {
        [] => no_link(text),
        [one] if *one == text => Taken::Whole(text),
        [one] => Taken::Found(one),
        several => Taken::Several(several.len()),
    }
}

/// A URL that was cut by a space or a line break inside its host, as far as anybody can see: words
/// go on behind it, and its host has no dot.
pub(super) fn cut<'a>(taken: &Taken<'a>) -> Option<&'a str> {
    match taken {
        Taken::Found(url) => Some(*url).filter(|url| has_no_dot(url)),
        Taken::Lines(lines) => {
            let (_, before) = lines.split_last()?;
            let mut urls = before.iter().filter(|line| begins_a_url(line));
            urls.find(|url| has_no_dot(url)).copied()
        }
        _ => None,
    }
}

fn has_no_dot(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':', '@']).next().unwrap_or(rest);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii();
    host != "localhost" && !host.is_empty() && host.chars().all(is_word)
}

/// Takes a part of a list, whose lines are addresses whatever they look like.
pub(super) fn take_part(text: &str) -> Taken<'_> {
    let lines = lines(text);
    if lines.is_empty() {
        return Taken::Nothing;
    }
    of_lines(lines)
}

fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

fn of_lines(lines: Vec<&str>) -> Taken<'_> {
    if lines.len() > MOST {
        Taken::TooMany
    } else {
        Taken::Lines(lines)
    }
}

/// Without a URL in it a text is judged as a URL only if that says more than "no link".
fn no_link(text: &str) -> Taken<'_> {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme =
        |scheme: &str| !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphabetic());
    if scheme.is_some_and(is_scheme) {
        Taken::Whole(text)
    } else {
        Taken::NoLink
    }
}

fn is_one_word(text: &str) -> bool {
    !text.contains(char::is_whitespace)
}

/// Chinese needs no space before a URL; `blob:https://…` is something else.
fn has_words_before(text: &str) -> bool {
    let words = next_url(text).and_then(|place| text.get(..place));
    words.is_some_and(|words| !words.is_ascii())
}

fn begins_a_url(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// All http(s) URLs among words, each as long as it can be without the words behind it.
fn urls(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = next_url(rest) {
        let url = whole_url(rest.get(start..).unwrap_or_default());
        found.push(url);
        rest = rest.get(start + url.len().max(1)..).unwrap_or_default();
    }
    found
}

fn next_url(text: &str) -> Option<usize> {
    let places = text.char_indices().map(|(place, _)| place);
    let mut starts = places.filter(|place| text.get(*place..).is_some_and(begins_a_url));
    starts.next()
}

/// The URL that a text begins with. Apps escape what is not ASCII, so the first other character
/// belongs to the words; only a host may be written in any script.
fn whole_url(text: &str) -> &str {
    let host = text.find("://").map_or(0, |place| place + 3);
    let is_foreign_host = text
        .get(host..)
        .is_some_and(|host| !host.starts_with(|c: char| c.is_ascii()));
    let ends = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || "<>\"`。，、；：！？（）【】「」『』《》“”‘’".contains(c)
            || (!c.is_ascii() && !is_foreign_host)
    };
    let end = text.find(ends).unwrap_or(text.len());
    without_final_punctuation(text.get(..end).unwrap_or(text))
}

/// A full stop or a bracket behind a URL is the sentence's, unless it closes one of the URL's own.
fn without_final_punctuation(url: &str) -> &str {
    // How many more of each close than open; counted once, for a text may be long.
    let mut surplus = ["()", "[]", "{}"].map(|pair| {
        let of = |bracket: &&str| url.matches(*bracket).count();
        let (open, close) = pair.split_at(1);
        (close, of(&close).saturating_sub(of(&open)))
    });
    let is_sentence_s = |c: char| match surplus.iter_mut().find(|(close, _)| close.starts_with(c)) {
        Some((_, 0)) => false,
        Some((_, surplus)) => {
            *surplus -= 1;
            true
        }
        None => ".,;:!'".contains(c),
    };
    url.trim_end_matches(is_sentence_s)
}

#[cfg(test)]
mod tests {
    use super::{MOST, Taken, take};

    #[test]
    fn one_url_is_taken_out_of_a_share_text() {
        for (text, url) in [
            (
                "3.28 复制打开抖音，看看【小明的作品】# 美食 https://v.douyin.com/iRNBho6u/ g@O.xS 07/11 :9pm",
                "https://v.douyin.com/iRNBho6u/",
            ),
            (
                "【淘宝】https://m.tb.cn/h.5abc?tk=XyZ1 CZ3457 「保温杯」\n点击链接直接打开 或者 淘宝搜索直接打开",
                "https://m.tb.cn/h.5abc?tk=XyZ1",
            ),
            (
                "48 小红书用户发布了一篇笔记，快来看吧！ 😆 abc 😆 http://xhslink.com/a/Bcd，复制本条信息",
                "http://xhslink.com/a/Bcd",
            ),
            ("看这个https://example.com/a复制", "https://example.com/a"),
            (
                "see (https://example.com/a_(b)).",
                "https://example.com/a_(b)",
            ),
            ("见 https://例子.测试/a 谢谢", "https://例子.测试/a"),
            (
                "twice https://a.example https://a.example",
                "https://a.example",
            ),
            (
                "https://v.douyin.com/x/ 复制此链接",
                "https://v.douyin.com/x/",
            ),
        ] {
            assert_eq!(take(text), Taken::Found(url), "{text}");
        }
    }

    #[test]
    fn a_single_word_is_judged_as_it_is() {
        for text in [
            "https://example.com/路径?查询=值#片段",
            "example.com/a",
            "javascript:alert(1)",
            "https://example.com/'single'\"double\"?<b>=1",
            "https://example.com/a).",
            "example",
        ] {
            assert_eq!(take(&format!("  {text}\n")), Taken::Whole(text));
        }
        // Words, but what is wrong with them is more than that.
        let script = "javascript: alert(1)";
        assert_eq!(take(script), Taken::Whole(script));
    }

    #[test]
    fn a_url_a_line_is_a_list() {
        let lines = "https://a.example/1\r\n\r\n  example.com/2 \nhttps://a.example/3";
        let expected = [
            "https://a.example/1",
            "example.com/2",
            "https://a.example/3",
        ];
        assert_eq!(take(lines), Taken::Lines(expected.to_vec()));
        let long = |count| "https://a.example\n".repeat(count);
        assert!(matches!(take(&long(MOST)), Taken::Lines(lines) if lines.len() == MOST));
        assert_eq!(take(&long(MOST + 1)), Taken::TooMany);
    }

    #[test]
    fn a_cut_address_is_known_by_its_host() {
        for (text, url) in [
            ("https://exa mple.com/", Some("https://exa")),
            ("https://exam\nple.com/", Some("https://exam")),
            ("看 https://example.com/ 吧", None),
            ("https://a.example\nhttps://b.example", None),
            ("http://localhost 吧", None),
            ("http://[::1]/ x", None),
            ("https://intranet/", None),
        ] {
            assert_eq!(super::cut(&take(text)), url, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_list_is_a_list() {
        assert_eq!(
            super::take_part("\nexample\n"),
            Taken::Lines(vec!["example"])
        );
        let lines = Taken::Lines(vec!["a.example", "b.example"]);
        assert_eq!(super::take_part("a.example\nb.example"), lines);
        assert_eq!(super::take_part(" \n"), Taken::Nothing);
    }

    #[test]
    fn what_is_unclear_is_not_guessed() {
        assert_eq!(take(" \n\t"), Taken::Nothing);
        assert_eq!(take("请帮我 生成"), Taken::NoLink);
        assert_eq!(take("not a url"), Taken::NoLink);
        assert_eq!(
            take("a https://a.example b https://b.example"),
            Taken::Several(2)
        );
    }

    /// Looked at again and again, these would take minutes.
    #[test]
    fn long_texts_are_gone_through_once() {
        let many = |text: &str| text.repeat(1 << 20);
        let url = "https://a.example/(";
        for end in [")", "]", "}", "."] {
            let kept = if end == ")" {
                "https://a.example/()"
            } else {
                url
            };
            let text = format!("see {url}{}", many(end));
            assert_eq!(take(&text), Taken::Found(kept), "{end}");
        }
    }

    #[test]
    fn any_text_will_do() {
        for text in [
            "https://",
            "http://。",
            "xhttps://https://",
            "é https://é",
            "\u{0}",
            "a https://...",
        ] {
            let _ = take(text);
        }
    }
}
