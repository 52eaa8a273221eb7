//! What bots have in common that nobody knows by name.

use super::{
    BotSection,
    sources::{BROWSCAP, CAPTURED, ISBOT, MATOMO, MONPERRUS},
};
use crate::platform::{BotKind, tokens::t};

/// Words for who does something to pages.
pub(super) const DOERS: BotSection = BotSection {
    name: "names that say what they do",
    kind: BotKind::Crawler,
    tokens: &[
        t("*aggregator", ISBOT),
        t("*analyzer", ISBOT),
        t("*archive", ISBOT),
        t("*audit", ISBOT),
        t("*auditor", ISBOT),
        t("*bot", ISBOT),
        t("*bots", ISBOT),
        t("*capture", ISBOT),
        t("*checker", ISBOT),
        t("*crawl", ISBOT),
        t("*crawler", ISBOT),
        t("*crawlers", ISBOT),
        t("crawling", ISBOT),
        t("*detector", ISBOT),
        t("*downloader", ISBOT),
        t("*extractor", ISBOT),
        t("feedparser", ISBOT),
        t("*fetcher", ISBOT),
        t("*grabber", ISBOT),
        t("*harvest", ISBOT),
        t("*harvester", ISBOT),
        t("*importer", ISBOT),
        t("*indexer", ISBOT),
        t("*inspector", ISBOT),
        t("*optimizer", ISBOT),
        t("*parser", ISBOT),
        t("*prerender", ISBOT),
        t("*profiler", ISBOT),
        t("*puller", ISBOT),
        t("*retriever", ISBOT),
        t("*scan", ISBOT),
        t("*scanner", ISBOT),
        t("*scanning", ISBOT),
        t("*scrape", ISBOT),
        t("*scraper", ISBOT),
        t("*screenshot", ISBOT),
        t("search engine", ISBOT),
        t("*spider", ISBOT),
        t("*tester", ISBOT),
        t("*transcoder", ISBOT),
        t("*transcriber", ISBOT),
        t("*validator", ISBOT),
        t("*verifier", ISBOT),
    ],
    unless: &[
        t("*cubot", ISBOT),
        t("M bot ", ISBOT),
        t("camscanner", ISBOT),
        t("Blue Proxy", MATOMO),
    ],
    alone: false,
};

/// Browsers do not say where to complain. Those that do are named in `unless`.
pub(super) const CONTACTS: BotSection = BotSection {
    name: "a page or an address about itself",
    kind: BotKind::Crawler,
    tokens: &[
        t("http:/", ISBOT),
        t("https:/", ISBOT),
        t("www.", ISBOT),
        t("mailto:", ISBOT),
        t("abuse@", ISBOT),
        t("admin@", ISBOT),
        t("contact@", ISBOT),
        t("help@", ISBOT),
        t("info@", ISBOT),
        t("support@", ISBOT),
        t("webmaster@", ISBOT),
        t("Gecko; compatibl", MONPERRUS),
    ],
    unless: &[
        t("bsalsa", MATOMO),
        t("newsgator", MATOMO),
        t("Google Desktop", MATOMO),
        t("www.getmiro", BROWSCAP),
        t("www.avantbrowser", BROWSCAP),
        t("www.QtWeb", BROWSCAP),
        t("www.xbmc", BROWSCAP),
        t("UCWEB", CAPTURED),
        t("UCBrowser", CAPTURED),
        t("*podcast", MATOMO),
        t("iOS ", MATOMO),
    ],
    alone: false,
};

/// Words that are found in the names of apps, too.
pub(super) const DOERS_ALONE: BotSection = BotSection {
    name: "names that say what they do, of what is no browser",
    kind: BotKind::Crawler,
    tokens: &[
        t("*expander", ISBOT),
        t("*finder", ISBOT),
        t("*ingest", ISBOT),
        t("*lookup", ISBOT),
        t("*poller", ISBOT),
        t("*resolver", ISBOT),
        t("*survey", ISBOT),
        t("*thumbnail", ISBOT),
    ],
    unless: &[],
    alone: true,
};

/// The last resort: see `verdict.rs`.
pub(super) const NOBODY: BotSection = BotSection {
    name: "whoever names neither a system nor a browser",
    kind: BotKind::Crawler,
    tokens: &[],
    unless: &[],
    alone: true,
};
