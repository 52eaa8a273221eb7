//! A browser without scripts at the front page.

use super::{
    http::{Answer, Call},
    place::Api,
};

/// Somebody with a cookie and a form.
pub(super) struct Visitor<'a> {
    api: &'a Api,
    cookie: String,
    pub(super) token: String,
    /// The form's own number.
    pub(super) once: String,
    language: &'static str,
}

impl<'a> Visitor<'a> {
    /// Opens the front page.
    #[track_caller]
    pub(super) fn new(api: &'a Api, language: &'static str) -> Self {
        let page = api
            .stranger("GET", "/")
            .header("accept-language", language)
            .send();
        assert_eq!(page.status, 200, "{}", page.text());
        let cookie = page.header("set-cookie").unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let token = between(&page.text(), "name=\"token\" value=\"", "\"");
        let once = between(&page.text(), "name=\"once\" value=\"", "\"");
        Self {
            api,
            cookie,
            token,
            once,
            language,
        }
    }

    /// A request with what the browser sends.
    pub(super) fn call(&self, method: &str, path: &str) -> Call {
        self.api
            .stranger(method, path)
            .header("cookie", &self.cookie)
            .header("accept-language", self.language)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    /// Sends a form with the token.
    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("token", &*self.token)], fields].concat();
        self.call("POST", path).bytes(form(&fields)).send()
    }

    /// Makes a link, and returns its page.
    #[track_caller]
    pub(super) fn make(&self, fields: &[(&str, &str)]) -> String {
        let answer = self.post("/create", fields);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    }
}

/// A form as browsers write it.
pub(super) fn form(fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

/// What stands between two texts, the first time.
#[track_caller]
pub(super) fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before:?} in {text}"));
    let (found, _) = rest.split_once(after).unwrap();
    found.to_owned()
}

/// The sentences of a page that complain.
pub(super) fn complaints(page: &str) -> Vec<String> {
    let Some((_, rest)) = page.split_once("id=\"errors\"") else {
        return Vec::new();
    };
    let (notice, _) = rest.split_once("</div>").unwrap();
    let sentences = notice.split("<p>").skip(1);
    sentences
        .map(|sentence| sentence.split("</p>").next().unwrap().to_owned())
        .collect()
}

/// The path of the manage link on a page.
#[track_caller]
pub(super) fn manage_path(page: &str) -> String {
    between(page, "data-manage=\"", "\"")
}
