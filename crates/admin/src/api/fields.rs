//! Reads the members of a JSON object, collecting everything that is wrong.

use serde_json::{Map, Value};
use suo_link::time::Timestamp;

use crate::{
    problem::{Code, Finding, Problem},
    time,
};

/// The members of one object, and what was found so far.
pub(super) struct Fields<'a> {
    members: &'a Map<String, Value>,
    /// A JSON pointer to the object.
    base: String,
    errors: Vec<Finding>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(members: &'a Map<String, Value>, base: impl Into<String>) -> Self {
        Self {
            members,
            base: base.into(),
            errors: Vec::new(),
        }
    }

    /// Refuses members that are neither `served` nor `ignored`.
    pub(super) fn only(&mut self, served: &[&str], ignored: &[&str]) {
        let is_known = |name: &str| served.contains(&name) || ignored.contains(&name);
        let unknown: Vec<_> = self.members.keys().filter(|name| !is_known(name)).collect();
        for name in unknown {
            self.refuse(
                name,
                Code::UnknownField,
                format_args!("there is no field {name:?} here"),
            );
        }
    }

    pub(super) fn refuse(&mut self, name: &str, code: Code, detail: impl std::fmt::Display) {
        let pointer = self.pointer(name);
        self.errors.push(Finding::new(pointer, code, detail));
    }

    /// Refuses something inside of a member.
    pub(super) fn refuse_at(
        &mut self,
        pointer: String,
        code: Code,
        detail: impl std::fmt::Display,
    ) {
        self.errors.push(Finding::new(pointer, code, detail));
    }

    /// The JSON pointer of a member (RFC 6901).
    pub(super) fn pointer(&self, name: &str) -> String {
        format!(
            "{}/{}",
            self.base,
            name.replace('~', "~0").replace('/', "~1")
        )
    }

    /// The JSON pointer of what lies at a pointer into this object.
    pub(super) fn pointer_to(&self, inner: &str) -> String {
        format!("{}{inner}", self.base)
    }

    /// Adds what was wrong with an object inside of this one.
    pub(super) fn absorb(&mut self, inner: Self) {
        self.errors.extend(inner.errors);
    }

    /// Adds what was found wrong elsewhere.
    pub(super) fn adopt(&mut self, errors: Vec<Finding>) {
        self.errors.extend(errors);
    }

    /// How much is wrong so far.
    pub(super) fn count(&self) -> usize {
        self.errors.len()
    }

    /// All that was wrong.
    pub(super) fn finish(self) -> Result<(), Vec<Finding>> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(self.errors)
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Refuses the lack of a member; `read` is what was read of it.
    pub(super) fn require<T>(&mut self, name: &str, read: &Option<Option<T>>, detail: &str) {
        if !self.has(name) || matches!(read, Some(None)) {
            self.refuse(name, Code::Required, detail);
        }
    }

    /// A text; `None` if the member is absent, `Some(None)` if it is null.
    pub(super) fn text(&mut self, name: &str) -> Option<Option<&'a str>> {
        match self.members.get(name)? {
            Value::Null => Some(None),
            Value::String(text) => Some(Some(text)),
            _ => self.wrong_type(name, "a text"),
        }
    }

    /// A text of at most `limit` characters; white space around it goes, nothing left is null.
    pub(super) fn bounded(&mut self, name: &str, limit: usize) -> Option<Option<String>> {
        let text = self
            .text(name)?
            .map(str::trim)
            .filter(|text| !text.is_empty());
        if text.is_some_and(|text| text.chars().count() > limit) {
            self.refuse(
                name,
                Code::TooLong,
                format_args!("at most {limit} characters"),
            );
            return None;
        }
        if text.is_some_and(|text| text.contains('\0')) {
            self.refuse(name, Code::UnknownValue, "a text has no NUL characters");
            return None;
        }
        Some(text.map(str::to_owned))
    }

    /// A moment.
    pub(super) fn time(&mut self, name: &str) -> Option<Option<Timestamp>> {
        let Some(text) = self.text(name)? else {
            return Some(None);
        };
        let time = time::from_text(text);
        if time.is_none() {
            let detail = "a moment in RFC 3339, such as 2026-01-31T08:00:00+08:00";
            self.refuse(name, Code::InvalidTime, detail);
        }
        time.map(Some)
    }

    /// One of a few names.
    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &str,
        all: &[T],
        as_str: impl Fn(T) -> &'static str,
    ) -> Option<Option<T>> {
        let Some(text) = self.text(name)? else {
            return Some(None);
        };
        let found = all.iter().copied().find(|choice| as_str(*choice) == text);
        if found.is_none() {
            let names: Vec<_> = all.iter().map(|choice| as_str(*choice)).collect();
            let detail = format!("one of {}", names.join(", "));
            self.refuse(name, Code::UnknownValue, detail);
        }
        found.map(Some)
    }

    pub(super) fn boolean(&mut self, name: &str) -> Option<Option<bool>> {
        match self.members.get(name)? {
            Value::Null => Some(None),
            Value::Bool(value) => Some(Some(*value)),
            _ => self.wrong_type(name, "true or false"),
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Option<Option<u64>> {
        match self.members.get(name)? {
            Value::Null => Some(None),
            Value::Number(number) if number.is_u64() => Some(number.as_u64()),
            _ => self.wrong_type(name, "a whole number"),
        }
    }

    /// An object; absorb it when it was read.
    pub(super) fn object(&mut self, name: &str) -> Option<Option<Self>> {
        match self.members.get(name)? {
            Value::Null => Some(None),
            Value::Object(members) => Some(Some(Self::new(members, self.pointer(name)))),
            _ => self.wrong_type(name, "an object"),
        }
    }

    /// The objects of a list with at most `limit` entries; absorb each when it was read.
    pub(super) fn objects(&mut self, name: &str, limit: usize) -> Option<Option<Vec<Self>>> {
        let Some(items) = self.items(name, limit)? else {
            return Some(None);
        };
        let mut objects = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let pointer = format!("{}/{place}", self.pointer(name));
            match item {
                Value::Object(members) => objects.push(Self::new(members, pointer)),
                _ => self.refuse_at(pointer, Code::WrongType, "an object is expected"),
            }
        }
        Some(Some(objects))
    }

    /// The entries of a list of at most `limit`, with a pointer to each that is a text.
    pub(super) fn entries(
        &mut self,
        name: &str,
        limit: usize,
    ) -> Option<Option<Vec<(String, &'a str)>>> {
        let Some(items) = self.items(name, limit)? else {
            return Some(None);
        };
        let mut entries = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let pointer = format!("{}/{place}", self.pointer(name));
            match item {
                Value::String(text) => entries.push((pointer, text.as_str())),
                _ => self.refuse_at(pointer, Code::WrongType, "a text is expected"),
            }
        }
        Some(Some(entries))
    }

    fn items(&mut self, name: &str, limit: usize) -> Option<Option<&'a [Value]>> {
        match self.members.get(name)? {
            Value::Null => Some(None),
            Value::Array(items) if items.len() <= limit => Some(Some(items)),
            Value::Array(_) => {
                let detail = format!("at most {limit} entries");
                self.refuse(name, Code::TooMany, detail);
                None
            }
            _ => self.wrong_type(name, "a list"),
        }
    }

    /// All members.
    pub(super) fn members(&self) -> &'a Map<String, Value> {
        self.members
    }

    /// A list of texts; null is an empty one.
    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<&'a str>> {
        match self.members.get(name)? {
            Value::Null => Some(Vec::new()),
            Value::Array(values) => {
                let texts: Option<Vec<_>> = values.iter().map(Value::as_str).collect();
                if texts.is_none() {
                    return self.wrong_type(name, "a list of texts");
                }
                texts
            }
            _ => self.wrong_type(name, "a list of texts"),
        }
    }

    fn wrong_type<T>(&mut self, name: &str, right: &str) -> Option<T> {
        self.refuse(name, Code::WrongType, format_args!("{right} is expected"));
        None
    }
}

/// Findings as a problem.
pub(super) fn problem(errors: Vec<Finding>) -> Problem {
    Problem::fields(errors)
}
