//! The admin's API and the edge's answers, in the words of a test.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use suo_testkit::wait_until;

use crate::{
    http::{Answer, request},
    keep_alive::KeepAlive,
};

/// How long a busy machine may take to serve a call.
const SERVED: Duration = Duration::from_secs(30);

/// An admin and a key to it.
#[derive(Clone, Debug)]
pub struct Api {
    /// Where it listens.
    pub address: SocketAddr,
    /// The API key.
    pub key: String,
}

impl Api {
    /// One call; `path` begins behind `/api/v1`.
    #[must_use]
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.try_call(method, path, body)
            .expect("the admin answers")
    }

    /// One call to an admin that may be away.
    ///
    /// # Errors
    /// If it is.
    pub fn try_call(&self, method: &str, path: &str, body: &Value) -> std::io::Result<Answer> {
        self.with_headers(path, |path, headers| {
            request(self.address, method, path, headers, &bytes_of(body))
        })
    }

    /// [`Api::try_call`] that changes nothing unless the link has this version.
    ///
    /// # Errors
    /// If the admin is away.
    pub fn try_call_if(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        version: u64,
    ) -> std::io::Result<Answer> {
        let version = version.to_string();
        self.with_headers(path, |path, headers| {
            let headers = [headers, &[("if-match", &*version)]].concat();
            request(self.address, method, path, &headers, &bytes_of(body))
        })
    }

    /// One call with an idempotency key, to an admin that may be away.
    ///
    /// # Errors
    /// If it is.
    pub fn try_once(
        &self,
        idempotency_key: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> std::io::Result<Answer> {
        let bytes = body.to_string().into_bytes();
        self.with_headers(path, |path, headers| {
            let headers = [headers, &[("idempotency-key", idempotency_key)]].concat();
            request(self.address, method, path, &headers, &bytes)
        })
    }

    /// One call over a connection to this admin that stays open; the body is JSON already.
    ///
    /// # Errors
    /// If the connection breaks.
    pub fn call_over(
        &self,
        connection: &mut KeepAlive,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> std::io::Result<Answer> {
        self.with_headers(path, |path, headers| {
            connection.request(method, path, headers, body)
        })
    }

    /// Makes a link and returns it.
    #[must_use]
    pub fn create(&self, link: &Value) -> Value {
        let answer = self.served("POST", "/links", link);
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()
    }

    /// Gives a link another target.
    pub fn retarget(&self, link: &Value, target: &str) {
        let answer = self.served("PATCH", &link_path(link), &json!({ "target": target }));
        assert_eq!(answer.status, 200, "{}", answer.json());
    }

    /// Deletes a link.
    pub fn delete(&self, link: &Value) {
        let answer = self.served("DELETE", &link_path(link), &Value::Null);
        assert_eq!(answer.status, 204);
    }

    /// One call, made again while the answer is 503: the database of a busy machine may take too
    /// long, and what was answered so was not done.
    #[must_use]
    pub fn served(&self, method: &str, path: &str, body: &Value) -> Answer {
        wait_until("the database is quick enough", SERVED, || {
            match self.call(method, path, body) {
                answer if answer.status == 503 => Err(answer.json()),
                answer => Ok(answer),
            }
        })
    }

    /// Puts a text somewhere.
    #[must_use]
    pub fn put_text(&self, path: &str, text: &str) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let headers = [
            ("host", &*self.address.to_string()),
            ("authorization", &*bearer),
            ("content-type", "text/plain; charset=utf-8"),
        ];
        let path = format!("/api/v1{path}");
        request(self.address, "PUT", &path, &headers, text.as_bytes()).expect("the admin answers")
    }

    fn with_headers<T>(&self, path: &str, send: impl FnOnce(&str, &[(&str, &str)]) -> T) -> T {
        let bearer = format!("Bearer {}", self.key);
        let host = self.address.to_string();
        let headers = [
            ("host", &*host),
            ("authorization", &*bearer),
            ("content-type", "application/json"),
        ];
        send(&format!("/api/v1{path}"), &headers)
    }
}

fn bytes_of(body: &Value) -> Vec<u8> {
    if body.is_null() {
        Vec::new()
    } else {
        body.to_string().into_bytes()
    }
}

/// The path of a link behind `/api/v1`.
#[must_use]
pub fn link_path(link: &Value) -> String {
    format!("/links/{}", text(link, "id"))
}

/// A member of a JSON object that is text.
#[must_use]
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no text {name} in {value}"))
}

/// An edge, and the domain that visitors ask it for.
#[derive(Clone, Debug)]
pub struct Visits {
    /// Where it listens.
    pub address: SocketAddr,
    /// The Host header.
    pub domain: String,
}

impl Visits {
    /// One visit to a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        request(self.address, "GET", path, &[("host", &self.domain)], &[])
            .expect("the edge answers")
    }

    /// One visit with more headers.
    #[must_use]
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let headers = [&[("host", &*self.domain)], headers].concat();
        request(self.address, "GET", path, &headers, &[]).expect("the edge answers")
    }

    /// One visit with more headers, made again while the answer is 503: on a busy machine an admin may
    /// take too long to say what is left of a link.
    #[must_use]
    pub fn served_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        wait_until("an admin is quick enough", SERVED, || {
            match self.get_with(path, headers) {
                answer if answer.status == 503 => Err(answer.status),
                answer => Ok(answer),
            }
        })
    }

    /// One visit over a connection to this edge that stays open.
    ///
    /// # Errors
    /// If the connection breaks.
    pub fn get_over(&self, connection: &mut KeepAlive, path: &str) -> std::io::Result<Answer> {
        connection.request("GET", path, &[("host", &self.domain)], &[])
    }

    /// Waits until a code leads there, or to the status in its place.
    ///
    /// # Panics
    /// If it does not.
    pub fn wait_until_it_leads(&self, code: &str, there: &str) {
        wait_until("the code leads there", SERVED, || {
            let here = self.follow(code);
            if here == there { Ok(()) } else { Err(here) }
        });
    }

    /// Where a code leads now: the `Location`, or the status in its place.
    #[must_use]
    pub fn follow(&self, code: &str) -> String {
        let answer = self.get(&format!("/{code}"));
        match answer.header("location") {
            Some(location) => location.to_owned(),
            None => answer.status.to_string(),
        }
    }
}
