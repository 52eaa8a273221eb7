//! What other headers add to the agent.

use super::{Device, Os, Platform};

/// The client hints that refine what the agent says; all of them optional, raw as they came.
///
/// Browsers of the Chromium family send them to https, others never do. They are believed where
/// the agent says something vaguer or tells a fib: an Android browser that asks for desktop pages
/// calls itself Linux and its hint still says Android.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints<'a> {
    /// `Sec-CH-UA-Platform`, such as `"Android"`, quotes included
    pub platform: Option<&'a [u8]>,
    /// `Sec-CH-UA-Mobile`, `?1` or `?0`
    pub mobile: Option<&'a [u8]>,
}

impl Platform {
    /// What agent and hints say together. A bot stays what it is.
    #[must_use]
    pub fn refined(mut self, hints: &Hints<'_>) -> Self {
        if self.is_bot() {
            return self;
        }
        if let Some(os) = hints.platform.and_then(system)
            && os != self.os
            && !self.knows_better_than(os)
        {
            self.os = os;
            self.device = device_of(os);
        }
        self.device = match (hints.mobile, self.device) {
            (Some(b"?1"), Device::Desktop) => Device::Mobile,
            (Some(b"?0"), Device::Mobile) if self.os == Os::Android => Device::Tablet,
            (_, device) => device,
        };
        self
    }

    /// HarmonyOS passes for Android, and Chrome on it says so in its hints.
    fn knows_better_than(self, hinted: Os) -> bool {
        self.os == Os::Harmonyos && hinted == Os::Android
    }
}

/// The names of platforms in <https://wicg.github.io/ua-client-hints/#sec-ch-ua-platform>.
fn system(hint: &[u8]) -> Option<Os> {
    match hint.trim_ascii() {
        b"\"Android\"" => Some(Os::Android),
        b"\"Chrome OS\"" | b"\"Chromium OS\"" => Some(Os::Chromeos),
        b"\"iOS\"" => Some(Os::Ios),
        b"\"Linux\"" => Some(Os::Linux),
        b"\"macOS\"" => Some(Os::Macos),
        b"\"Windows\"" => Some(Os::Windows),
        b"\"HarmonyOS\"" | b"\"OpenHarmony\"" => Some(Os::Harmonyos),
        _ => None,
    }
}

fn device_of(os: Os) -> Device {
    match os {
        // Who hides Android asked for desktop pages, which tablets do by themselves.
        Os::Android => Device::Tablet,
        Os::Ios | Os::Harmonyos => Device::Mobile,
        Os::Windows | Os::Macos | Os::Linux | Os::Chromeos => Device::Desktop,
        Os::Other => Device::Other,
    }
}

/// Whether a browser asks in advance, for a page that nobody has opened yet, by the values of
/// `Sec-Purpose` (`prefetch`, `prefetch;prerender`), of the older `Purpose` (`prefetch`,
/// `preview`) or of Firefox's oldest `X-Moz` (`prefetch`).
#[must_use]
pub fn is_prefetch(
    sec_purpose: Option<&[u8]>,
    purpose: Option<&[u8]>,
    x_moz: Option<&[u8]>,
) -> bool {
    let first = |value: Option<&[u8]>, words: &[&[u8]]| {
        let word = value
            .and_then(|value| value.split(|byte| b";, ".contains(byte)).next())
            .unwrap_or_default();
        words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted))
    };
    first(sec_purpose, &[b"prefetch", b"prerender"])
        || first(purpose, &[b"prefetch", b"preview"])
        || first(x_moz, &[b"prefetch"])
}

#[cfg(test)]
mod tests {
    use super::{Hints, is_prefetch};
    use crate::platform::{Device, Os, classify};

    const DESKTOP_PAGES: &[u8] = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const PHONE: &[u8] = b"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

    fn refined(agent: &[u8], platform: &str, mobile: &str) -> (Os, Device) {
        let hints = Hints {
            platform: Some(platform.as_bytes()),
            mobile: Some(mobile.as_bytes()),
        };
        let platform = classify(agent).refined(&hints);
        (platform.os, platform.device)
    }

    #[test]
    fn hints_tell_what_desktop_pages_hide() {
        assert_eq!(
            refined(DESKTOP_PAGES, "\"Android\"", "?0"),
            (Os::Android, Device::Tablet)
        );
        assert_eq!(
            refined(DESKTOP_PAGES, "\"Chrome OS\"", "?0"),
            (Os::Chromeos, Device::Desktop)
        );
        assert_eq!(
            refined(PHONE, "\"Android\"", "?0"),
            (Os::Android, Device::Tablet)
        );
    }

    #[test]
    fn hints_that_say_nothing_new_change_nothing() {
        for platform in ["\"Linux\"", "\"Unknown\"", "", "Linux\""] {
            assert_eq!(
                refined(DESKTOP_PAGES, platform, ""),
                (Os::Linux, Device::Desktop)
            );
        }
        let bot = classify(b"Googlebot/2.1 (+http://www.google.com/bot.html)");
        let hints = Hints {
            platform: Some(b"\"Windows\""),
            mobile: Some(b"?1"),
        };
        assert_eq!(bot.refined(&hints), bot);
    }

    #[test]
    fn harmony_is_believed_over_its_hint() {
        let agent = b"Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 HuaweiBrowser/15.0 Mobile Safari/537.36";
        assert_eq!(
            refined(agent, "\"Android\"", "?1"),
            (Os::Harmonyos, Device::Mobile)
        );
    }

    #[test]
    fn a_prefetch_says_so_in_one_of_three_headers() {
        for (sec_purpose, purpose, x_moz) in [
            (Some("prefetch"), None, None),
            (Some("prefetch;prerender"), None, None),
            (Some("prefetch; anonymous-client-ip"), None, None),
            (None, Some("prefetch"), None),
            (None, Some("Preview"), None),
            (None, None, Some("prefetch")),
        ] {
            let bytes = |value: Option<&'static str>| value.map(str::as_bytes);
            assert!(is_prefetch(
                bytes(sec_purpose),
                bytes(purpose),
                bytes(x_moz)
            ));
        }
        assert!(!is_prefetch(None, None, None));
        assert!(!is_prefetch(
            Some(b"navigate"),
            Some(b"prefetching"),
            Some(b"")
        ));
    }
}
