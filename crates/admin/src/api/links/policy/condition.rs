//! Whom a rule is for.

use serde_json::Value;
use suo_link::{
    policy::{Condition, MAX_CHOICES, MAX_PAIR_BYTES, MAX_PAIRS, Pair},
    visitor::{Country, LanguageRange},
};

use super::names;
use crate::{api::fields::Fields, problem::Code};

const SERVED: [&str; 8] = [
    "app", "os", "device", "language", "country", "query", "after", "before",
];

/// Everything that is asked. What is null is not asked; what is empty is refused, for it could
/// mean everybody or nobody.
pub(super) fn read(fields: &mut Fields<'_>) -> Condition {
    fields.only(&SERVED, &[]);
    refuse_empty(fields);
    let when = Condition {
        app: names::apps(fields, "app").unwrap_or_default(),
        os: names::systems(fields, "os").unwrap_or_default(),
        device: names::devices(fields, "device").unwrap_or_default(),
        language: languages(fields),
        country: countries(fields),
        query: pairs(fields),
        after: fields.time("after").flatten(),
        before: fields.time("before").flatten(),
    };
    if let (Some(after), Some(before)) = (when.after, when.before)
        && before <= after
    {
        let detail = "the end must come after the beginning";
        fields.refuse("before", Code::TimesOutOfOrder, detail);
    }
    when
}

fn refuse_empty(fields: &mut Fields<'_>) {
    for name in SERVED {
        let is_empty = match fields.members().get(name) {
            Some(Value::Array(entries)) => entries.is_empty(),
            Some(Value::Object(members)) => members.is_empty(),
            _ => false,
        };
        if is_empty {
            fields.refuse(name, Code::TooShort, "name at least one, or leave it out");
        }
    }
}

fn languages(fields: &mut Fields<'_>) -> Box<[LanguageRange]> {
    let detail = "a language tag, such as \"zh\" or \"zh-CN\"";
    choices(
        fields,
        "language",
        LanguageRange::parse,
        Code::InvalidLanguage,
        detail,
    )
}

fn countries(fields: &mut Fields<'_>) -> Box<[Country]> {
    // Only capitals: what is not written like a country may be meant as a language.
    let country = |text: &str| Country::parse(text).filter(|country| country.as_str() == text);
    let detail = "two capitals of ISO 3166-1, such as \"CN\"";
    choices(fields, "country", country, Code::InvalidCountry, detail)
}

/// None twice.
fn choices<T: PartialEq>(
    fields: &mut Fields<'_>,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
    code: Code,
    detail: &str,
) -> Box<[T]> {
    let mut choices = Vec::new();
    let entries = fields.entries(name, MAX_CHOICES).flatten();
    for (pointer, text) in entries.unwrap_or_default() {
        match parse(text) {
            Some(choice) if choices.contains(&choice) => {}
            Some(choice) => choices.push(choice),
            None => fields.refuse_at(pointer, code, detail),
        }
    }
    choices.into()
}

/// In order of their names.
fn pairs(fields: &mut Fields<'_>) -> Box<[Pair]> {
    let Some(mut query) = fields.object("query").flatten() else {
        return Box::default();
    };
    let members = query.members();
    if members.len() > MAX_PAIRS {
        fields.refuse(
            "query",
            Code::TooMany,
            format_args!("at most {MAX_PAIRS} names"),
        );
        return Box::default();
    }
    let mut pairs = Vec::with_capacity(members.len());
    for name in members.keys() {
        let Some(value) = query.text(name) else {
            continue;
        };
        let fits = |text: &str| text.len() <= MAX_PAIR_BYTES && !text.contains('\0');
        match value {
            Some(value) if !name.is_empty() && fits(name) && fits(value) => pairs.push(Pair {
                name: name.as_str().into(),
                value: value.into(),
            }),
            _ => {
                let detail =
                    format!("a name of 1 to {MAX_PAIR_BYTES} bytes and a value of at most as many");
                query.refuse(name, Code::OutOfRange, detail);
            }
        }
    }
    fields.absorb(query);
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    pairs.into()
}
