//! The visitor who is tried out.

use std::net::IpAddr;

use serde::Serialize;
use suo_link::{
    platform::{self, Platform},
    time::Timestamp,
    visitor::{Country, Language, Visitor, language},
};
use utoipa::ToSchema;

use crate::{api::fields::Fields, problem::Code, time};

/// The longest text of a header, in bytes.
const MAX_HEADER: usize = 8192;

/// What was said of the visitor.
pub(super) struct Asker<'a> {
    platform: Platform,
    language: Option<Language<'a>>,
    country: Option<Country>,
    address: Option<IpAddr>,
    query: Option<&'a str>,
    unlocked: bool,
    /// When they come.
    pub(super) time: Timestamp,
}

/// Who is asking.
#[derive(Serialize, ToSchema)]
pub(super) struct VisitorBody {
    /// The app; `none` for an ordinary browser and for every bot.
    #[schema(example = "wechat")]
    app: &'static str,
    /// The system.
    #[schema(example = "ios")]
    os: &'static str,
    /// The device.
    #[schema(example = "mobile")]
    device: &'static str,
    /// What kind of bot it is, if it is one.
    bot_kind: Option<&'static str>,
    /// The language preferred to all others.
    #[schema(example = "zh-CN")]
    language: Option<String>,
    /// Two capitals.
    country: Option<String>,
    /// The address that the weighted split looks at.
    address: Option<String>,
    /// The query string, without the question mark.
    query: Option<String>,
    /// Whether the password was given.
    unlocked: bool,
    /// RFC 3339.
    time: String,
}

impl<'a> Asker<'a> {
    pub(super) fn read(fields: &mut Fields<'a>, now: Timestamp) -> Self {
        let agent = header(fields, "user_agent").unwrap_or_default();
        let query = header(fields, "query");
        Self {
            platform: platform::classify(agent.as_bytes()),
            language: language(fields),
            country: country(fields),
            address: address(fields),
            query: query.map(|query| query.strip_prefix('?').unwrap_or(query)),
            unlocked: fields.boolean("unlocked").flatten().unwrap_or(false),
            time: fields.time("time").flatten().unwrap_or(now),
        }
    }

    pub(super) fn visitor(&self) -> Visitor<'a> {
        Visitor {
            platform: self.platform,
            language: self.language,
            country: self.country,
            address: self.address,
            query: self.query,
            unlocked: self.unlocked,
            used_up: false,
        }
    }
}

impl From<&Asker<'_>> for VisitorBody {
    fn from(asker: &Asker<'_>) -> Self {
        Self {
            app: asker.platform.app.name(),
            os: asker.platform.os.name(),
            device: asker.platform.device.name(),
            bot_kind: asker.platform.bot_kind.map(|kind| kind.name()),
            language: asker.language.map(|language| language.to_string()),
            country: asker.country.map(|country| country.to_string()),
            address: asker.address.map(|address| address.to_string()),
            query: asker.query.map(str::to_owned),
            unlocked: asker.unlocked,
            time: time::to_text(asker.time),
        }
    }
}

fn header<'a>(fields: &mut Fields<'a>, name: &str) -> Option<&'a str> {
    let text = fields.text(name)??;
    if text.len() > MAX_HEADER {
        let detail = format!("at most {MAX_HEADER} bytes");
        fields.refuse(name, Code::TooLong, detail);
        return None;
    }
    Some(text)
}

fn language<'a>(fields: &mut Fields<'a>) -> Option<Language<'a>> {
    let text = header(fields, "language")?;
    let language = language::preferred(text.as_bytes());
    if language.is_none() && !text.trim().is_empty() {
        let detail = "a language tag or a value of Accept-Language, such as \"zh-CN,en;q=0.8\"";
        fields.refuse("language", Code::InvalidLanguage, detail);
    }
    language
}

fn country(fields: &mut Fields<'_>) -> Option<Country> {
    let country = Country::parse(fields.text("country")??);
    if country.is_none() {
        let detail = "two letters of ISO 3166-1, such as \"CN\"";
        fields.refuse("country", Code::InvalidCountry, detail);
    }
    country
}

fn address(fields: &mut Fields<'_>) -> Option<IpAddr> {
    let address = fields.text("address")??.parse().ok();
    if address.is_none() {
        let detail = "an IP address, such as 203.0.113.7 or 2001:db8::7";
        fields.refuse("address", Code::UnknownValue, detail);
    }
    address
}
