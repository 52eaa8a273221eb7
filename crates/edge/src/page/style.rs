//! The one style, the one script and the one icon of all pages, and the policy that lets nothing
//! else be loaded or run.

use std::sync::LazyLock;

use http::HeaderValue;
use sha2::{Digest, Sha256};

/// Sizes are in `rem`, so that all of it grows with the visitor's text; colours keep a contrast
/// of 4.5 : 1 at least, by day and by night.
pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;--b:#f4f5f7;--c:#fff;--t:#1b1f24;--m:#5a626b;--a:#0b6e4f;--o:#fff}\
@media(prefers-color-scheme:dark){:root{--b:#111417;--c:#1c2126;--t:#e9ecef;--m:#a3adb7;--a:#5fd3a5;--o:#06281c}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--b);color:var(--t);font:1rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}\
main{max-width:32rem;margin:0 auto;padding:1.5rem;background:var(--c)}\
@media(min-width:33rem){main{margin-top:10vh;border-radius:1rem}}\
h1{margin:0 0 .75rem;font-size:1.375rem;line-height:1.3}\
p,ol{margin:0 0 1rem}ol{padding-left:1.5rem}\
a{color:var(--a)}\
.h{font-size:1.125rem;font-weight:700}\
.u{display:block;padding:.75rem;border:1px solid var(--m);border-radius:.5rem}\
.k,button{display:block;width:100%;margin:0 0 .75rem;padding:.7rem;border:0;border-radius:.5rem;background:var(--a);color:var(--o);font:inherit;font-weight:600;text-align:center;text-decoration:none}\
input{width:100%;margin:.25rem 0 1rem;padding:.7rem;border:1px solid var(--m);border-radius:.5rem;background:var(--b);color:inherit;font:inherit}\
[hidden]{display:none}\
.w{color:var(--a)}\
.r{display:block;float:right;width:4.5rem;margin:-1rem -.5rem 0 .5rem}\
.l{display:block;width:4.5rem;margin:1rem 0 0 auto}\
img{display:block;width:15rem;max-width:100%;margin:0 auto 1rem;background:#fff}\
footer{max-width:32rem;margin:0 auto;padding:1rem 1.5rem;color:var(--m);font-size:.875rem}";

/// Copies the plain link within the tap, without the Clipboard API, which WeChat lacks; says that
/// it was copied only if the browser says so. Without scripts the button is not seen.
pub(super) const SCRIPT: &str = "\
(function(d){var b=d.getElementById('b');b.hidden=0;b.onclick=function(){\
var r=d.createRange(),s=getSelection(),k=0;r.selectNodeContents(d.getElementById('u'));\
s.removeAllRanges();s.addRange(r);try{k=d.execCommand('copy')}catch(e){}\
d.getElementById('s').textContent=b.dataset[k?'y':'n']}})(document)";

/// What a page may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Powers {
    /// Show text.
    Text,
    /// Run [`SCRIPT`] and show pictures of our own.
    Copy,
    /// Send a form to us. `form-action` would hold for where the answer leads as well, and that
    /// is wherever the link leads; so it is not said.
    Form,
}

impl Powers {
    /// The value of `Content-Security-Policy`.
    pub(super) fn policy(self) -> HeaderValue {
        static VALUES: LazyLock<[HeaderValue; 3]> = LazyLock::new(|| {
            [Powers::Text, Powers::Copy, Powers::Form].map(|powers| {
                let text = powers.text();
                // Hashes are ASCII, and so is the rest.
                HeaderValue::from_str(&text)
                    .unwrap_or(HeaderValue::from_static("default-src 'none'"))
            })
        });
        VALUES[self as usize].clone()
    }

    fn text(self) -> String {
        let more = match self {
            Self::Text => "form-action 'none'".to_owned(),
            Self::Copy => format!(
                "script-src '{}'; img-src 'self'; form-action 'none'",
                hash(SCRIPT)
            ),
            Self::Form => return policy(""),
        };
        policy(&format!("; {more}"))
    }
}

fn policy(more: &str) -> String {
    let style = hash(STYLE);
    format!(
        "default-src 'none'; style-src '{style}'; base-uri 'none'; frame-ancestors 'none'{more}"
    )
}

/// `sha256-…`, as a policy names an inline style or script (CSP Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text)))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * n)) as usize & 63];
            text.push(if n <= three.len() { digit.into() } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Powers, SCRIPT, STYLE, base64};

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere_and_nothing_foreign_runs() {
        for powers in [Powers::Text, Powers::Copy, Powers::Form] {
            let policy = powers.policy();
            let policy = policy.to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
            assert!(
                !policy.contains("unsafe") && !policy.contains("http"),
                "{policy}"
            );
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains('<') && !SCRIPT.contains('<'));
    }

    #[test]
    fn the_script_never_touches_history() {
        for word in ["history", "location", "onpopstate", "clipboard"] {
            assert!(!SCRIPT.contains(word), "{word}");
        }
    }
}
